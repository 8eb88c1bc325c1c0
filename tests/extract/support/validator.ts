import { createRequire } from "node:module";
import type { Options, ValidateFunction } from "ajv";
import type { FormatsPlugin } from "ajv-formats";

const require = createRequire(import.meta.url);
type AjvClass = new (options: Options) => { compile(schema: object): ValidateFunction };
const { default: Ajv7 } = require("ajv") as { default: AjvClass };
const { default: Ajv2020 } = require("ajv/dist/2020.js") as { default: AjvClass };
const { default: addFormats } = require("ajv-formats") as { default: FormatsPlugin };

const OPTIONS: Options = { strict: false, allErrors: true, logger: false, multipleOfPrecision: 3 };

/** What ajv says about data for a schema, by the draft that it is written in. */
export function validatorOf(schema: unknown): ValidateFunction {
  const text = JSON.stringify(schema);
  const isOld = text.includes('"items":[') || /draft-0[47]/.test(text);
  // Escapes such as "\_" are errors in patterns with the flag "u".
  const unicodeRegExp = !text.includes("\\\\_");
  // TypeBox's empty tuple is none that the drafts know.
  const validateSchema = !text.includes('"items":[]');
  const ajv = new (isOld ? Ajv7 : Ajv2020)({ ...OPTIONS, unicodeRegExp, validateSchema });
  addFormats(ajv as Parameters<FormatsPlugin>[0]);
  const readable = JSON.parse(text) as Record<string, unknown> | boolean;
  if (typeof readable === "boolean") return ajv.compile(readable ? {} : { not: {} });
  delete readable.$schema;
  return ajv.compile(withoutDraft4(readable) as object);
}

/** In draft 4 a limit was exclusive where another keyword said so. */
function withoutDraft4(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutDraft4);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, one]): [string, unknown] => [key, withoutDraft4(one)]);
  const schema = new Map(entries);
  for (const [limit, exclusive] of [
    ["minimum", "exclusiveMinimum"],
    ["maximum", "exclusiveMaximum"],
  ]) {
    if (schema.get(exclusive) !== true) continue;
    schema.set(exclusive, schema.get(limit));
    schema.delete(limit);
  }
  return Object.fromEntries(schema);
}
