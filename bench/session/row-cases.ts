import { strict as assert } from "node:assert";
import { ConstrainedSampler } from "../../lib/entry/index.js";
import type { Case } from "../harness/cases.js";
import { evictSecondLevelCache } from "../harness/evicted.js";
import { wayOf, type Backend, type QuotedText } from "./quoted-text.js";

/** Two rows, since the second of a width that is no multiple of four starts where 16 bytes do not. */
function secondRow(width: number): Float32Array {
  return Float32Array.from({ length: 2 * width }, (_, i) => Math.sin(i)).subarray(width);
}

/** A row masked whole, where many ids are allowed (k = 0) and where few are; with it, a plain fill of the same row. */
export function rowCases(quoted: QuotedText, backend: Backend): Case[] {
  const { text, length: tokens, vocabulary } = quoted;
  const row = secondRow(vocabulary);
  const of = { way: wayOf(backend), text, tokens, vocabulary };
  const masks = [0, 8].map((depth): Case => {
    const session = quoted.session(backend);
    quoted.quote(session, 0, depth);
    return {
      of: { ...of, subject: "apply", depth },
      work: { bytes: row.byteLength },
      check() {
        const allowed = new Set(quoted.allowed(0, depth));
        const expected = secondRow(vocabulary).map((logit, id) => (allowed.has(id) ? logit : -Infinity));
        row.set(secondRow(vocabulary));
        assert.ok(session.apply(row));
        assert.deepEqual(row, expected);
      },
      run: () => void session.apply(row),
    };
  });
  const fill: Case = {
    of: { ...of, subject: "plain fill", way: "row.fill" },
    work: { bytes: row.byteLength },
    check: () => assert.ok(row.fill(-Infinity).every((logit) => logit === -Infinity)),
    run: () => void row.fill(-Infinity),
  };
  return [...masks, ...(backend === "native" ? [fill] : [])].flatMap((one) => [
    { ...one, of: { ...one.of, cache: "warm" } },
    { ...one, of: { ...one.of, cache: "evicted" }, before: evictSecondLevelCache, runs: 300 },
  ]);
}

/** A draw among at most 64 ids. */
export function drawCase(quoted: QuotedText, backend: Backend): Case {
  const { text, length: tokens, vocabulary } = quoted;
  const session = quoted.session(backend);
  const sampler = new ConstrainedSampler({ seed: 1 });
  const row = secondRow(vocabulary);
  const depth = 8;
  quoted.quote(session, 0, depth);
  return {
    of: { subject: "constrained draw", way: wayOf(backend), text, tokens, vocabulary, depth },
    work: { tokens: 1 },
    check() {
      const allowed = quoted.allowed(0, depth);
      assert.ok(allowed.length <= 64);
      const drawn = new Set(Array.from({ length: 1_000 }, () => sampler.sample(row, session)));
      assert.ok([...drawn].every((id) => allowed.includes(id)));
    },
    run: () => void sampler.sample(row, session),
  };
}
