import { ways } from "./select.js";

/**
 * Colours by what they stand for, for a light and a dark page. Hues are those that people with a colour deficiency tell
 * apart, and every one has a contrast of at least 4.5 with the page, so that labels can have the colour of their line.
 */
const colours = {
  page: { light: "#ffffff", dark: "#0d1117" },
  ink: { light: "#1f2328", dark: "#e6edf3" },
  muted: { light: "#59636e", dark: "#9198a1" },
  rule: { light: "#e2e6ea", dark: "#262c34" },
  verbatim: { light: "#0063a6", dark: "#58a6ff" },
  javascript: { light: "#00735c", dark: "#3fb99a" },
  filter: { light: "#b3480b", dark: "#f0a050" },
  rescan: { light: "#6a6f76", dark: "#a3a9b1" },
} as const;

export type Colour = keyof typeof colours;
export type Theme = "light" | "dark";

/** A colour of the theme in force, as a value for CSS and SVG. */
export function colour(name: Colour): string {
  return `var(--${name})`;
}

const coloursOfWays: Readonly<Record<string, Colour>> = {
  [ways.verbatim]: "verbatim",
  "Verbatim in JavaScript": "javascript",
  [ways.filter]: "filter",
  [ways.rescan]: "rescan",
};

export function colourOfWay(way: string): string {
  return colour(coloursOfWays[way] ?? "muted");
}

/** Declarations of CSS that bring a theme in force. */
export function declarations(theme: Theme): string {
  return Object.entries(colours)
    .map(([name, values]) => `--${name}: ${values[theme]};`)
    .join(" ");
}

/** For programs that know no variables, and pages that have none: the colours themselves. */
export function withColoursOf(theme: Theme, markup: string): string {
  return markup.replaceAll(/var\(--(\w+)\)/g, (_, name: Colour) => colours[name][theme]);
}
