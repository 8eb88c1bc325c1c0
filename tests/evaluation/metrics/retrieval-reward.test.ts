/** The whole retrieval reward: cases worked by hand, the published code's differences, and random ones by brute force. */

import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  edgeF1,
  intervalF1,
  retrievalReward,
  rewardSettings,
  spanF1,
  TASK_CATEGORIES,
  type GoldPassage,
  type Interval,
  type RecalledSpan,
  type RetrievalOutcome,
} from "../../../lib/entry/metrics.js";
import { Random, seedOfRun } from "../../support/random.js";
import { thrownBy } from "../../support/thrown.js";

const random = new Random(seedOfRun());
const CONTEXT = "key,value\n3349,lVLAn6DJlz\n2880,oWIO76jOH4\n3254,jEhEXbwDnR\n2880,oWIO76jOH4\n";

function near(actual: number, expected: number): void {
  assert.ok(Math.abs(actual - expected) < 1e-12, `${actual} is not ${expected}`);
}

/** Every place of a text in a context. */
function placesOf(text: string, context = CONTEXT): Interval[] {
  const places: Interval[] = [];
  for (let start = context.indexOf(text); start !== -1; start = context.indexOf(text, start + 1)) {
    places.push({ start, end: start + text.length });
  }
  return places;
}

const quote = (text: string, context = CONTEXT): RecalledSpan => ({ text, sources: placesOf(text, context) });
const passage = (text: string, at = 0): GoldPassage => ({ text, ...placesOf(text)[at]! });

function reward(given: Partial<RetrievalOutcome>) {
  const gold = [passage("2880,oWIO76jOH4")];
  return retrievalReward({ category: "reasoning-retrieval", gold, spans: [], generatedTokens: 1024, ...given });
}

test("the right entry: 1, whichever of its places is gold", () => {
  const spans = [quote("2880,oWIO76jOH4")];
  assert.is(spans[0]!.sources.length, 2);
  for (const at of [0, 1]) {
    assert.equal(reward({ gold: [passage("2880,oWIO76jOH4", at)], spans }), {
      reward: 1,
      overlap: 1,
      density: 1,
      correctness: 1,
    });
  }
});

test("a part of the entry, the wrong entry, an invented one", () => {
  near(reward({ spans: [quote("oWIO76jOH4")] }).reward, 0.8 / 0.9);
  near(reward({ spans: [quote("3349,lVLAn6DJlz")] }).reward, 0);
  near(reward({ spans: [quote("2880,aNdVypRo8F")] }).reward, 0);
});

test("all factors at once", () => {
  // 9 quotes, one of them of 4 characters, one delimiter too many; 7 beyond the free ones in 512 tokens.
  const spans = [quote("oWIO76jOH4"), quote("3349"), ...Array.from({ length: 7 }, () => quote("3254,jEhEXbwDnR"))];
  const found = reward({ spans, generatedTokens: 512, delimiters: { starts: 10, ends: 9 } });
  near(found.overlap, 0.8 / 0.9);
  near(found.density, 0.5 ** 2.5);
  near(found.correctness, 1 / 3);
  near(found.reward, ((0.8 / 0.9) * 0.5 ** 2.5) / 3);
});

test("limits: no quotes, no gold, an empty quote", () => {
  assert.equal(reward({}), { reward: 0, overlap: 0, density: 1, correctness: 1 });
  assert.equal(reward({ generatedTokens: 0 }), { reward: 0, overlap: 0, density: 1, correctness: 1 });
  assert.equal(reward({ gold: [] }), { reward: 1, overlap: 1, density: 1, correctness: 1 });
  assert.equal(reward({ spans: [{ text: "", sources: [] }] }), { reward: 0, overlap: 0, density: 1, correctness: 0 });
  assert.is(reward({ category: "long-document-qa" }).reward, 0);
  assert.is(reward({ category: "long-document-qa", spans: [quote("3349,lVLA")] }).reward, 1);
  assert.is(reward({ category: "aggregation" }).reward, 1);
});

test("with K, only the best passages count; without, all", () => {
  const gold = [passage("3349,lVLAn6DJlz"), passage("2880,oWIO76jOH4"), passage("3254,jEhEXbwDnR")];
  const spans = [quote("2880,oWIO76jOH4"), quote("3254,jEhEXbwDnR")];
  near(reward({ category: "reranking", gold, spans }).overlap, 1);
  near(reward({ category: "reranking", gold, spans: spans.slice(1) }).overlap, 1 / 2);
  near(reward({ category: "entity-citation", gold, spans }).overlap, 2 / 3);
  near(reward({ category: "single-hop-qa", gold, spans: spans.slice(1) }).overlap, 1);
  near(reward({ category: "key-value-retrieval", gold, spans }).overlap, 2 / 3);
});

test("the code's preset: a quote is short below 5 or 7 characters, by category", () => {
  for (const category of TASK_CATEGORIES) {
    const short = rewardSettings(category, "code").shortSpanCharacters;
    assert.ok(short === 5 || short === 7);
    const gold: GoldPassage[] = [];
    for (const length of [4, 5, 6, 7]) {
      const spans = [{ text: "x".repeat(length), sources: [] }];
      assert.is(reward({ category, gold, spans }).correctness, length < 5 ? 0 : 1);
      assert.is(reward({ category, gold, spans, preset: "code" }).correctness, length < short ? 0 : 1);
    }
  }
});

test("the code's preset: texts are compared, not places", () => {
  const gold = [{ text: "abcabc", start: 10, end: 16 }];
  // The quote's end is the passage's beginning, but it stands elsewhere.
  const spans = [{ text: "xxxabc", sources: [{ start: 100, end: 106 }] }];
  near(reward({ gold, spans }).overlap, 0);
  near(reward({ gold, spans, preset: "code" }).overlap, 0.5 / 0.9);
  // A quote that nobody has placed.
  near(reward({ gold, spans: [{ text: "abcabc", sources: [] }], preset: "code" }).overlap, 1);
  assert.match(
    thrownBy(() => reward({ gold: [{ start: 0, end: 1 }], spans, preset: "code" })),
    /^TypeError: Expected "gold.text"/,
  );
});

test("the code's preset: in-context learning is always 1", () => {
  const gold = [passage("3349,lVLAn6DJlz")];
  assert.is(reward({ category: "in-context-learning", gold }).overlap, 0);
  assert.is(reward({ category: "in-context-learning", gold, preset: "code" }).overlap, 1);
});

test("what is no outcome is refused by its name", () => {
  const bad: [Partial<Record<keyof RetrievalOutcome, unknown>>, RegExp][] = [
    [{ spans: null }, /^TypeError: Expected "spans" to be an array$/],
    [{ gold: { start: 0, end: 1 } }, /^TypeError: Expected "gold" to be an array$/],
    [{ spans: [{ sources: [] }] }, /^TypeError: Expected "spans\[0\].text" to be a string$/],
    [{ category: "summaries" }, /^RangeError: Expected "category"/],
    [{ preset: "draft" }, /^RangeError: Expected "preset"/],
    [{ generatedTokens: -1 }, /^RangeError: Expected "generatedTokens"/],
    [{ delimiters: { starts: 1, ends: -1 } }, /^RangeError: Expected "delimiters.ends"/],
  ];
  for (const [given, message] of bad) {
    assert.match(
      thrownBy(() => reward(given as Partial<RetrievalOutcome>)),
      message,
    );
  }
});

test("random intervals: F1 by counting positions", () => {
  let overlapping = 0;
  for (let i = 0; i < 5000; i++) {
    const [gold, span] = [randomInterval(), randomInterval()];
    const positions = ({ start, end }: Interval) => Array.from({ length: end - start }, (_, k) => start + k);
    const inGold = new Set(positions(gold));
    const common = positions(span).filter((position) => inGold.has(position)).length;
    const total = positions(gold).length + positions(span).length;
    if (common > 0) overlapping++;
    near(intervalF1(gold, span), total === 0 ? 0 : (2 * common) / total);
  }
  assert.ok(overlapping > 500);
});

function randomInterval(): Interval {
  const start = random.below(30);
  return { start, end: start + random.below(12) };
}

const randomText = (letters: string, length: number) => Array.from({ length }, () => random.pick(letters)).join("");

test("random texts: the code's F1 by trying every overlap", () => {
  let edges = 0;
  for (let i = 0; i < 5000; i++) {
    const [gold, span] = [randomText("ab", random.below(9)), randomText("ab", random.below(9))];
    let common = 0;
    if (span.includes(gold)) common = gold.length;
    else if (gold.includes(span)) common = span.length;
    else {
      for (let k = 1; k < Math.min(gold.length, span.length); k++) {
        if (gold.endsWith(span.slice(0, k)) || span.endsWith(gold.slice(0, k))) common = k;
      }
      edges++;
    }
    near(edgeF1(gold, span), common === 0 ? 0 : (2 * common) / (gold.length + span.length));
  }
  assert.ok(edges > 500);
});

test("random quotes of a context: texts never match less than places, and more where a text repeats", () => {
  let [equal, more] = [0, 0];
  for (let i = 0; i < 2000; i++) {
    const context = randomText("abc", 40);
    const cut = () => {
      const start = random.below(30);
      return { start, end: start + random.between(1, 10) };
    };
    const { start, end } = cut();
    const gold = { start, end, text: context.slice(start, end) };
    const place = cut();
    const span = quote(context.slice(place.start, place.end), context);
    const [byPlaces, byTexts] = [spanF1(gold, span), spanF1(gold, span, "code")];
    near(byPlaces, Math.max(...span.sources.map((source) => intervalF1(gold, source))));
    assert.ok(byTexts >= byPlaces, `${context}: ${gold.text} and ${span.text}`);
    if (byTexts === byPlaces) equal++;
    else more++;
  }
  assert.ok(equal > 100 && more > 100, `${equal}, ${more}`);
});

test.run();
