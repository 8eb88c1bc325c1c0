/** Masks as the host's token biases: as small as may be, made once, and no token comes that a mask does not have. */

import { join } from "node:path";
import { TokenBias, type Token } from "node-llama-cpp";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { extract } from "../../lib/extract/extract.js";
import { MaskBiases } from "../../lib/extract/mask-biases.js";
import { loadModel, newSequence, scratch } from "../support/llama.js";
import { writeTinyModel } from "../support/tiny-model.js";

const VOCAB = 512;
const path = join(scratch, "tiny.gguf");
writeTinyModel({ path, vocabSize: VOCAB });
const model = await loadModel(path);
const sequence = await newSequence(model, 4096);

function idsFrom(first: number): Int32Array {
  return Int32Array.from({ length: VOCAB - first }, (_, i) => first + i);
}

/** How many ids are given to biases while something works. */
function countBiased(work: () => void): number {
  const { set } = TokenBias.prototype;
  let count = 0;
  TokenBias.prototype.set = function (ids: Token[], bias) {
    count += ids.length;
    return set.call(this, ids, bias);
  };
  try {
    work();
  } finally {
    TokenBias.prototype.set = set;
  }
  return count;
}

test("a mask takes its smaller side, and is made once for as long as there are few", () => {
  const biases = new MaskBiases(model, VOCAB);
  for (const first of [10, 40, VOCAB - 5, VOCAB - 60]) {
    assert.is(
      countBiased(() => biases.of(idsFrom(first))),
      Math.min(first, VOCAB - first),
    );
  }
  assert.is(
    countBiased(() => [10, 40, VOCAB - 5, VOCAB - 60].forEach((first) => biases.of(idsFrom(first)))),
    0,
  );
  assert.is(
    countBiased(() => Array.from({ length: 20 }, (_, i) => biases.of(idsFrom(100 + i)))),
    20 * 100 + 190,
  );
});

test("a mask keeps ids of its own", () => {
  const biases = new MaskBiases(model, VOCAB);
  const allowed = idsFrom(10);
  const { ids } = biases.of(allowed);
  allowed.fill(0);
  assert.equal(ids, idsFrom(10));
});

test("no control token and no end comes in a free string, however hot the model is", async () => {
  const schema = { type: "string", minLength: 600, maxLength: 620 };
  const documents = [{ name: "a", text: "a" }];
  for (let seed = 1; seed <= 4; seed++) {
    const options = { schema, documents, prompt: "Some prompt.", temperature: 50, seed };
    const { data } = await extract(sequence, options);
    assert.ok([...(data as string)].length >= 600);
  }
});

test.after(() => sequence.context.dispose());

test.run();
