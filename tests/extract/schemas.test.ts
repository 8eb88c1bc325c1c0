/** Schemas as people and their libraries write them: taken, and then all data fits them, or refused by their place. */

import { readdirSync, readFileSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { planExtraction } from "../../lib/schema/extract-plan.js";
import { SchemaError } from "../../lib/schema/schema-error.js";
import { Random, seedOfRun } from "../support/random.js";
import { documents, generate } from "./support/generate.js";
import { expectQuotes } from "./support/expect-quotes.js";
import { validatorOf } from "./support/validator.js";

const SEEDS = 4;
const SNAPS = [undefined, "word", "line", "sentence"] as const;
const folder = new URL("../../../tests/extract/schemas/", import.meta.url);
const seed = seedOfRun();

interface SchemaFile {
  readonly by: string;
  readonly schemas: readonly { readonly name: string; readonly schema: unknown; readonly refused?: string }[];
}

let taken = 0;
for (const name of readdirSync(folder)) {
  const file = JSON.parse(readFileSync(new URL(name, folder), "utf8")) as SchemaFile;
  for (const one of file.schemas) {
    if (one.refused === undefined) {
      taken++;
      test(`${file.by}: ${one.name}`, () => expectFitting(one.schema));
    } else test(`${file.by}: ${one.name}, refused`, () => expectRefused(one.schema, one.refused!));
  }
}

function expectFitting(schema: unknown): void {
  const validate = validatorOf(schema);
  let written = 0;
  for (let i = 0; i < SEEDS; i++) {
    const backend = i % 2 === 0 ? "native" : "javascript";
    const generated = generate(schema, { random: new Random(seed * 1000 + i), backend, snap: SNAPS[i] });
    if (generated === null) continue;
    written++;
    expectQuotes(generated, documents);
    assert.ok(validate(generated.data), `${generated.text}\n${JSON.stringify(validate.errors)}`);
  }
  assert.ok(written > 0);
}

function expectRefused(schema: unknown, pointer: string): void {
  try {
    planExtraction(schema);
  } catch (error) {
    assert.instance(error, SchemaError);
    assert.is((error as SchemaError).pointer, pointer);
    return;
  }
  assert.unreachable("it was taken");
}

test("there are enough of them", () => {
  assert.ok(taken >= 60, String(taken));
});

test.run();
