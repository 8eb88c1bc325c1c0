import { strict as assert } from "node:assert";
import { ConstrainedSampler, RecallBatch, RecallSession } from "../../lib/index.js";
import { tokenText } from "../token-texts.js";
import type { Gauge } from "./gauge.js";
import { inTurns, each, type Work } from "./in-turns.js";
import { yardsticks } from "./yardsticks.js";

const VOCABULARY = 151_936;
const [START, END] = [VOCABULARY - 2, VOCABULARY - 1];
const TOKENS = 131_072;
const SPAN = 32;
const SPANS = 200;
const ROWS = 64;
const names = { native: "native", javascript: "JavaScript engine" } as const;

/** A session's verbs from JavaScript, with either engine, against plain work on a row; and the passes that drafts leave. */
export function sessionGauges(): Gauge[] {
  const tokens = tokenText("natural text", VOCABULARY).tokens.subarray(0, TOKENS);
  const { fill, argmax } = yardsticks(VOCABULARY);
  return (["native", "javascript"] as const).flatMap((backend) => {
    const options = { vocabSize: VOCABULARY, startTokenId: START, endTokenId: END, backend, recallGenerated: false };
    const session = new RecallSession(options);
    session.append(tokens);
    const step = steps(session, tokens);
    const inSpan = session.fork();
    for (const token of [START, ...tokens.subarray(1000, 1008)]) inSpan.accept(token);
    const row = new Float32Array(VOCABULARY).fill(1);
    assert.ok(inSpan.apply(row));
    const apply = each(() => void inSpan.apply(row));
    const sampler = new ConstrainedSampler({ seed: 1 });
    assert.ok(inSpan.allows(sampler.sample(row, inSpan)));
    const draw = each(() => void sampler.sample(row, inSpan));
    const name = names[backend];
    return [
      { name: `${name}: a step against reading a row`, read: inTurns(step, argmax) },
      { name: `${name}: masking a row against filling it`, read: inTurns(apply, fill) },
      { name: `${name}: a constrained draw against reading a row`, read: inTurns(draw, argmax) },
      { name: `${name}: a row of a batch against a session`, read: inTurns(batchRows(session, tokens), step) },
      { name: `${name}: passes for a quote of ${SPAN} by draft`, read: () => passes(session, tokens), isCounted: true },
    ];
  });
}

const startOf = (span: number) => (span * 7919) % (TOKENS - SPAN);

/** Steps of quotes that begin anywhere, each undone; always the same, since their costs differ. */
function steps(session: RecallSession, tokens: Int32Array): Work {
  return {
    run(times) {
      let done = 0;
      for (; done < times; done += SPANS * SPAN) {
        for (let span = 0; span < SPANS; span++) {
          session.accept(START);
          for (let k = 0; k < SPAN; k++) {
            session.accept(tokens[startOf(span) + k]!);
            assert.ok(session.allowed() !== null);
          }
          session.truncate(TOKENS);
        }
      }
      return done;
    },
  };
}

/** Steps of the rows of a batch, counted by the row. */
function batchRows(session: RecallSession, tokens: Int32Array): Work {
  const forks = Array.from({ length: ROWS }, () => session.fork());
  const batch = new RecallBatch();
  for (const fork of forks) batch.add(fork);
  const step = new Int32Array(ROWS);
  return {
    run(times) {
      let done = 0;
      for (; done < times; done += ROWS * SPAN) {
        batch.accept(step.fill(START));
        for (let k = 0; k < SPAN; k++) {
          for (let row = 0; row < ROWS; row++) step[row] = tokens[startOf(row) + k]!;
          batch.accept(step);
          for (let row = 0; row < ROWS; row++) assert.ok(batch.allowed(row) !== null);
        }
        for (const fork of forks) fork.truncate(TOKENS);
      }
      return done;
    },
  };
}

/** Forward passes for a quote by a model that follows its source and checks drafts, as hosts do; the mean over quotes. */
function passes(session: RecallSession, tokens: Int32Array): number {
  let count = 0;
  for (let span = 0; span < SPANS; span++) {
    const start = startOf(span);
    session.accept(START);
    for (let k = 0; k < SPAN; count++) {
      for (const token of session.draft(SPAN, { choose: "latest" })) {
        if (k === SPAN || token !== tokens[start + k]) break;
        session.accept(token);
        k++;
      }
      // What the model draws after what it kept of the draft.
      if (k < SPAN) session.accept(tokens[start + k++]!);
    }
    session.truncate(TOKENS);
  }
  return count / SPANS;
}
