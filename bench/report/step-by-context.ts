import * as Plot from "@observablehq/plot";
import { fitExponent } from "../harness/exponent.js";
import type { Measurement } from "../harness/results.js";
import { WIDE, type Chart, type ChartMaker } from "./chart.js";
import type { Drawing } from "./drawing.js";
import { count, duration, figure, power, times } from "./numbers.js";
import { colourOfWay } from "./palette.js";
import { decades, grid, halo, panelNames, plot, xAxis, yAxis } from "./plot.js";
import { commonTexts, distinct, select, textsOf, ways } from "./select.js";

const PANEL_HEIGHT = 285;
/** Of the axis: as many as have room. */
const sizes = [4_096, 32_768, 131_072, 1_048_576];
const narrowSizes = [4_096, 131_072, 1_048_576];

/** Nanoseconds of a step by the length of the context, three ways, a panel for each text. */
export const stepByContext: ChartMaker = {
  subject: "The time of a step by the length of the context",
  bench: "engine",
  make(results) {
    const points = select(results, "engine", { subject: "step as a bitmask" }).filter(
      ({ text, tokens }) => tokens !== undefined && commonTexts.includes(text ?? ""),
    );
    const texts = textsOf(points);
    if (texts.length === 0) return null;
    return { ...wordsOf(points, texts[0]!), table: tableOf(points), draw: (width) => draw(points, texts, width) };
  },
};

function wordsOf(points: readonly Measurement[], text: string): Pick<Chart, "name" | "title" | "subtitle"> {
  const tokens = Math.max(...points.filter((one) => one.text === text).map((one) => one.tokens!));
  const of = (way: string) =>
    points.find((one) => one.text === text && one.tokens === tokens && one.way === way)?.value ?? NaN;
  const step = of(ways.verbatim);
  return {
    name: "step-by-context",
    title: [
      `In ${count(tokens)} tokens of ${text} a step takes ${duration(step)}:`,
      `${times(of(ways.rescan) / step)} less than a rescan,`,
      `${times(of(ways.filter) / step)} less than the paper's filter`,
    ].join(" "),
    subtitle: [
      "Time of one step inside a quote by the length M of the context, mean over quotes of 32 tokens, one core,",
      `a vocabulary of ${count(points[0]!.vocabulary ?? NaN)}. Both axes are logarithmic;`,
      "the exponent of M is that of the power law that fits best.",
    ].join(" "),
  };
}

function tableOf(points: readonly Measurement[]): Chart["table"] {
  const named = distinct(points.map(({ way }) => way));
  const cases = distinct(points.map(({ text, tokens }) => JSON.stringify([text, tokens])));
  return {
    header: ["text", "tokens", ...named.map((way) => `${way}, ns`)],
    rows: cases.map((one) => {
      const [text, tokens] = JSON.parse(one) as [string, number];
      const value = (way: string) =>
        points.find((point) => point.text === text && point.tokens === tokens && point.way === way)?.value;
      return [text, count(tokens), ...named.map((way) => figure(value(way) ?? NaN))];
    }),
  };
}

function draw(points: readonly Measurement[], texts: readonly string[], width: number): Drawing {
  const isWide = width >= WIDE;
  const { rows, fx, fy } = grid(texts, isWide ? 2 : 1);
  const place = { fx: ({ text }: Measurement) => fx(text!), fy: ({ text }: Measurement) => fy(text!) };
  const ticks = decades(points.map(({ value }) => value));
  const all = points.map(({ tokens }) => tokens!);
  const line = { ...place, x: "tokens", y: "value", z: "way", stroke: ({ way }: Measurement) => colourOfWay(way) };
  return plot({
    ...{ width, height: rows * PANEL_HEIGHT + 40, marginLeft: 56, marginRight: 34, marginTop: 30, marginBottom: 44 },
    x: { type: "log", domain: [Math.min(...all) / 1.2, Math.max(...all) * 1.1] },
    y: { type: "log", domain: [ticks[0]!, ticks.at(-1)!] },
    fx: { axis: null, padding: 0.17 },
    fy: { axis: null, padding: 0.22 },
    marks: [
      ...yAxis(ticks, duration),
      ...xAxis(
        (isWide ? sizes : narrowSizes).filter((size) => size >= Math.min(...all) && size <= Math.max(...all)),
        count,
        "tokens of context",
      ),
      Plot.line(points, { ...line, strokeWidth: 2.25 }),
      Plot.dot(points, { ...place, x: "tokens", y: "value", r: 3, fill: ({ way }: Measurement) => colourOfWay(way) }),
      // Names under where lines begin and exponents over where they end: lines rise, and are in nobody's way there.
      Plot.text(endOfEach(points, "first"), {
        ...{ ...place, ...halo, x: "tokens", y: "value", fill: ({ way }: Measurement) => colourOfWay(way) },
        ...{ text: "way", textAnchor: "start", dx: -4, dy: 15, fontWeight: 600 },
      }),
      Plot.text(endOfEach(points, "last"), {
        ...{ ...place, ...halo, x: "tokens", y: "value", fill: ({ way }: Measurement) => colourOfWay(way) },
        ...{
          text: (last: Measurement) => (isWide ? label(points, last) : duration(last.value)),
          textAnchor: "end",
          dx: 5,
          dy: -14,
          fontWeight: 600,
        },
      }),
      panelNames(texts, { fx, fy }),
    ],
  });
}

function endOfEach(points: readonly Measurement[], end: "first" | "last"): readonly Measurement[] {
  const isOf = (one: Measurement, other: Measurement) => one.text === other.text && one.way === other.way;
  const isFurther = (one: Measurement, other: Measurement) =>
    end === "first" ? one.tokens! < other.tokens! : one.tokens! > other.tokens!;
  return points.filter((one) => !points.some((other) => isOf(one, other) && isFurther(other, one)));
}

/** The time at the end of a line, and how the line grows. */
function label(points: readonly Measurement[], { text, way, value }: Measurement): string {
  const line = points.filter((one) => one.text === text && one.way === way);
  if (line.length < 3) return duration(value);
  return `${duration(value)}, ${power("M", fitExponent(line.map((one) => [one.tokens!, one.value] as const)))}`;
}
