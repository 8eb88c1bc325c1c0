import { strict as assert } from "node:assert";
import { ConstrainedSampler, RecallBatch, type RecallSession } from "../../lib/entry/index.js";
import { QuotedText, SPAN_TOKENS } from "../session/quoted-text.js";
import type { Gauge } from "./gauge.js";
import { inTurns, each, type Work } from "./in-turns.js";
import { yardsticks } from "./yardsticks.js";

const VOCABULARY = 151_936;
const TOKENS = 131_072;
const SPANS = 200;
const ROWS = 64;
const names = { native: "native", javascript: "JavaScript engine" } as const;

/** A session's verbs from JavaScript, with either engine, against plain work on a row; and the passes that drafts leave. */
export function sessionGauges(): Gauge[] {
  const quoted = new QuotedText("natural text", TOKENS, VOCABULARY);
  const { fill, argmax } = yardsticks(VOCABULARY);
  return (["native", "javascript"] as const).flatMap((backend) => {
    const session = quoted.session(backend);
    const step = steps(quoted, session);
    const inSpan = session.fork();
    quoted.quote(inSpan, 0, 8);
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
      { name: `${name}: a row of a batch against a session`, read: inTurns(batchRows(quoted, session), step) },
      {
        name: `${name}: passes for a quote of ${SPAN_TOKENS} by draft`,
        read: () => passes(quoted, session),
        isCounted: true,
      },
    ];
  });
}

/** Steps of quotes that begin anywhere, each undone; always the same, since their costs differ. */
function steps(quoted: QuotedText, session: RecallSession): Work {
  return {
    run(times) {
      let done = 0;
      for (; done < times; done += SPANS * SPAN_TOKENS) {
        for (let span = 0; span < SPANS; span++) {
          session.accept(quoted.startTokenId);
          for (let k = 0; k < SPAN_TOKENS; k++) {
            session.accept(quoted.token(span, k));
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
function batchRows(quoted: QuotedText, session: RecallSession): Work {
  const forks = Array.from({ length: ROWS }, () => session.fork());
  const batch = new RecallBatch();
  for (const fork of forks) batch.add(fork);
  const step = new Int32Array(ROWS);
  return {
    run(times) {
      let done = 0;
      for (; done < times; done += ROWS * SPAN_TOKENS) {
        batch.accept(step.fill(quoted.startTokenId));
        for (let k = 0; k < SPAN_TOKENS; k++) {
          for (let row = 0; row < ROWS; row++) step[row] = quoted.token(row, k);
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
function passes(quoted: QuotedText, session: RecallSession): number {
  let count = 0;
  for (let span = 0; span < SPANS; span++) {
    session.accept(quoted.startTokenId);
    for (let k = 0; k < SPAN_TOKENS; count++) {
      for (const token of session.draft(SPAN_TOKENS, { choose: "latest" })) {
        if (k === SPAN_TOKENS || token !== quoted.token(span, k)) break;
        session.accept(token);
        k++;
      }
      // What the model draws after what it kept of the draft.
      if (k < SPAN_TOKENS) session.accept(quoted.token(span, k++));
    }
    session.truncate(TOKENS);
  }
  return count / SPANS;
}
