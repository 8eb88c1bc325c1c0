import { planExtraction } from "../../schema/extract-plan.js";
import { SchemaError } from "../../schema/schema-error.js";
import { InputError } from "../../base/command-error.js";
import { readInput } from "../../base/input-file.js";

/**
 * Reads a JSON schema that data can be extracted for.
 * @throws InputError which names the place in the schema that cannot be honoured
 */
export async function readSchema(path: string): Promise<unknown> {
  const schema = parse(path, await readInput(path));
  try {
    planExtraction(schema);
  } catch (error) {
    if (!(error instanceof SchemaError)) throw error;
    throw new InputError(`${path}: ${error.message}`, { cause: error });
  }
  return schema;
}

function parse(path: string, bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (error) {
    throw new InputError(`${path} is not JSON: ${(error as Error).message}`, { cause: error });
  }
}
