/** The formulas of RecaLLM's reward against values worked by hand, and at their limits. */

import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  compositeReward,
  correctnessPenalty,
  densityPenalty,
  edgeF1,
  intervalF1,
  passageOverlap,
  rewardSettings,
  TASK_CATEGORIES,
  type TaskCategory,
} from "../../../lib/entry/metrics.js";
import { thrownBy } from "../../support/thrown.js";

const interval = (start: number, end: number, segment?: string) => ({ start, end, segment });
const span = (start: number, end: number) => ({ text: "x".repeat(end - start), sources: [interval(start, end)] });

function near(actual: number, expected: number): void {
  assert.ok(Math.abs(actual - expected) < 1e-12, `${actual} is not ${expected}`);
}

test("equation 4: F1 of two intervals", () => {
  near(intervalF1(interval(0, 10), interval(0, 10)), 1);
  near(intervalF1(interval(0, 10), interval(5, 15)), 10 / 20);
  near(intervalF1(interval(10, 20), interval(12, 14)), 4 / 12);
  near(intervalF1(interval(12, 14), interval(10, 20)), 4 / 12);
  near(intervalF1(interval(0, 10), interval(10, 20)), 0);
  near(intervalF1(interval(0, 10), interval(30, 40)), 0);
  near(intervalF1(interval(3, 3), interval(3, 3)), 0);
  near(intervalF1(interval(0, 10), interval(4, 4)), 0);
});

test("equation 4: intervals of two documents have nothing in common", () => {
  near(intervalF1(interval(0, 10, "a"), interval(0, 10, "a")), 1);
  near(intervalF1(interval(0, 10, "a"), interval(0, 10, "b")), 0);
  near(intervalF1(interval(0, 10, "a"), interval(0, 10)), 0);
  near(intervalF1(interval(0, 10), { ...interval(0, 10), segment: null }), 1);
});

test("the published code's F1 of two texts", () => {
  near(edgeF1("abcdef", "abcdef"), 1);
  near(edgeF1("abcdef", "cd"), 4 / 8);
  near(edgeF1("cd", "abcdef"), 4 / 8);
  near(edgeF1("abcd", "cdef"), 4 / 8);
  near(edgeF1("cdef", "abcd"), 4 / 8);
  near(edgeF1("abcx", "yabc"), 6 / 8);
  near(edgeF1("abc", "xyz"), 0);
  near(edgeF1("abxcd", "abycd"), 0);
  near(edgeF1("", "abc"), 0);
  near(edgeF1("abc", ""), 0);
  near(edgeF1("", ""), 0);
  near(edgeF1("x😀", "😀yy"), 2 / 5);
});

test("equation 5: the best quote, a full match from the hit threshold on", () => {
  const gold = interval(10, 20);
  near(passageOverlap(gold, [span(12, 14)], { hitThreshold: 0.4 }), 1 / 3 / 0.4);
  near(passageOverlap(gold, [span(12, 14), span(15, 25)], { hitThreshold: 0.4 }), 1);
  near(passageOverlap(gold, [span(15, 25)], { hitThreshold: 0.9 }), 0.5 / 0.9);
  near(passageOverlap(gold, [span(10, 20)], { hitThreshold: 1 }), 1);
  near(passageOverlap(gold, [], { hitThreshold: 0.4 }), 0);
});

test("equation 5: of a quote's sources the best counts; without any it matches nothing", () => {
  const text = "0123456789";
  const sources = [interval(0, 10), interval(50, 60), interval(98, 108)];
  near(passageOverlap(interval(50, 60), [{ text, sources }], { hitThreshold: 0.9 }), 1);
  near(passageOverlap(interval(100, 110), [{ text, sources }], { hitThreshold: 0.9 }), 0.8 / 0.9);
  near(passageOverlap({ ...interval(50, 60), text }, [{ text, sources: [] }], { hitThreshold: 0.9 }), 0);
});

test("equations 6 and 7: quotes beyond the free ones and 4 per 1,024 tokens", () => {
  near(densityPenalty({ spans: 12, generatedTokens: 1024, freeSpans: 2 }), 0.5 ** 1.5);
  near(densityPenalty({ spans: 12, generatedTokens: 512, freeSpans: 2 }), 1 / 16);
  near(densityPenalty({ spans: 6, generatedTokens: 1024, freeSpans: 2 }), 1);
  near(densityPenalty({ spans: 7, generatedTokens: 1024, freeSpans: 2 }), 0.5 ** 0.25);
  near(densityPenalty({ spans: 14, generatedTokens: 2048, freeSpans: 2 }), 0.5 ** 0.5);
  near(densityPenalty({ spans: 12, generatedTokens: 1024, freeSpans: 2, threshold: 6, halfLife: 2 }), 1 / 4);
  near(densityPenalty({ spans: 2, generatedTokens: 1, freeSpans: 2 }), 1);
  near(densityPenalty({ spans: 1, generatedTokens: 1, freeSpans: 4 }), 1);
  near(densityPenalty({ spans: 0, generatedTokens: 0, freeSpans: 0 }), 1);
});

test("equation 7 without tokens: its limit; the published code takes no penalty", () => {
  near(densityPenalty({ spans: 3, generatedTokens: 0, freeSpans: 2 }), 0);
  near(densityPenalty({ spans: 3, generatedTokens: 0, freeSpans: 2, preset: "code" }), 1);
});

test("equation 8: not below 0, and 1 without quotes", () => {
  near(correctnessPenalty({ spans: 4, short: 0, mismatch: 0 }), 1);
  near(correctnessPenalty({ spans: 4, short: 1, mismatch: 0 }), 0.5);
  near(correctnessPenalty({ spans: 4, short: 0, mismatch: 1 }), 0.5);
  near(correctnessPenalty({ spans: 9, short: 1, mismatch: 1 }), 1 / 3);
  near(correctnessPenalty({ spans: 4, short: 1, mismatch: 1 }), 0);
  near(correctnessPenalty({ spans: 4, short: 3, mismatch: 2 }), 0);
  near(correctnessPenalty({ spans: 0, short: 0, mismatch: 0 }), 1);
  near(correctnessPenalty({ spans: 0, short: 0, mismatch: 3 }), 1);
});

test("equations 1 to 3: the whole reward", () => {
  near(compositeReward({ format: 1, answer: 1, retrieval: 1 }).reward, 1);
  near(compositeReward({ format: 0, answer: 0, retrieval: 0 }).reward, 0);
  near(compositeReward({ format: 1, answer: 0, retrieval: 0 }).reward, 0.2);
  const half = compositeReward({ format: 1, answer: 1, retrieval: 0 });
  near(half.additive, 0.5);
  near(half.multiplicative, Math.sqrt(0.0101) - 0.01);
  near(half.reward, 0.2 + 0.4 * 0.5 + 0.4 * (Math.sqrt(0.0101) - 0.01));
  near(compositeReward({ format: 0, answer: 0.24, retrieval: 0.99 }).multiplicative, 0.49);
});

/** Table 5: what is rewarded, τ, K, free spans; and the shortest quote of the published code. */
const TABLE_5: [TaskCategory, "passages" | "any-span" | "always", number?, number?, number?, number?][] = [
  ["multi-hop-qa", "passages", 0.4, undefined, 4, 7],
  ["single-hop-qa", "passages", 0.4, 1, 2, 7],
  ["key-value-retrieval", "passages", 0.9, undefined, 2, 5],
  ["multi-needle-retrieval", "passages", 0.9, undefined, 6, 7],
  ["reasoning-retrieval", "passages", 0.9, undefined, 2, 5],
  ["short-context-math", "always", undefined, undefined, 2, 5],
  ["in-context-learning", "passages", 0.95, 2, 2, 7],
  ["long-document-qa", "any-span", undefined, undefined, 4, 7],
  ["aggregation", "always", undefined, undefined, 2, 5],
  ["reranking", "passages", 0.7, 2, 4, 5],
  ["entity-citation", "passages", 0.7, 5, 4, 7],
];

test("Table 5, and the published code's differences", () => {
  assert.equal(
    TABLE_5.map(([category]) => category),
    [...TASK_CATEGORIES],
  );
  for (const [category, rule, hitThreshold, top, freeSpans, codeShort] of TABLE_5) {
    const overlap = rule === "passages" ? { rule, hitThreshold, top } : { rule };
    assert.equal(rewardSettings(category), { overlap, freeSpans, shortSpanCharacters: 5 }, category);
    const codeOverlap = category === "in-context-learning" ? { rule: "always" } : overlap;
    assert.equal(rewardSettings(category, "code"), {
      overlap: codeOverlap,
      freeSpans,
      shortSpanCharacters: codeShort,
    });
  }
});

const BAD: [what: string, run: () => unknown, message: RegExp][] = [
  [
    "an end before the start",
    () => intervalF1(interval(5, 4), span(0, 1).sources[0]),
    /^RangeError: Expected "gold.end"/,
  ],
  ["a negative start", () => intervalF1(interval(0, 1), interval(-1, 1)), /^RangeError: Expected "span.start"/],
  [
    "a start that is no number",
    () => intervalF1(interval("0" as never, 1), interval(0, 1)),
    /^TypeError: Expected "gold.start"/,
  ],
  ["a text that is none", () => edgeF1(null as never, "a"), /^TypeError: Expected "gold"/],
  [
    "a hit threshold of 0",
    () => passageOverlap(interval(0, 1), [], { hitThreshold: 0 }),
    /^RangeError: Expected "hitThreshold"/,
  ],
  [
    "minus one quote",
    () => densityPenalty({ spans: -1, generatedTokens: 1, freeSpans: 2 }),
    /^RangeError: Expected "spans"/,
  ],
  [
    "half a token",
    () => densityPenalty({ spans: 1, generatedTokens: 0.5, freeSpans: 2 }),
    /^RangeError: Expected "generatedT/,
  ],
  [
    "more short quotes than quotes",
    () => correctnessPenalty({ spans: 1, short: 2, mismatch: 0 }),
    /^RangeError: Expected "short"/,
  ],
  [
    "an answer above 1",
    () => compositeReward({ format: 1, answer: 1.1, retrieval: 1 }),
    /^RangeError: Expected "answer"/,
  ],
  ["no number", () => compositeReward({ format: NaN, answer: 1, retrieval: 1 }), /^RangeError: Expected "format"/],
  ["an unknown category", () => rewardSettings("summaries" as never), /^RangeError: Expected "category"/],
  ["an unknown preset", () => rewardSettings("reranking", "draft" as never), /^RangeError: Expected "preset"/],
];

for (const [what, run, message] of BAD) test(`refused: ${what}`, () => assert.match(thrownBy(run), message));

test.run();
