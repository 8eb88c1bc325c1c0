import type { Chart, ChartMaker } from "./chart.js";
import { drawDots, type Dot } from "./dots.js";
import { duration, figure } from "./numbers.js";
import { colour } from "./palette.js";
import { commonTexts, distinct, select, type AllResults } from "./select.js";

const panels = {
  "context ready": "until ready, per byte",
  "step, new context": "step, in a new context",
  "step, same spans again": "step, same quotes again",
} as const;

/** Text mode, for models without recall tokens: what its context and its steps cost, by text. */
export const textMode: ChartMaker = {
  subject: "Text mode: the time until a context is ready, and of a step",
  bench: "text",
  make(results) {
    const texts = distinct(select(results, "text", { subject: "step, new context" }).map(({ text }) => text));
    const [first] = texts;
    if (first === undefined) return null;
    return {
      ...wordsOf(results, first),
      table: tableOf(results, texts),
      draw: (width) => drawDots(dotsOf(results, texts), width),
    };
  },
};

function value(results: AllResults, subject: string, text: string): number {
  return select(results, "text", { subject, text })[0]?.value ?? NaN;
}

function wordsOf(results: AllResults, text: string): Pick<Chart, "name" | "title" | "subtitle"> {
  const fresh = value(results, "step, new context", text);
  const again = value(results, "step, same spans again", text);
  return {
    name: "text-mode",
    title: [
      `Quotes between tags: a step in ${text} takes ${duration(fresh)} in a new context,`,
      `${duration(again)} once what it begins with has been worked out`,
    ].join(" "),
    subtitle: [
      "Mean time of a step in text mode, where quotes are bytes and not tokens, and time until the first mask is there,",
      "for 1 MB of text. Grey: texts made to be the worst. Axes are logarithmic.",
    ].join(" "),
  };
}

function tableOf(results: AllResults, texts: readonly string[]): Chart["table"] {
  const subjects = ["context ready", "step, new context", "step, same spans again", "step, p99", "memory"];
  return {
    header: ["text", "ready, ns per byte", "step, ns", "the same quotes again", "p99", "bytes per byte"],
    rows: texts.map((text) => [text, ...subjects.map((subject) => figure(value(results, subject, text)))]),
  };
}

function dotsOf(results: AllResults, texts: readonly string[]): Dot[] {
  return Object.entries(panels).flatMap(([subject, panel]) =>
    texts.map((row) => {
      const nanoseconds = value(results, subject, row);
      const ink = colour(commonTexts.includes(row) ? "verbatim" : "muted");
      return { row, panel, value: nanoseconds, label: duration(nanoseconds), colour: ink };
    }),
  );
}
