import type { Machine } from "../harness/machine.js";
import type { Chart } from "./chart.js";
import { drawing, stack } from "./drawing.js";
import { escaped } from "./html.js";
import { colour, withColoursOf, type Theme } from "./palette.js";
import { FONT } from "./plot.js";

const MARGIN = 20;
/** Widths of characters, as shares of the size of their font: on the large side, so that no line is too long. */
const CHARACTER = { 600: 0.6, 400: 0.54 };

interface Style {
  readonly size: number;
  readonly weight: keyof typeof CHARACTER;
  readonly colour: string;
}

const titleStyle: Style = { size: 19, weight: 600, colour: colour("ink") };
const subtitleStyle: Style = { size: 14, weight: 400, colour: colour("muted") };
const noteStyle: Style = { size: 12, weight: 400, colour: colour("muted") };

/** A chart as a file of its own, with its words and where it was measured, in the colours of a theme. */
export function picture(chart: Chart, width: number, theme: Theme, machine: Machine): string {
  const inner = width - 2 * MARGIN;
  const { markup, height } = stack([
    paragraph(chart.title, inner, titleStyle),
    paragraph(chart.subtitle, inner, subtitleStyle),
    drawing(inner, 12, ""),
    chart.draw(inner),
    paragraph(`${machine.processor}, ${machine.date.slice(0, 10)}, commit ${machine.commit}`, inner, noteStyle),
  ]);
  const total = height + 2 * MARGIN;
  const elements = [
    `<title>${escaped(chart.title)}</title>`,
    `<rect width="${width}" height="${total}" rx="6" fill="${colour("page")}"/>`,
    markup.replace("<svg ", `<svg x="${MARGIN}" y="${MARGIN}" `),
  ];
  const root = drawing(width, total, elements.join("\n")).markup.replace('aria-hidden="true"', 'role="img"');
  return `${withColoursOf(theme, root)}\n`;
}

function paragraph(text: string, width: number, { size, weight, colour: fill }: Style) {
  const lines = wrap(text, Math.floor(width / (size * CHARACTER[weight])));
  const lineHeight = Math.round(1.35 * size);
  const spans = lines.map((line, i) => `<tspan x="0" y="${size + i * lineHeight}">${escaped(line)}</tspan>`);
  const style = `font-family="${FONT}" font-size="${size}" font-weight="${weight}" fill="${fill}"`;
  return drawing(width, lines.length * lineHeight + 6, `<text ${style}>${spans.join("")}</text>`);
}

/** Breaks between words, so that no line has more characters than this where its words allow it. */
export function wrap(text: string, characters: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= characters) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
