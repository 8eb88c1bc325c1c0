import { test } from "uvu";
import * as assert from "uvu/assert";
import { compare, hasPassed } from "../../bench/check/compare.js";
import type { Reading } from "../../bench/check/gauge.js";
import { inTurns, type Work } from "../../bench/check/in-turns.js";
import { summarize } from "../../bench/check/summarize.js";

/** The interval reaches so much below the median and above it, as shares. */
const reading = (median: number, noise: number, name = "a step"): Reading => ({
  ...{ name, median },
  ...{ low: median * (1 - noise), high: median * (1 + noise) },
});
const verdictOf = (now: Reading, before: Reading) => compare([now], [before])[0]!.verdict;

test("a ratio that grew beyond the noise of both runs is slower, and fails", () => {
  const comparisons = compare([reading(0.014, 0.1)], [reading(0.01, 0.2)]);
  assert.is(comparisons[0]!.verdict, "slower");
  assert.ok(Math.abs(comparisons[0]!.loss! - 0.4) < 1e-9);
  assert.ok(Math.abs(comparisons[0]!.allowed! - (1.2 / 0.9 - 1)) < 1e-9);
  assert.not(hasPassed(comparisons));
});

test("noise of either run is no loss, and neither is a tenth", () => {
  assert.is(verdictOf(reading(1.25, 0.21), reading(1, 0)), "as fast");
  assert.is(verdictOf(reading(1.25, 0), reading(1, 0.26)), "as fast");
  assert.is(verdictOf(reading(1.25, 0.12), reading(1, 0.12)), "as fast");
  assert.is(verdictOf(reading(1.09, 0), reading(1, 0)), "as fast");
  assert.is(verdictOf(reading(1.11, 0), reading(1, 0)), "slower");
  assert.ok(hasPassed(compare([reading(1.25, 0.21)], [reading(1, 0)])));
});

test("what became faster passes, and is said", () => {
  assert.is(verdictOf(reading(0.5, 0.1), reading(1, 0.1)), "faster");
  assert.is(verdictOf(reading(0.8, 0.15), reading(1, 0.15)), "as fast");
  assert.is(verdictOf(reading(0.95, 0), reading(1, 0)), "as fast");
  assert.ok(hasPassed(compare([reading(0.5, 0.1)], [reading(1, 0.1)])));
});

test("what is counted may not grow at all", () => {
  const counted = (median: number): Reading => ({ ...reading(median, 0), isCounted: true });
  assert.is(verdictOf(counted(3.7), counted(3.69)), "slower");
  assert.is(verdictOf(counted(3.69), counted(3.69)), "as fast");
});

test("a ratio that one of both lacks is named, and fails", () => {
  const comparisons = compare([reading(1, 0, "new"), reading(1, 0)], [reading(1, 0, "old"), reading(1, 0)]);
  assert.equal(
    comparisons.map(({ name, verdict }) => [name, verdict]),
    [
      ["old", "not measured"],
      ["a step", "as fast"],
      ["new", "not in the baseline"],
    ],
  );
  assert.not(hasPassed(comparisons));
  assert.not(hasPassed(compare([], [reading(1, 0)])));
  assert.not(hasPassed(compare([reading(1, 0)], [])));
});

test("rounds come to their median and to the interval that holds it", () => {
  const ratios = [9, 100, 2, 2.2, 0.1, 3, 5, 4, 6];
  const [summary] = summarize(ratios.map((ratio) => [{ name: "a step", ratio }]));
  assert.equal(summary, { name: "a step", median: 4, low: 2, high: 9 });
  assert.throws(() => summarize([[{ name: "a step", ratio: 1 }], []]), 'A round has no "a step"');
});

test("works are compared by what one of each takes, however much they do at once, preparation left out", () => {
  const clock = performance.now;
  let now = 0;
  performance.now = () => now;
  const work = (milliseconds: number, atOnce: number): Work => ({
    prepare: () => void (now += 1000),
    run(times) {
      let done = 0;
      for (; done < times; done += atOnce) now += milliseconds * atOnce;
      return done;
    },
  });
  try {
    assert.ok(Math.abs(inTurns(work(0.5, 1), work(0.125, 32))() - 4) < 1e-9);
    assert.ok(Math.abs(inTurns(work(20, 1), work(0.125, 3))() - 160) < 1e-9);
  } finally {
    performance.now = clock;
  }
});

test.run();
