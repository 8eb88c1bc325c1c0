/** Confidence intervals against known values, and against what defines them. */

import { test } from "uvu";
import * as assert from "uvu/assert";
import { bootstrapMean, wilson } from "../../../lib/evaluation/scoring/confidence.js";
import { Random, seedOfRun } from "../../support/random.js";

const random = new Random(seedOfRun());

function near(actual: number, expected: number, within: number): void {
  assert.ok(Math.abs(actual - expected) <= within, `${actual} is not ${expected}`);
}

test("Wilson's interval: values of tables", () => {
  for (const [successes, trials, low, high] of [
    [0, 10, 0, 0.2775],
    [10, 10, 0.7225, 1],
    [5, 10, 0.2366, 0.7634],
    [90, 100, 0.8256, 0.9448],
    [1, 1, 0.2065, 1],
  ] as const) {
    const found = wilson(successes, trials)!;
    assert.is(found.value, successes / trials);
    assert.is(found.count, trials);
    near(found.low, low, 5e-5);
    near(found.high, high, 5e-5);
  }
  assert.is(wilson(0, 0), null);
});

test("Wilson's interval ends where the rate is 1.96 standard deviations away", () => {
  let ends = 0;
  for (let trials = 1; trials <= 60; trials++) {
    for (let successes = 0; successes <= trials; successes++) {
      const { value, low, high } = wilson(successes, trials)!;
      assert.ok(0 <= low && low <= value && value <= high && high <= 1);
      for (const end of [low, high]) {
        if (end === 0 || end === 1) continue;
        near(Math.abs(value - end) / Math.sqrt((end * (1 - end)) / trials), 1.959964, 1e-5);
        ends++;
      }
    }
  }
  assert.ok(ends > 3000);
});

test("the bootstrap's interval is near the normal one, and the same for a seed", () => {
  const values = Array.from({ length: 400 }, () => random.unit() * 10);
  const found = bootstrapMean(values, 7)!;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
  const margin = (1.96 * deviation) / Math.sqrt(values.length);
  near(found.value, mean, 1e-9);
  near(found.low, mean - margin, margin / 4);
  near(found.high, mean + margin, margin / 4);
  assert.equal(bootstrapMean(values, 7), found);
  assert.not.equal(bootstrapMean(values, 8), found);
});

test("the bootstrap at its limits", () => {
  assert.is(bootstrapMean([], 1), null);
  assert.equal(bootstrapMean([3], 1), { value: 3, low: 3, high: 3, count: 1 });
  assert.equal(bootstrapMean([2, 2, 2], 1), { value: 2, low: 2, high: 2, count: 3 });
});

test.run();
