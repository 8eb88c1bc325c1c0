// node-flags: --max-old-space-size=512
/** Models that end the process that loads them, or cannot be used: one line, and the exit code of a model's failure. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { headerFields, withNumber } from "../support/hostile-gguf.js";
import { outcomeOf } from "../support/hostile-run.js";
import { scratch } from "../support/scratch.js";
import { writeTinyModel } from "../support/tiny-model.js";

writeTinyModel({ path: join(scratch, "tiny.gguf") });
const file = readFileSync(join(scratch, "tiny.gguf"));
const fields = headerFields(file);

function withValue(key: string, number: bigint, kind = "value"): Buffer {
  return withNumber(
    file,
    fields.find((field) => field.of === key && field.kind === kind)!,
    number,
  );
}

/** A file in which a text of the header is another of the same length. */
function withText(text: string, other: string): Buffer {
  const changed = Buffer.from(file);
  changed.write(other, file.indexOf(text), "latin1");
  return changed;
}

for (const [what, model, sentence] of [
  [
    "an assertion of llama.cpp ends the process",
    withValue("llama.embedding_length", 0n),
    "The process that runs the model ended: GGML_ASSERT(t_meta.ne[dim] >= 1) failed",
  ],
  ["no context", withValue("llama.context_length", 2n ** 32n - 1n), "It has a context length of -1 tokens"],
  [
    "an architecture that is not known, with a control character",
    withText("llama", "lla\u001ba"),
    "Cannot load It: unknown model architecture: 'lla␛a'",
  ],
  [
    "a tokenizer without tokens",
    withText("tokenizer.ggml.tokens", "tokenizer.ggml.tokenz"),
    "Cannot load It: error loading model vocabulary: cannot find tokenizer vocab in model file",
  ],
] as [string, Buffer, string][]) {
  test(what, async () => {
    assert.equal(await outcomeOf(model), { outcome: "model", text: `verbatim: ${sentence}\n` });
  });
}

test("a tokenizer without types of tokens, and an end that is no token: the model runs", async () => {
  for (const model of [
    withText("tokenizer.ggml.token_type", "tokenizer.ggml.token_typz"),
    withValue("tokenizer.ggml.eos_token_id", 4_000_000_000n),
  ]) {
    assert.equal(await outcomeOf(model), { outcome: "ran", text: "" });
  }
});

test.run();
