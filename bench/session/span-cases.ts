import { strict as assert } from "node:assert";
import type { RecallSession } from "../../lib/entry/index.js";
import type { Case } from "../harness/cases.js";
import { timeEvicted } from "../harness/evicted.js";
import { SPAN_TOKENS, wayOf, type Backend, type QuotedText } from "./quoted-text.js";

const SPANS_IN_A_RUN = 50;
const EVICTED_SPANS_IN_A_RUN = 5;
const DEPTHS = [1, 2, 4, 8, 16, 32];
const DRAFTED = 16;
const DRAFT_PLACES = 20;

/** A step, `accept` and `allowed`: over whole spans, warm and evicted, and by depth; and a draft. */
export function spanCases(quoted: QuotedText, backend: Backend): Case[] {
  return [...wholeSpans(quoted, backend), ...drafts(quoted, backend)];
}

/** Whole spans of 32 tokens, whose first mask is a case of its own: each is opened, walked and taken back. */
function wholeSpans(quoted: QuotedText, backend: Backend): Case[] {
  const { text, length: tokens, vocabulary } = quoted;
  const session = quoted.session(backend);
  let span = 0;
  const step = (k: number) => {
    session.accept(quoted.token(span, k));
    session.allowed();
  };
  const walk = (): void => {
    session.accept(quoted.startTokenId);
    for (let k = 0; k < SPAN_TOKENS; k++) step(k);
    session.truncate(tokens);
    span++;
  };
  const walkEvicted = (): number => {
    session.accept(quoted.startTokenId);
    const milliseconds = timeEvicted(SPAN_TOKENS, step);
    session.truncate(tokens);
    span++;
    return milliseconds;
  };
  const of = { way: wayOf(backend), text, tokens, vocabulary };
  const check = () => {
    for (const checked of [0, 1]) quoted.checkSpan(session, checked);
  };
  const spanOf32 = { work: { tokens: SPAN_TOKENS }, operations: SPANS_IN_A_RUN, check };
  const oneStep = { work: { tokens: 1 }, check };
  return [
    {
      of: { subject: "step", ...of, cache: "warm" },
      ...oneStep,
      operations: SPANS_IN_A_RUN * SPAN_TOKENS,
      run: () => repeat(SPANS_IN_A_RUN, walk),
    },
    {
      of: { subject: "step", ...of, cache: "evicted" },
      ...oneStep,
      operations: EVICTED_SPANS_IN_A_RUN * SPAN_TOKENS,
      runs: 15,
      run: () => sumOf(EVICTED_SPANS_IN_A_RUN, walkEvicted),
    },
    { of: { subject: "whole span", ...of, cache: "warm" }, ...spanOf32, run: () => repeat(SPANS_IN_A_RUN, walk) },
  ];
}

/** The step that follows k - 1 others, in sessions at as many places of the text. */
export function stepsByDepth(quoted: QuotedText, backend: Backend): Case[] {
  const { text, length: tokens, vocabulary } = quoted;
  const session = quoted.session(backend);
  return DEPTHS.map((depth) => {
    let forks: RecallSession[] = [];
    const step = (fork: RecallSession, span: number) => {
      fork.accept(quoted.token(span, depth - 1));
      return fork.allowed()!;
    };
    return {
      of: { subject: "step", way: wayOf(backend), text, tokens, vocabulary, depth, cache: "warm" },
      work: { tokens: 1 },
      operations: SPANS_IN_A_RUN,
      check() {
        forks = Array.from({ length: SPANS_IN_A_RUN }, () => session.fork());
        forks.forEach((fork, span) => {
          quoted.quote(fork, span, depth - 1);
          if (span < 2) assert.deepEqual(Array.from(step(fork, span)), quoted.allowed(span, depth));
        });
      },
      before() {
        for (const fork of forks) fork.truncate(quoted.length + depth);
      },
      run: () => forks.forEach(step),
    };
  });
}

/**
 * What all candidates agree on after 8 tokens, at the first place where that is as long as was asked for; in some
 * adversarial texts there is none.
 */
function drafts(quoted: QuotedText, backend: Backend): Case[] {
  const { text, length: tokens, vocabulary } = quoted;
  const depth = 8;
  const draftAt = (span: number): number[] => {
    const { context, ranges } = quoted.survivors(span, depth);
    return context.draft(Array.from(quoted.span(span, depth)), ranges, DRAFTED, false);
  };
  const span = quoted.starts.slice(0, DRAFT_PLACES).findIndex((_, index) => draftAt(index).length === DRAFTED);
  if (span === -1) return [];
  const session = quoted.session(backend);
  quoted.quote(session, span, depth);
  return [
    {
      of: { subject: "draft", way: wayOf(backend), text, tokens, vocabulary, depth },
      work: { tokens: DRAFTED },
      check: () => assert.deepEqual(Array.from(session.draft(DRAFTED)), draftAt(span)),
      run: () => void session.draft(DRAFTED),
    },
  ];
}

function repeat(times: number, action: () => void): void {
  for (let i = 0; i < times; i++) action();
}

function sumOf(times: number, figure: () => number): number {
  let sum = 0;
  for (let i = 0; i < times; i++) sum += figure();
  return sum;
}
