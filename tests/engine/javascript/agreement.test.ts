import { test } from "uvu";
import * as assert from "uvu/assert";
import { agreement } from "../../../lib/engine/javascript/agreement.js";
import { Random, seedOfRun } from "../../support/random.js";

/** What stands at each place, as candidates see it: a run ends where the next one starts. */
interface Text {
  symbols: number[];
  runs: number[];
}

function symbolIn({ symbols, runs }: Text, position: number, start: number): number {
  return position < symbols.length && runs[position] === runs[start] ? symbols[position] : -1;
}

/** Symbol by symbol: all candidates that have one more must have the same. */
function definedAgreement(text: Text, starts: readonly number[], quoted: number, max: number): number[] {
  const agreed: number[] = [];
  while (agreed.length < max) {
    const next = new Set(starts.map((start) => symbolIn(text, start + quoted + agreed.length, start)));
    next.delete(-1);
    if (next.size !== 1) break;
    agreed.push(...next);
  }
  return agreed;
}

function randomText(random: Random): Text {
  const period = Array.from({ length: random.between(1, 4) }, () => random.below(2));
  const slips = random.pick([0, 0.02, 0.3]);
  let run = 0;
  const length = random.below(60);
  const symbols = Array.from({ length }, (_, i) =>
    random.chance(slips) ? random.below(3) : period[i % period.length],
  );
  return { symbols, runs: symbols.map(() => (random.chance(0.05) ? ++run : run)) };
}

test("the agreement of random candidates, in any order, is what symbol by symbol gives", () => {
  const random = new Random(seedOfRun());
  const seen = { none: 0, some: 0, all: 0 };
  for (let round = 0; round < 30_000; round++) {
    const text = randomText(random);
    const starts = [...text.symbols.keys()].filter(() => random.chance(random.pick([0.1, 0.9])));
    if (random.chance(0.3)) starts.sort(() => random.unit() - 0.5);
    // The first symbols that are quoted are the same for all: those that have them remain.
    const quoted = random.below(3);
    const quote = starts.length === 0 ? [] : text.symbols.slice(starts[0], starts[0] + quoted);
    const candidates = starts.filter((start) =>
      quote.every((symbol, i) => symbolIn(text, start + i, start) === symbol),
    );
    const max = random.below(30);
    const expected = definedAgreement(text, candidates, quote.length, max);
    const symbolAt = (position: number, start: number) => symbolIn(text, position, start);
    assert.equal(agreement(candidates, quote.length, max, symbolAt), expected, `round ${round}`);
    seen[expected.length === 0 ? "none" : expected.length === max ? "all" : "some"]++;
  }
  for (const [what, count] of Object.entries(seen)) assert.ok(count > 1000, `${what}: ${count}`);
});

/** How often symbols are looked at, for candidates at every place of a text. */
function looks(symbols: readonly number[], max: number): number {
  let count = 0;
  agreement(symbols.keys(), 0, max, (position) => {
    count++;
    return symbols[position] ?? -1;
  });
  return count;
}

test("text that repeats itself is looked at once, however many symbols are asked for", () => {
  const equal = new Array<number>(10_000).fill(1);
  for (const max of [1, 16, 2048]) assert.ok(looks(equal, max) <= 3 * equal.length, `${looks(equal, max)} for ${max}`);
});

test("no candidate is looked at further than the ones before it agree", () => {
  const symbols = Array.from({ length: 10_000 }, (_, i) => i % 7);
  assert.is(looks(symbols, 2048), 2048);
  // One slip late in a text that repeats itself.
  const slip = symbols.map((symbol, i) => (i === 9_000 ? 9 : Math.min(symbol, 1)));
  assert.ok(looks(slip, 2048) <= 3 * slip.length, String(looks(slip, 2048)));
});

test.run();
