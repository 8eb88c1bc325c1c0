import { strict as assert } from "node:assert";
import { RecallBatch } from "../../lib/entry/index.js";
import type { Case } from "../harness/cases.js";
import { timeEvicted } from "../harness/evicted.js";
import { SPAN_TOKENS, wayOf, type Backend, type QuotedText } from "./quoted-text.js";

/** Few rows walk several spans in a run, so that it does not hang on one place of the text. */
const ROW_SPANS_IN_A_RUN = 64;

/** A step of every row of a batch, on the calling thread: the rows are forks of one session, each in a span of its own. */
export function batchCases(quoted: QuotedText, backend: Backend, rows: number): Case[] {
  const { text, length: tokens, vocabulary } = quoted;
  const session = quoted.session(backend);
  const batch = new RecallBatch();
  const forks = Array.from({ length: rows }, () => session.fork());
  for (const fork of forks) batch.add(fork);
  const accepted = new Int32Array(rows);
  let first = 0;
  const open = () => batch.accept(accepted.fill(quoted.startTokenId));
  const step = (k: number) => {
    for (let row = 0; row < rows; row++) accepted[row] = quoted.token(first + row, k);
    batch.accept(accepted);
    for (let row = 0; row < rows; row++) batch.allowed(row);
  };
  const takeBack = () => {
    for (const fork of forks) fork.truncate(tokens);
    first += rows;
  };
  const walk = () => {
    open();
    for (let k = 0; k < SPAN_TOKENS; k++) step(k);
    takeBack();
  };
  const walkEvicted = () => {
    open();
    const milliseconds = timeEvicted(SPAN_TOKENS, step);
    takeBack();
    return milliseconds;
  };
  const check = () => {
    open();
    for (let k = 0; k < SPAN_TOKENS; k++) {
      step(k);
      if (k % 8 !== 0) continue;
      for (let row = 0; row < rows; row += 32) {
        assert.deepEqual(Array.from(batch.allowed(row)!), quoted.allowed(first + row, k + 1));
      }
    }
    takeBack();
  };
  const spans = Math.max(1, ROW_SPANS_IN_A_RUN / rows);
  const each = { work: { tokens: rows }, operations: spans * SPAN_TOKENS, check };
  const of = { subject: "batch step", way: wayOf(backend), text, tokens, vocabulary, rows };
  return [
    {
      of: { ...of, cache: "warm" },
      ...each,
      run() {
        for (let span = 0; span < spans; span++) walk();
      },
    },
    {
      of: { ...of, cache: "evicted" },
      ...each,
      operations: SPAN_TOKENS,
      runs: 20,
      run: walkEvicted,
    },
  ];
}
