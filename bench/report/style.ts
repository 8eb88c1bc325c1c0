import { declarations } from "./palette.js";
import { FONT } from "./plot.js";

/** The page follows the reader's light or dark, and shows charts for narrow screens on those. */
export const style = `
:root { color-scheme: light dark; ${declarations("light")} }
@media (prefers-color-scheme: dark) { :root { ${declarations("dark")} } }
body { margin: 0; background: var(--page); color: var(--ink); font: 16px/1.5 ${FONT}; }
main { max-width: 860px; margin: 0 auto; padding: 32px 20px 64px; }
h1 { font-size: 30px; line-height: 1.2; margin: 0 0 8px; }
h2 { font-size: 21px; line-height: 1.3; margin: 0 0 6px; text-wrap: pretty; }
h3 { font-size: 17px; margin: 28px 0 4px; }
p { margin: 6px 0; }
.lede { font-size: 18px; }
.note, .machine, figcaption p { color: var(--muted); font-size: 15px; }
.machine { border-left: 3px solid var(--rule); padding-left: 12px; margin: 16px 0; }
figure, section { margin: 48px 0 0; padding-top: 24px; border-top: 1px solid var(--rule); }
.drawing { margin-top: 14px; }
.drawing > svg { display: block; max-width: 100%; height: auto; }
.narrow { display: none !important; }
.missing { border: 1px dashed var(--muted); border-radius: 6px; padding: 10px 14px; color: var(--muted); }
code { font: 0.9em ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
summary { cursor: pointer; color: var(--muted); font-size: 15px; margin-top: 10px; }
.table { overflow-x: auto; margin-top: 10px; }
table { min-width: 600px; border-collapse: collapse; font-size: 14px; font-variant-numeric: tabular-nums; }
caption { text-align: left; font-weight: 600; padding: 10px 0 4px; }
th, td { padding: 5px 12px 5px 0; border-bottom: 1px solid var(--rule); text-align: left; vertical-align: top; }
th { color: var(--muted); font-weight: 600; }
.figure { text-align: right; white-space: nowrap; }
.short { color: var(--filter); font-weight: 600; }
@media (max-width: 640px) {
  .wide { display: none !important; }
  .narrow { display: block !important; }
  h1 { font-size: 26px; }
  h2 { font-size: 19px; }
}
`;
