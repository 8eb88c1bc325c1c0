import type { Machine } from "../harness/machine.js";
import type { Results } from "../harness/results.js";
import type { Chart, ChartMaker, Table } from "./chart.js";
import { chartMakers } from "./charts.js";
import { goalsSection } from "./goals.js";
import { GPU_COMMAND } from "./gpu.js";
import { commandOf, hostSections } from "./hosts.js";
import { html, Markup } from "./html.js";
import { javascriptSection } from "./javascript.js";
import { inWords } from "./numbers.js";
import type { Section } from "./section.js";
import { distinct, type AllResults } from "./select.js";
import { style } from "./style.js";

const WIDE = 820;
const NARROW = 350;

/** The whole report, as one file that asks for no other. */
export function page(results: AllResults, gpu: readonly Section[]): string {
  const sections = [goalsSection(results), javascriptSection(results), ...hostSections(results)];
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>What Verbatim costs</title>
        <style>
          ${new Markup(style)}
        </style>
      </head>
      <body>
        <main>
          <h1>What Verbatim costs</h1>
          <p class="lede">
            Inside a quote a model may emit only tokens that continue a passage of its context. This is what finding
            them costs, against the two algorithms of the RecaLLM paper, and against what else one can do.
          </p>
          ${machines(results)} ${chartMakers.map((maker) => chartOrWhatIsMissing(maker, results))}
          ${sections.map(sectionOrWhatIsMissing)} ${gpuPart(gpu)}
        </main>
      </body>
    </html> `.text;
}

/** Each machine with what it measured, and each commit of which it did. */
function machines(results: AllResults): Markup {
  const runs = [...results.values()];
  if (runs.length === 0) return html`<p class="machine">Nothing has been measured yet: <code>npm run bench</code>.</p>`;
  const facts = ({ processor, cores, memoryBytes, system, node }: Machine) =>
    `${processor}, ${cores} cores, ${Math.round(memoryBytes / 2 ** 30)} GB, ${system}, Node ${node}`;
  const list = distinct(runs.map(({ machine }) => facts(machine))).map((fact) => {
    const here = runs.filter(({ machine }) => facts(machine) === fact);
    return html`<p>${fact}</p>
      <p>${distinct(here.map(({ machine }) => machine.commit)).map((commit) => commitOf(commit, here))}</p>`;
  });
  return html`<div class="machine">${list}</div>`;
}

function commitOf(commit: string, runs: readonly Results[]): Markup {
  const here = runs.filter(({ machine }) => machine.commit === commit);
  const dates = here.map(({ machine }) => machine.date).sort();
  const names = here.map(({ bench, full }) => (full ? `${bench} (full)` : bench));
  return html`Commit ${commit}, ${period(dates[0]!, dates.at(-1)!)}: ${inWords(names)}.`;
}

function period(first: string, last: string): string {
  const show = (date: string) => date.replace("T", " ").replace("Z", " UTC");
  return first === last ? show(first) : `${show(first)} to ${show(last)}`;
}

function chartOrWhatIsMissing(maker: ChartMaker, results: AllResults): Markup {
  const chart = maker.make(results);
  return chart === null ? missing(maker.subject, commandOf(maker.bench)) : chartFigure(chart);
}

function missing(subject: string, command: string): Markup {
  return html`<section>
    <p class="missing">${subject}: not measured here yet. <code>${command}</code> measures it.</p>
  </section>`;
}

function chartFigure(chart: Chart): Markup {
  const { name, title, subtitle } = chart;
  const drawn = (width: number, kind: string) =>
    new Markup(chart.draw(width).markup.replace("<svg ", `<svg class="${kind}" `));
  return html`<figure id="${name}">
    <figcaption>
      <h2>${title}</h2>
      <p>${subtitle}</p>
    </figcaption>
    <div class="drawing" role="img" aria-label="${title}. ${subtitle}">
      ${drawn(WIDE, "wide")}${drawn(NARROW, "narrow")}
    </div>
    <details>
      <summary>The figures</summary>
      ${table(chart.table)}
    </details>
  </figure>`;
}

function sectionOrWhatIsMissing({ heading, note, command, tables }: Section): Markup {
  if (tables.length === 0) return missing(heading, command);
  return html`<section>
    <h2>${heading}</h2>
    <p class="note">${note}</p>
    ${tables.map(table)}
  </section>`;
}

function table({ caption, header, rows }: Table): Markup {
  // A column is of figures where each of its cells begins as one.
  const isFigure = header.map((_, column) => rows.every((row) => /^[\d≤≥–-]|^$/.test(row[column]!)));
  const kind = (column: number, cell = "") =>
    new Markup(isFigure[column] ? ' class="figure"' : cell === "short" ? ' class="short"' : "");
  return html`<div class="table">
    <table>
      ${
        caption === undefined
          ? []
          : [
              html`<caption>
                ${caption}
              </caption>`,
            ]
      }
      <thead>
        <tr>
          ${header.map((cell, column) => html`<th${kind(column)}>${cell}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (row) =>
            html`<tr>
              ${row.map((cell, column) => html`<td${kind(column, cell)}>${cell}</td>`)}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

function gpuPart(sections: readonly Section[]): Markup {
  if (sections.length > 0) return html`${sections.map(sectionOrWhatIsMissing)}`;
  return html`<section>
    <h2>On a GPU</h2>
    <p>No run on a GPU is kept in this checkout; <code>${GPU_COMMAND}</code> writes one.</p>
  </section>`;
}
