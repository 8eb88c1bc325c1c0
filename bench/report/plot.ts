import * as Plot from "@observablehq/plot";
import { parseHTML } from "linkedom";
import { drawing, type Drawing } from "./drawing.js";
import { colour } from "./palette.js";

const { document } = parseHTML("<!doctype html><html><body></body></html>");

export const FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif";
export const FONT_SIZE = 13;

/** Draws with Observable Plot, outside a browser. Colours of marks are taken as they are. */
export function plot(options: Plot.PlotOptions & { width: number; height: number }): Drawing {
  const svg = Plot.plot({ ...options, document: document as never, color: { type: "identity" } });
  svg.setAttribute(
    "style",
    `color: ${colour("ink")}; background: none; font: ${FONT_SIZE}px ${FONT}; overflow: visible`,
  );
  const { width, height } = options;
  return drawing(width, height, svg.outerHTML);
}

/** Where each of some small charts stands in a grid that is filled row by row. */
export function grid(names: readonly string[], columns: number) {
  const place = (name: string) => names.indexOf(name);
  return {
    rows: Math.ceil(names.length / columns),
    fx: (name: string) => place(name) % columns,
    fy: (name: string) => Math.floor(place(name) / columns),
  };
}

/** The quiet lines and figures of a scale. (A `tickFormat` would leave figures out on logarithmic scales.) */
export function yAxis(ticks: number[], text: (value: number) => string): Plot.Markish[] {
  return [
    Plot.gridY(ticks, { stroke: colour("rule"), strokeOpacity: 1 }),
    Plot.axisY(ticks, { text, tickSize: 0, label: null, fill: colour("muted") }),
  ];
}

export function xAxis(ticks: number[], text: (value: number) => string, label: string): Plot.Markish[] {
  const look = {
    label,
    labelAnchor: "center",
    labelArrow: "none",
    fill: colour("muted"),
    stroke: colour("muted"),
  } as const;
  return [Plot.axisX(ticks, { ...look, text, tickSize: 4 })];
}

/** The names of small charts, above them. */
export function panelNames(names: readonly string[], { fx, fy }: Pick<ReturnType<typeof grid>, "fx" | "fy">) {
  return Plot.text(names, {
    ...{ fx, fy, text: (name: string) => name, frameAnchor: "top-left", dy: -22 },
    ...{ fontWeight: 600, fontSize: 14, fill: colour("ink") },
  });
}

/** Text on top of lines. */
export const halo = { stroke: colour("page"), strokeWidth: 4, strokeOpacity: 0.9 } as const;

/** The powers of ten from below the least to above the largest of some numbers. */
export function decades(values: readonly number[]): number[] {
  const first = Math.floor(Math.log10(Math.min(...values)));
  const last = Math.ceil(Math.log10(Math.max(...values)));
  return Array.from({ length: last - first + 1 }, (_, i) => 10 ** (first + i));
}
