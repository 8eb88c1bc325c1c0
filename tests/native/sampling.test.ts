import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Engine, Sampling } from "../../lib/engine/engine.js";
import { loadEngine } from "../../lib/engine/load.js";
import { Random, seedOfRun } from "../support/random.js";

const random = new Random(seedOfRun());
const PLAIN: Sampling = { temperature: 1, topK: 0, topP: 1, minP: 0 };

/** The definition, by brute force: the tokens that are kept, by ascending id, and their probabilities. */
function distribution(row: Float32Array, choices: Int32Array, sampling: Sampling): { ids: number[]; shares: number[] } {
  const weight = new Map<number, number>();
  const finite = Array.from(choices).filter((id) => Number.isFinite(row[id]));
  const largest = finite.reduce((max, id) => Math.max(max, row[id]), -Infinity);
  for (const id of finite) weight.set(id, Math.exp((row[id] - largest) / sampling.temperature));
  const sum = (ids: number[]) => ids.reduce((total, id) => total + weight.get(id)!, 0);
  let ranked = finite.sort((a, b) => row[b] - row[a] || a - b);
  if (sampling.topK > 0) ranked = ranked.slice(0, sampling.topK);
  if (sampling.topP < 1) {
    const total = sum(ranked);
    let size = 1;
    while (size < ranked.length && sum(ranked.slice(0, size)) < sampling.topP * total) size++;
    ranked = ranked.slice(0, size);
  }
  const ids = ranked.filter((id) => weight.get(id)! >= sampling.minP).sort((a, b) => a - b);
  const total = sum(ids);
  return { ids, shares: ids.map((id) => weight.get(id)! / total) };
}

/** Asks for the token in the middle of each kept token's stretch of [0, 1), and just inside its ends. */
function compare(engine: Engine, row: Float32Array, ids: Int32Array | null, sampling: Sampling): void {
  const choices = ids ?? Int32Array.from(row.keys());
  const { ids: kept, shares } = distribution(row, choices, sampling);
  let begin = 0;
  kept.forEach((id, i) => {
    const share = shares[i];
    // Where a token is next to impossible, rounding decides.
    if (share > 1e-6) {
      for (const part of [0.001, 0.5, 0.999]) {
        const uniform = begin + share * part;
        const drawn = engine.sample(row, row.length, ids, sampling, uniform);
        assert.is(drawn, id, `uniform ${uniform}, ${JSON.stringify(sampling)}, width ${row.length}`);
      }
    }
    begin += share;
  });
}

function randomRow(width: number, levels: number): Float32Array {
  const odd = [-Infinity, Infinity, NaN];
  return Float32Array.from({ length: width }, () =>
    random.chance(0.1) ? random.pick(odd) : random.below(levels) / 4 - levels / 8,
  );
}

for (const backend of ["native", "javascript"] as const) {
  const engine = loadEngine(backend);

  test(`${backend}: draws what the definition says`, () => {
    for (const width of [1, 2, 3, 10, 64, 65, 300]) {
      for (let round = 0; round < 6; round++) {
        // Few levels make ties, which the lowest id wins.
        const row = randomRow(width, round % 2 === 0 ? 6 : 1000);
        row[random.below(width)] = 1;
        const some = Int32Array.from(row.keys()).filter(() => random.chance(0.6));
        for (const topK of [0, 1, 5, 40]) {
          for (const topP of [1, 0.913, 0.317]) {
            for (const minP of [0, 0.0713]) {
              const sampling = { temperature: 0.9, topK, topP, minP };
              compare(engine, row, null, sampling);
              if (some.some((id) => Number.isFinite(row[id]))) compare(engine, row, some, sampling);
            }
          }
        }
      }
    }
  });

  test(`${backend}: a grid of uniforms reproduces the distribution`, () => {
    const row = Float32Array.of(0.5, 2, -1, 2, 3);
    const draws = 10_000;
    const counts = new Array<number>(row.length).fill(0);
    for (let i = 0; i < draws; i++) counts[engine.sample(row, row.length, null, PLAIN, i / draws)]++;
    const { shares } = distribution(row, Int32Array.from(row.keys()), PLAIN);
    shares.forEach((share, id) => assert.ok(Math.abs(counts[id] - share * draws) <= 1, `${id}: ${counts[id]}`));
  });

  test(`${backend}: temperature 0 takes the largest, the lowest id among equals`, () => {
    const greedy = { ...PLAIN, temperature: 0 };
    const row = Float32Array.of(NaN, 1, Infinity, 4, 4, -0, 0);
    assert.is(engine.sample(row, 7, null, greedy, 0.9), 3);
    assert.is(engine.sample(row, 3, null, greedy, 0.9), 1);
    assert.is(engine.sample(row, 7, Int32Array.of(4, 5, 6), greedy, 0), 4);
    assert.is(engine.sample(row, 7, Int32Array.of(5, 6), greedy, 0.5), 5);
  });

  test(`${backend}: no finite entry gives -1`, () => {
    const row = Float32Array.of(-Infinity, NaN, Infinity, 1);
    assert.is(engine.sample(row, 3, null, PLAIN, 0.5), -1);
    assert.is(engine.sample(row, 4, Int32Array.of(0, 1, 2), PLAIN, 0.5), -1);
    assert.is(engine.sample(row, 4, new Int32Array(0), PLAIN, 0.5), -1);
    assert.is(engine.sample(new Float32Array(0), 0, null, PLAIN, 0.5), -1);
  });

  test(`${backend}: extreme logits and uniforms stay in the kept set`, () => {
    const row = Float32Array.of(-3e38, 3e38, -3e38);
    const almostOne = 1 - 2 ** -53;
    for (const uniform of [0, 0.5, almostOne]) {
      assert.is(engine.sample(row, 3, null, PLAIN, uniform), 1);
      assert.is(engine.sample(row, 3, null, { ...PLAIN, temperature: Number.MIN_VALUE }, uniform), 1);
    }
    const flat = new Float32Array(1000).fill(0.1);
    assert.is(engine.sample(flat, 1000, null, PLAIN, almostOne), 999);
    assert.is(engine.sample(flat, 1000, null, PLAIN, 0), 0);
  });
}

test.run();
