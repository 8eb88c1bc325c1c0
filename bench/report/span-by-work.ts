import * as Plot from "@observablehq/plot";
import { fitExponent } from "../harness/exponent.js";
import { WIDE, type Chart, type ChartMaker } from "./chart.js";
import type { Drawing } from "./drawing.js";
import { count, duration, figure, power } from "./numbers.js";
import { colourOfWay } from "./palette.js";
import { decades, halo, plot, xAxis, yAxis } from "./plot.js";
import { commonTexts, distinct, select, ways } from "./select.js";

/** A whole quote: the work that the paper counts, and the time that was measured. */
interface Span {
  readonly text: string;
  readonly tokens: number;
  readonly way: string;
  /** M + Σ|Sₖ|. */
  readonly work: number;
  readonly nanoseconds: number;
}

/** The time of whole quotes by the work that the paper's analysis counts for them, three ways. */
export const spanByWork: ChartMaker = {
  subject: "The time of a whole quote by the work counted for it, M + Σ|Sₖ|",
  bench: "theory",
  make(results) {
    const works = select(results, "theory", { subject: "counted work" });
    const spans = select(results, "theory", { subject: "whole span" }).flatMap(({ text, tokens, way, value }) => {
      const work = works.find((one) => one.text === text && one.tokens === tokens)?.value;
      if (work === undefined || tokens === undefined || text === undefined) return [];
      return { text, tokens, way, work, nanoseconds: value };
    });
    if (spans.length === 0) return null;
    return { ...wordsOf(spans), table: tableOf(spans), draw: (width) => draw(spans, width) };
  },
};

function wordsOf(spans: readonly Span[]): Pick<Chart, "name" | "title" | "subtitle"> {
  const exponent = (way: string) => power("work", exponentOfWay(spans, way));
  const texts = distinct(spans.map(({ text }) => text));
  const kinds = texts.every((text) => commonTexts.includes(text)) ? "" : ", repetitive ones included";
  return {
    name: "span-by-work",
    title: [
      `A whole quote takes the paper's filter time that grows as ${exponent(ways.filter)},`,
      `and Verbatim as ${exponent(ways.verbatim)}`,
    ].join(" "),
    subtitle: [
      "Mean time of a quote of 32 tokens by the work the paper counts for it, M + Σ|Sₖ| positions. Each dot is one of",
      `${texts.length} texts${kinds}, at one length of context; both axes are logarithmic.`,
    ].join(" "),
  };
}

function exponentOfWay(spans: readonly Span[], way: string): number {
  return fitExponent(
    spans.filter((one) => one.way === way).map(({ work, nanoseconds }) => [work, nanoseconds] as const),
  );
}

function tableOf(spans: readonly Span[]): Chart["table"] {
  const named = distinct(spans.map(({ way }) => way));
  const cases = spans.filter(({ way }) => way === named[0]);
  return {
    header: ["text", "tokens", "positions counted", ...named.map((way) => `${way}, ns`)],
    rows: cases.map(({ text, tokens, work }) => {
      const value = (way: string) =>
        spans.find((one) => one.text === text && one.tokens === tokens && one.way === way)?.nanoseconds;
      return [text, count(tokens), count(work), ...named.map((way) => figure(value(way) ?? NaN))];
    }),
  };
}

function draw(spans: readonly Span[], width: number): Drawing {
  const x = decades(spans.map(({ work }) => work));
  const y = decades(spans.map(({ nanoseconds }) => nanoseconds));
  const named = distinct(spans.map(({ way }) => way));
  return plot({
    ...{ width, height: Math.max(320, width * 0.5), marginLeft: 60, marginRight: 40, marginTop: 24, marginBottom: 48 },
    x: { type: "log", domain: [x[0]!, x.at(-1)!] },
    y: { type: "log", domain: [y[0]!, y.at(-1)!] },
    marks: [
      ...yAxis(y, duration),
      ...xAxis(width < WIDE ? x.filter((_, i) => i % 2 === 0) : x, count, "M + Σ|Sₖ|, positions counted"),
      Plot.linearRegressionY(spans, {
        ...{ x: "work", y: "nanoseconds", z: "way", ci: 0, strokeWidth: 1.5, strokeOpacity: 0.5 },
        stroke: ({ way }: Span) => colourOfWay(way),
      }),
      Plot.dot(spans, {
        ...{ x: "work", y: "nanoseconds", r: 4, fillOpacity: 0.75 },
        fill: ({ way }: Span) => colourOfWay(way),
      }),
      // In the corner that rising lines leave free.
      ...named.map((way, i) =>
        Plot.text([way], {
          ...{ ...halo, frameAnchor: "top-left", dx: 10, dy: 10 + 18 * i, fontWeight: 600, fill: colourOfWay(way) },
        }),
      ),
    ],
  });
}
