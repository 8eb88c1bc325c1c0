import { test } from "uvu";
import { Random } from "../../support/random.js";
import { settings } from "../explore.js";
import type { Append } from "../operations.js";
import type { Step } from "../shrink.js";
import { bytesOf, TextDuel, type TextOperation, type TextSetup } from "./duel.js";
import { report } from "./explorer.js";

const characters = ["a", "a", "b", "é", "日", "日"];

function word(random: Random, most: number): number[] {
  return Array.from({ length: random.between(1, most) }, () => bytesOf(random.pick(characters))).flat();
}

/** Hundreds of tokens that complete a short tag and go on, some with text before it, some with the closing tag after. */
function manyOpenings(random: Random): TextSetup {
  const startTag = random.pick(["<", "<", "<<", "a<", "<a", "aab"]);
  const endTag = random.pick([">", "</", "ab", "é", "日>", null]);
  const tag = bytesOf(startTag);
  const closing = bytesOf(endTag ?? "");
  const tokens = [[], ...[...new Set([...characters.flatMap(bytesOf), ...tag, ...closing])].map((byte) => [byte])];
  const wanted = random.between(20, 250);
  const context = random.chance(0.4) ? sharedText(random) : null;
  const shared = context?.at(-1)?.tokens ?? [];
  while (tokens.length < wanted) {
    const before = random.chance(0.2) ? word(random, 2) : [];
    const after = random.chance(0.2) ? closing.slice(0, random.between(1, 3)) : [];
    // What a shared text ends with goes on in a session.
    const first = random.chance(0.1) ? shared.slice(-random.between(1, 4)) : word(random, 4);
    const whole = [...before, ...tag, ...first, ...after];
    // Tokens end, and begin, inside characters and tags too.
    tokens.push(whole.slice(random.chance(0.2) ? 1 : 0, whole.length - (random.chance(0.3) ? 1 : 0)));
  }
  const maxSpanBytes = random.pick([4096, 4096, random.between(1, 6)]);
  return {
    tokens,
    startTag,
    endTag,
    maxSpanBytes,
    minSpanBytes: Math.min(maxSpanBytes, random.pick([0, 0, 0, 2])),
    recallGenerated: random.chance(0.8),
    json: false,
    snap: null,
    context,
  };
}

/** Text and documents; the last of them may end, and any begin, inside a character. */
function sharedText(random: Random): Append[] {
  return Array.from({ length: random.between(1, 2) }, (_, i) => {
    const text = word(random, random.pick([3, 60]));
    const tokens = text.slice(random.chance(0.2) ? 1 : 0, text.length - random.below(3));
    return { verb: "append", tokens, ...(random.chance(0.3) && { segment: `document ${i}` }) };
  });
}

function propose(duel: TextDuel, on: number, { tokens, context }: TextSetup, random: Random): TextOperation {
  const oracle = duel.oracle(on);
  if (oracle.length > 90) return { verb: "truncate", length: random.pick(oracle.lengths) };
  const one = (): number => random.pick([...tokens.keys()].filter((id) => tokens[id]!.length === 1));
  const isNew = context !== null && oracle.length === context.flatMap(({ tokens: bytes }) => bytes).length;
  const inside = [...tokens.keys()].filter((id) => tokens[id]!.length === 1 && (tokens[id]![0]! & 0xc0) === 0x80);
  if (isNew && inside.length > 0 && random.chance(0.3)) return { verb: "accept", token: random.pick(inside) };
  const kind = random.unit();
  if (oracle.inSpan && kind < 0.3) return { verb: "endSpan" };
  if (kind < 0.5) return { verb: "accept", token: one() };
  if (kind < 0.65) return { verb: "accept", token: random.pick([...(oracle.allowed() ?? tokens.keys()), one()]) };
  if (kind < 0.7) return { verb: "acceptAll", tokens: [one(), one(), one()] };
  if (kind < 0.8) {
    const text = word(random, random.pick([2, 2, 25])).slice(random.chance(0.2) ? 1 : 0);
    const options = { ...(random.chance(0.2) && { segment: random.pick(["x", "y", "z"]) }) };
    return { verb: "append", tokens: text, ...options, ...(random.chance(0.1) && { recallable: false }) };
  }
  if (kind < 0.85) return { verb: "rollback", count: Math.min(oracle.accepted, random.below(4)) };
  if (kind < 0.92) return { verb: "truncate", length: random.pick(oracle.lengths.slice(-8)) };
  if (kind < 0.94) return { verb: "reset" };
  if (kind < 0.95) return { verb: "validate", tokens: [one(), one()] };
  if (duel.count > 3) return { verb: "close" };
  return { verb: context && random.chance(0.6) ? "open" : "fork" };
}

test("many tokens that open a span and go on: every backend of text mode agrees with the oracle", () => {
  const { seed, steps, backends } = settings(2_000);
  let [done, masked] = [0, 0];
  for (let current = seed; done < steps; current++) {
    const random = new Random(current);
    const setup = manyOpenings(random);
    const duel = new TextDuel(setup, backends);
    const played: Step<TextOperation>[] = [];
    try {
      for (let index = 0; index < 60; index++, done += backends.length) {
        const on = random.chance(0.2) ? random.below(duel.count) : 0;
        const operation = propose(duel, on, setup, random);
        played.push({ on, operation });
        const { mismatch } = duel.step(on, operation);
        if (mismatch !== null) throw report(current, setup, played, mismatch, backends);
        if (!duel.oracle(on).inSpan && duel.oracle(on).allowed() !== null) masked++;
      }
    } finally {
      duel.close();
    }
  }
  if (masked < done / backends.length / 4) throw new Error(`Only ${masked} of ${done} steps had a mask outside a span`);
});

test.run();
