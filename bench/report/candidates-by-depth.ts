import * as Plot from "@observablehq/plot";
import type { Measurement } from "../harness/results.js";
import { WIDE, type Chart, type ChartMaker } from "./chart.js";
import type { Drawing } from "./drawing.js";
import { count, figure, inWords } from "./numbers.js";
import { colour } from "./palette.js";
import { decades, grid, panelNames, plot, xAxis, yAxis } from "./plot.js";
import { byDepth, distinct, textsOf } from "./select.js";

const PANEL_HEIGHT = 220;

/** The collapse of |Sₖ|: how many places of the context still continue a quote of k tokens, a panel for each text. */
export const candidatesByDepth: ChartMaker = {
  subject: "The collapse of |Sₖ|, the candidates after k tokens",
  bench: "theory",
  make(results) {
    const points = byDepth(results, "candidates by depth");
    if (points.length === 0) return null;
    const texts = textsOf(points);
    return { ...wordsOf(points, texts), table: tableOf(points, texts), draw: (width) => draw(points, texts, width) };
  },
};

function wordsOf(points: readonly Measurement[], texts: readonly string[]): Pick<Chart, "name" | "title" | "subtitle"> {
  const after = (text: string, depth: number) =>
    points.find((one) => one.text === text && one.depth === depth)?.value ?? NaN;
  const found = texts.map(
    (text) => `${after(text, 4) < 10 ? figure(after(text, 4)) : count(after(text, 4))} in ${text}`,
  );
  return {
    name: "candidates-by-depth",
    title: `After four tokens of a quote, of ${count(points[0]!.tokens!)} places there are left ${inWords(found)}`,
    subtitle: [
      "|Sₖ|, the places of the context that continue the quote after k tokens: mean over quotes that begin anywhere,",
      "counted, not timed. The vertical axis is logarithmic; grey lines are the other texts.",
    ].join(" "),
  };
}

function tableOf(points: readonly Measurement[], texts: readonly string[]): Chart["table"] {
  const depths = distinct(points.map(({ depth }) => depth));
  const value = (text: string, depth: number) => points.find((one) => one.text === text && one.depth === depth)?.value;
  return {
    header: ["k", ...texts],
    rows: depths.map((depth) => [String(depth), ...texts.map((text) => figure(value(text, depth) ?? NaN))]),
  };
}

function draw(points: readonly Measurement[], texts: readonly string[], width: number): Drawing {
  const { rows, fx, fy } = grid(texts, width < WIDE ? 1 : 2);
  const place = { fx: ({ text }: Measurement) => fx(text!), fy: ({ text }: Measurement) => fy(text!) };
  const others = texts.flatMap((panel) =>
    points.filter(({ text }) => text !== panel).map((one) => ({ ...one, fx: fx(panel), fy: fy(panel) })),
  );
  const most = Math.max(...points.map(({ value }) => value));
  const ticks = decades(points.map(({ value }) => value)).filter((tick) => tick <= most);
  const depths = distinct(points.map(({ depth }) => depth));
  const line = { x: "depth", y: "value", z: "text" };
  const named = [1, 4, 16];
  return plot({
    ...{ width, height: rows * PANEL_HEIGHT + 40, marginLeft: 76, marginRight: 16, marginTop: 30, marginBottom: 44 },
    x: { domain: [0, Math.max(...depths)] },
    y: { type: "log", domain: [ticks[0]!, most] },
    fx: { axis: null, padding: 0.14 },
    fy: { axis: null, padding: 0.26 },
    marks: [
      ...yAxis(ticks, figure),
      ...xAxis(
        depths.filter((depth) => depth % 8 === 0),
        String,
        "k, tokens quoted so far",
      ),
      Plot.line(others, { ...line, fx: "fx", fy: "fy", stroke: colour("muted"), strokeOpacity: 0.35 }),
      Plot.line(points, { ...line, ...place, stroke: colour("verbatim"), strokeWidth: 2.5 }),
      Plot.dot(
        points.filter(({ depth }) => named.includes(depth!)),
        { ...place, x: "depth", y: "value", r: 3.5, fill: colour("verbatim") },
      ),
      Plot.text(
        points.filter(({ depth }) => named.includes(depth!)),
        {
          ...{
            ...place,
            x: "depth",
            y: "value",
            text: ({ value }: Measurement) => (value < 10 ? figure(value) : count(value)),
          },
          ...{ textAnchor: "start", dx: 7, dy: -8, fontWeight: 600, fill: colour("verbatim") },
        },
      ),
      panelNames(texts, { fx, fy }),
    ],
  });
}
