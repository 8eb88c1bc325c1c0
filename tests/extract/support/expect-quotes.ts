import * as assert from "uvu/assert";
import { keysOf } from "../../../lib/schema/json-pointer.js";
import type { Generated, TestDocument } from "./generate.js";

/** Every quote is in the data where it says and in the documents where it says, and is more than white space. */
export function expectQuotes({ data, quotes }: Generated, documents: readonly TestDocument[]): void {
  for (const { path, text, sources } of quotes) {
    assert.is(valueAt(data, path), text);
    assert.is(sources.length > 0, text !== "", JSON.stringify(text));
    assert.ok(text === "" || text.trim() !== "", JSON.stringify(text));
    for (const { segment, bytes } of sources) {
      const document = documents.find(({ name }) => name === segment)!;
      assert.is(
        Buffer.from(document.text)
          .subarray(...bytes!)
          .toString(),
        text,
      );
    }
  }
}

function valueAt(data: unknown, pointer: string): unknown {
  return keysOf(pointer).reduce((value, key) => (value as Record<string, unknown>)[key], data);
}
