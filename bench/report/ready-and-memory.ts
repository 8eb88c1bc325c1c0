import type { Chart, ChartMaker } from "./chart.js";
import { drawDots, type Dot } from "./dots.js";
import { count, duration, figure } from "./numbers.js";
import { colour } from "./palette.js";
import { commonTexts, distinct, select } from "./select.js";

interface Cost {
  readonly text: string;
  readonly tokens: number;
  /** Nanoseconds a token. */
  readonly ready: number;
  /** Bytes a token. */
  readonly memory: number;
}

/** What a context costs before the first quote: the time until it is ready, and the memory it keeps. */
export const readyAndMemory: ChartMaker = {
  subject: "The time until a context is ready, and its memory",
  bench: "engine",
  make(results) {
    const memory = select(results, "engine", { subject: "memory" });
    const costs = select(results, "engine", { subject: "context ready" }).flatMap(({ text, tokens, value }): Cost[] => {
      const bytes = memory.find((one) => one.text === text && one.tokens === tokens)?.value;
      if (text === undefined || tokens === undefined || bytes === undefined) return [];
      return [{ text, tokens, ready: value, memory: bytes }];
    });
    if (costs.length === 0) return null;
    const headline = headlineOf(costs);
    return { ...wordsOf(headline), table: tableOf(costs), draw: (width) => drawDots(dotsOf(headline), width) };
  },
};

/** Of one length: the one at which most texts were measured, the longest of those. */
function headlineOf(costs: readonly Cost[]): readonly Cost[] {
  const of = (tokens: number) => costs.filter((one) => one.tokens === tokens);
  const lengths = distinct(costs.map(({ tokens }) => tokens)).sort((a, b) => b - a);
  const best = lengths.reduce((most, tokens) => (of(tokens).length > of(most).length ? tokens : most));
  return of(best);
}

function wordsOf(costs: readonly Cost[]): Pick<Chart, "name" | "title" | "subtitle"> {
  const { tokens, text, ready } = costs[0]!;
  const worst = costs.reduce((most, one) => (one.ready > most.ready ? one : most));
  const heaviest = costs.reduce((most, one) => (one.memory > most.memory ? one : most));
  return {
    name: "ready-and-memory",
    title: [
      `${count(tokens)} tokens of ${text} can be quoted after ${duration(ready * tokens)},`,
      `of the worst text after ${duration(worst.ready * tokens)};`,
      `a token keeps ${figure(costs[0]!.memory)} bytes, at most ${figure(heaviest.memory)}`,
    ].join(" "),
    subtitle: [
      "Time until the first mask is there and memory that the context keeps, both per token,",
      `at ${count(tokens)} tokens. Grey: texts made to be the worst. Both axes are logarithmic.`,
    ].join(" "),
  };
}

function tableOf(costs: readonly Cost[]): Chart["table"] {
  return {
    header: ["text", "tokens", "ready, ns per token", "bytes per token"],
    rows: costs.map(({ text, tokens, ready, memory }) => [text, count(tokens), figure(ready), figure(memory)]),
  };
}

function dotsOf(costs: readonly Cost[]): Dot[] {
  const ink = (text: string) => colour(commonTexts.includes(text) ? "verbatim" : "muted");
  return costs.flatMap(({ text: row, ready, memory }) => [
    { row, panel: "until ready, per token", value: ready, label: duration(ready), colour: ink(row) },
    { row, panel: "memory, per token", value: memory, label: `${figure(memory)} bytes`, colour: ink(row) },
  ]);
}
