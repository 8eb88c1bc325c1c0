import * as Plot from "@observablehq/plot";
import { WIDE } from "./chart.js";
import { beside, stack, type Drawing } from "./drawing.js";
import { colour } from "./palette.js";
import { halo, plot } from "./plot.js";

/** One figure of a comparison by dots: a row for each thing that is measured, a panel for each quantity. */
export interface Dot {
  readonly row: string;
  readonly panel: string;
  readonly value: number;
  /** As it is written beside the dot. */
  readonly label: string;
  /** A value for CSS. */
  readonly colour: string;
  /** A ring in place of a disc. */
  readonly isHollow?: boolean;
}

const ROW_HEIGHT = 44;
const NAMES_HEIGHT = 34;
const GAP = 24;
/** On the large side, so that nothing is clipped: of a label, which is bold, and of a row's name. */
const CHARACTER_WIDTH = 9;
const NAME_CHARACTER_WIDTH = 7;

/**
 * Dots on logarithmic scales that have no figures of their own, since each dot has its. The name of a row stands above
 * its line, so that it has room on narrow pages too. As many panels stand beside each other as names leave room for.
 */
export function drawDots(dots: readonly Dot[], width: number): Drawing {
  const panels = [...new Set(dots.map(({ panel }) => panel))];
  const rows = [...new Set(dots.map(({ row }) => row))];
  const dotsOf = (panel: string) => dots.filter((one) => one.panel === panel);
  const longest = Math.max(...rows.map(({ length }) => length)) * NAME_CHARACTER_WIDTH;
  const fitting = Math.max(1, Math.floor((width + GAP) / (longest + GAP)));
  const columns = width < WIDE ? 1 : Math.min(panels.length, fitting);
  const each = Math.floor((width - GAP * (columns - 1)) / columns);
  const drawn = panels.map((panel) => drawPanel(dotsOf(panel), rows, panel, each));
  const lines = Array.from({ length: Math.ceil(panels.length / columns) }, (_, line) =>
    beside(drawn.slice(line * columns, (line + 1) * columns), GAP),
  );
  return stack(lines);
}

function drawPanel(dots: readonly Dot[], all: readonly string[], panel: string, width: number): Drawing {
  const rows = all.filter((row) => dots.some((one) => one.row === row));
  const values = dots.map(({ value }) => value);
  const longest = Math.max(...dots.map(({ label }) => label.length)) * CHARACTER_WIDTH;
  return plot({
    ...{ width, height: rows.length * ROW_HEIGHT + NAMES_HEIGHT, marginTop: NAMES_HEIGHT, marginBottom: 4 },
    ...{ marginLeft: 0, marginRight: 14 + longest },
    x: { type: "log", domain: [Math.min(...values) / 1.2, Math.max(...values)], axis: null },
    y: { type: "band", domain: rows, axis: null },
    marks: [
      Plot.ruleY(rows, { y: (row: string) => row, stroke: colour("rule"), dy: 10 }),
      Plot.text(rows, {
        ...{ y: (row: string) => row, text: (row: string) => row, frameAnchor: "left", dy: -8 },
        fill: colour("ink"),
      }),
      Plot.text([panel], { frameAnchor: "top-left", dy: -30, fontWeight: 600, fontSize: 14, fill: colour("ink") }),
      Plot.dot(dots, {
        ...{ x: "value", y: "row", dy: 10, r: 5, stroke: "colour", strokeWidth: 2 },
        fill: (one: Dot) => (one.isHollow ? colour("page") : one.colour),
      }),
      Plot.text(dots, {
        ...{ ...halo, x: "value", y: "row", text: "label", textAnchor: "start", dx: 11, dy: 10 },
        ...{ fontWeight: 600, fill: "colour" },
      }),
    ],
  });
}
