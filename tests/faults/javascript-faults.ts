import type { Fault } from "./faults.js";

/** Mistakes that somebody could make in the JavaScript engines, in a compiled module of lib/engine. */
export const javascriptFaults: readonly Fault[] = [
  {
    file: "javascript/tokens/distinct-ids.js",
    original: "if («word >= this.#bits.length»)",
    replacement: "word >= 1 && this.#bits.length === 0",
    rule: 13,
    effect: "an id that is larger than the ones before it is listed once for each candidate",
  },
  {
    file: "javascript/survivors.js",
    original: "starts[i] = «starts[kept]»;",
    replacement: "start",
    rule: 9,
    effect: "a candidate that was dropped does not come back",
  },
  {
    file: "javascript/survivors.js",
    original: "this.#ascending = «false»;",
    replacement: "true",
    rule: 12,
    effect: "sources are in no order after tokens were taken back",
  },
  {
    file: "javascript/agreement.js",
    original: "if («first + same < windowEnd») {",
    replacement: "false",
    rule: 11,
    effect: "a draft goes on where candidates that overlap disagree",
  },
  {
    file: "javascript/agreement.js",
    original: "if («symbol === -1»)",
    replacement: "symbol === -1 && longest.symbols.length === 0",
    rule: 11,
    effect: "a candidate that has ended cuts the draft of the others short",
  },
  {
    file: "javascript/tokens/context.js",
    original: "&& «(part.flags[index] & CONTINUES) !== 0» ?",
    replacement: "true",
    rule: 5,
    effect: "a match crosses a run's edge",
  },
  {
    file: "javascript/tokens/matcher.js",
    original: "=== NONE || «context.isStart(next)»;",
    replacement: "true",
    rule: 13,
    effect: "a quote may end inside a word",
  },
  {
    file: "javascript/tokens/matcher.js",
    original: "if («this.#context.isStart(start)»)\n                yield start;",
    replacement: "this.#context.flagsAt(start) !== 0",
    rule: 13,
    effect: "in a span over segments a quote may start inside a word",
  },
  {
    file: "javascript/text/matcher.js",
    original: "if («at >= complete»)",
    replacement: "at > complete",
    rule: 11,
    effect: "a draft closes the span",
  },
  {
    file: "javascript/text/candidates.js",
    original: ".nextEnd(start + quoted, end, limit) <= «limit»;",
    replacement: "limit + 1",
    rule: 6,
    effect: "a quote goes further than the last edge within the longest one",
  },
  {
    file: "javascript/text/context.js",
    original: "if («start + known < windowEnd»)",
    replacement: "start < windowEnd",
    rule: 12,
    effect: "a quote that overlaps itself is found in every other place only",
  },
  {
    file: "javascript/text/next-end.js",
    original: "if («found <= limit»)",
    replacement: "true",
    rule: 11,
    effect: "what is too far for one candidate's draft is taken for an end by the next",
  },
];
