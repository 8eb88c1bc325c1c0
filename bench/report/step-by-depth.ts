import * as Plot from "@observablehq/plot";
import type { Measurement } from "../harness/results.js";
import { WIDE, type Chart, type ChartMaker } from "./chart.js";
import type { Drawing } from "./drawing.js";
import { count, duration, figure, times } from "./numbers.js";
import { colourOfWay } from "./palette.js";
import { decades, grid, halo, panelNames, plot, xAxis, yAxis } from "./plot.js";
import { byDepth, distinct, textsOf, ways } from "./select.js";

const PANEL_HEIGHT = 210;

/** Nanoseconds of a step by the number of tokens quoted so far, three ways. */
export const stepByDepth: ChartMaker = {
  subject: "The time of a step by the length of the quote so far",
  bench: "theory",
  make(results) {
    const points = byDepth(results, "step by depth");
    if (points.length === 0) return null;
    const texts = textsOf(points);
    return { ...wordsOf(points, texts[0]!), table: tableOf(points), draw: (width) => draw(points, texts, width) };
  },
};

function wordsOf(points: readonly Measurement[], text: string): Pick<Chart, "name" | "title" | "subtitle"> {
  const of = (way: string) => points.filter((one) => one.text === text && one.way === way);
  const largest = (way: string) => of(way).reduce((most, one) => (one.value > most.value ? one : most));
  const [filter, own] = [largest(ways.filter), largest(ways.verbatim)];
  return {
    name: "step-by-depth",
    title: [
      `At their dearest the paper's filter takes ${duration(filter.value)} a step (k = ${filter.depth})`,
      `and Verbatim ${duration(own.value)} (k = ${own.depth}), ${times(filter.value / own.value)} less`,
    ].join(" "),
    subtitle: [
      "Mean time of one step by k, the tokens quoted so far,",
      `in ${count(points[0]!.tokens!)} tokens of context. The vertical axis is logarithmic. The title speaks of ${text}.`,
    ].join(" "),
  };
}

function tableOf(points: readonly Measurement[]): Chart["table"] {
  const named = distinct(points.map(({ way }) => way));
  const texts = distinct(points.map(({ text }) => text));
  const depths = distinct(points.map(({ depth }) => depth));
  return {
    header: ["text", "k", ...named.map((way) => `${way}, ns`)],
    rows: texts.flatMap((text) =>
      depths.map((depth) => {
        const value = (way: string) =>
          points.find((one) => one.text === text && one.depth === depth && one.way === way)?.value;
        return [text, String(depth), ...named.map((way) => figure(value(way) ?? NaN))];
      }),
    ),
  };
}

function draw(points: readonly Measurement[], texts: readonly string[], width: number): Drawing {
  const { rows, fx, fy } = grid(texts, width < WIDE ? 1 : 2);
  const place = { fx: ({ text }: Measurement) => fx(text!), fy: ({ text }: Measurement) => fy(text!) };
  const ticks = decades(points.map(({ value }) => value));
  const depths = distinct(points.map(({ depth }) => depth));
  const last = Math.max(...depths);
  return plot({
    ...{ width, height: rows * PANEL_HEIGHT + 40, marginLeft: 56, marginRight: 12, marginTop: 30, marginBottom: 44 },
    x: { domain: [0, last] },
    y: { type: "log", domain: [ticks[0]!, ticks.at(-1)!] },
    fx: { axis: null, padding: 0.12 },
    fy: { axis: null, padding: 0.22 },
    marks: [
      ...yAxis(ticks, duration),
      ...xAxis(
        depths.filter((depth) => depth % 8 === 0),
        String,
        "k, tokens quoted so far",
      ),
      Plot.line(points, {
        ...{ ...place, x: "depth", y: "value", z: "way", strokeWidth: 2.25 },
        stroke: ({ way }: Measurement) => colourOfWay(way),
      }),
      Plot.text(
        points.filter(({ depth }) => depth === last),
        {
          ...{ ...place, ...halo, x: "depth", y: "value", text: "way", textAnchor: "end", dy: -12, fontWeight: 600 },
          fill: ({ way }: Measurement) => colourOfWay(way),
        },
      ),
      panelNames(texts, { fx, fy }),
    ],
  });
}
