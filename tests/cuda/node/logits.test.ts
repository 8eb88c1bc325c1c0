import { test } from "uvu";
import * as assert from "uvu/assert";
import type { CudaDtype, CudaRecallEngine } from "../../../lib/entry/cuda.js";
import { END, START, VOCAB_SIZE } from "../../support/backends.js";
import { Random, seedOfRun } from "../../support/random.js";
import { acceptAll, hasCode, makeBatch } from "../support/batches.js";
import { openDevice } from "../support/device.js";

const device = await openDevice();
const random = new Random(seedOfRun());

/** Three rows: one in a span that allows 2, 4 and the end token, one outside, one in error. */
function makeRows(options = {}): CudaRecallEngine {
  const batch = makeBatch(options);
  const context = batch.createContext([{ tokens: [1, 2, 3, 1, 4] }]);
  for (let row = 0; row < 3; row++) batch.open({ context, maxTokens: 10 });
  acceptAll(batch, 0, [START, 1]);
  acceptAll(batch, 2, [START, 9]);
  return batch;
}

/** Whether each column stays what it was, in each of the three rows. */
const KEPT: ((id: number) => boolean)[] = [(id) => [2, 4, END].includes(id), () => true, (id) => id === END];

/** The bits of the mask values, as each type has them. */
const BITS: Record<CudaDtype, { infinity: number; finite: number }> = {
  float32: { infinity: 0xff800000 | 0, finite: 0xc61c4000 | 0 },
  float16: { infinity: 0xfc00, finite: 0xf0e2 },
  bfloat16: { infinity: 0xff80, finite: 0xc61c },
};

for (const dtype of ["float32", "float16", "bfloat16"] as const) {
  test(`apply masks ${dtype} rows of any width, stride and alignment`, () => {
    for (const [maskValue, bits] of [
      [-Infinity, BITS[dtype].infinity],
      [-1e4, BITS[dtype].finite],
    ]) {
      const batch = makeRows({ maskValue });
      for (let round = 0; round < 30; round++) {
        const width = VOCAB_SIZE + random.below(12);
        const stride = width + random.below(5);
        const offset = random.below(4);
        const entries = dtype === "float32" ? new Int32Array(90) : new Uint16Array(120);
        for (let i = 0; i < entries.length; i++) entries[i] = random.below(2 ** 32);
        const base = device.place(entries);
        const address = base + BigInt(offset * entries.BYTES_PER_ELEMENT);
        batch.apply(address, { rows: 2, dtype, width, stride });
        const masked = device.read(base, entries.slice());
        const expected = entries.slice();
        for (let row = 0; row < 2; row++) {
          for (let id = 0; id < width; id++) if (!KEPT[row](id)) expected[offset + row * stride + id] = bits;
        }
        assert.equal([...masked], [...expected]);
        device.free(base);
      }
      batch.close();
    }
  });
}

test("rows in error keep the end token alone", () => {
  const batch = makeRows();
  const logits = device.place(new Float32Array(3 * VOCAB_SIZE));
  batch.apply(logits, { rows: 3, dtype: "float32", width: VOCAB_SIZE });
  const masked = device.read(logits, new Float32Array(3 * VOCAB_SIZE));
  masked.forEach((value, i) => {
    assert.is(value, KEPT[Math.floor(i / VOCAB_SIZE)](i % VOCAB_SIZE) ? 0 : -Infinity);
  });
  batch.close();
});

test("rows without a sequence are left alone", () => {
  const batch = makeRows();
  const logits = device.place(new Float32Array(2 * VOCAB_SIZE));
  const sequences = device.place(Int32Array.of(-1, 0));
  batch.apply(logits, { rows: 2, sequences, dtype: "float32", width: VOCAB_SIZE });
  const masked = device.read(logits, new Float32Array(2 * VOCAB_SIZE));
  assert.ok(masked.subarray(0, VOCAB_SIZE).every((value) => value === 0));
  assert.is(masked.filter((value) => value === 0).length, VOCAB_SIZE + 3);
  batch.close();
});

/** The tokens that `sample` draws for the first `rows` rows, given what every row's logits are. */
function sample(batch: CudaRecallEngine, row: Float32Array, rows: number): number[] {
  const logits = new Float32Array(rows * row.length);
  for (let i = 0; i < rows; i++) logits.set(row, i * row.length);
  const [address, tokens] = [device.place(logits), device.place(new Int32Array(rows).fill(-7))];
  batch.sample(address, { rows, dtype: "float32", width: row.length, tokens });
  const drawn = device.read(tokens, new Int32Array(rows));
  device.free(address);
  device.free(tokens);
  return [...drawn];
}

test("at temperature 0 the largest allowed logit is taken, the lowest id among equals", () => {
  const batch = makeRows();
  for (let row = 0; row < 3; row++) batch.setSampling(row, { temperature: 0 });
  const logits = new Float32Array(VOCAB_SIZE + 5);
  logits.fill(9, VOCAB_SIZE);
  logits[7] = 3;
  logits[8] = 3;
  assert.equal(sample(batch, logits, 3), [2, 7, END]);
  logits[4] = 1;
  assert.equal(sample(batch, logits, 3), [4, 7, END]);
  batch.close();
});

test("equal seeds draw equally, and setting one starts anew", () => {
  const batch = makeRows();
  const logits = new Float32Array(VOCAB_SIZE);
  const draw = (seed: number | bigint) => {
    batch.setSampling(1, { temperature: 2, seed });
    return Array.from({ length: 20 }, () => sample(batch, logits, 2)[1]);
  };
  const first = draw(5);
  assert.equal(draw(5n), first);
  assert.not.equal(draw(6), first);
  assert.not.equal(draw(2n ** 64n - 1n), first);
  assert.ok(new Set(first).size > 5);
  assert.ok(first.every((id) => id >= 0 && id < VOCAB_SIZE));
  batch.close();
});

test("topK, topP and minP cut", () => {
  const batch = makeRows();
  const logits = Float32Array.from({ length: VOCAB_SIZE }, (_, id) => (id < 2 ? 5 : 0));
  const draws = (options: object) => {
    batch.setSampling(1, { seed: 3, ...options });
    return new Set(Array.from({ length: 60 }, () => sample(batch, logits, 2)[1]));
  };
  assert.ok(draws({ temperature: 50 }).size > 8);
  for (const cut of [{ topK: 2 }, { topP: 0.9 }, { minP: 0.1 }]) {
    assert.equal([...draws({ temperature: 1, ...cut })].sort(), [0, 1], JSON.stringify(cut));
  }
  // As good as no cut.
  assert.ok(draws({ temperature: 50, topK: 2 ** 30 }).size > 8);
  batch.close();
});

test("where no allowed logit is finite nothing is drawn", () => {
  const batch = makeRows();
  const logits = new Float32Array(VOCAB_SIZE);
  for (const id of [2, 4, END]) logits[id] = -Infinity;
  assert.equal(sample(batch, logits, 1), [-1]);
  assert.equal(batch.statuses(), ["NO_VALID_TOKEN", "ok", "TOKEN_NOT_ALLOWED", "ok"]);
  batch.close();
});

test("half-precision logits are sampled too", () => {
  const batch = makeRows();
  batch.setSampling(0, { temperature: 0 });
  const one: Record<string, number> = { float16: 0x3c00, bfloat16: 0x3f80 };
  for (const dtype of ["float16", "bfloat16"] as const) {
    const logits = new Uint16Array(VOCAB_SIZE);
    logits[4] = one[dtype];
    const tokens = device.place(new Int32Array(1));
    batch.sample(device.place(logits), { rows: 1, dtype, width: VOCAB_SIZE, tokens });
    assert.equal([...device.read(tokens, new Int32Array(1))], [4]);
  }
  batch.close();
});

test("addresses of other memory are refused", () => {
  const batch = makeRows();
  const where = { rows: 1, dtype: "float32", width: VOCAB_SIZE } as const;
  const misaligned = device.place(new Float32Array(VOCAB_SIZE + 1)) + 2n;
  assert.throws(() => batch.apply(0x1000n, where), /Could not mask logits: Expected "logits->data" to be memory on/);
  assert.throws(() => batch.apply(misaligned, where), /Expected "logits->data" to be aligned to 4 bytes/);
  assert.throws(() => batch.accept(0x1000n, { rows: 1 }), RangeError);
  assert.throws(() => batch.accept(Int32Array.of(1), { rows: 1, sequences: 0x1000n }), RangeError);
  batch.close();
  assert.throws(() => batch.apply(0x1000n, where), hasCode("CLOSED"));
});

test.run();
