/**
 * Writes the report of the latest results: build/bench/report/index.html, each chart as a file, and those that README
 * shows to docs/charts. Measures nothing.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { loadResults } from "./harness/results.js";
import { chartMakers, readmeCharts } from "./report/charts.js";
import { gpuSections } from "./report/gpu.js";
import { page } from "./report/page.js";
import { picture } from "./report/picture.js";

const folder = join("build", "bench", "report");
const readmeFolder = join("docs", "charts");
/** As wide as a README is shown on a large screen. */
const WIDTH = 800;

const results = loadResults();
mkdirSync(folder, { recursive: true });
mkdirSync(readmeFolder, { recursive: true });
for (const maker of chartMakers) {
  const chart = maker.make(results);
  if (chart === null) {
    console.log(`${maker.subject}: not measured; npm run bench -- ${maker.bench}`);
    continue;
  }
  for (const theme of ["light", "dark"] as const) {
    const drawn = picture(chart, WIDTH, theme, results.get(maker.bench)!.machine);
    for (const place of readmeCharts.includes(chart.name) ? [folder, readmeFolder] : [folder]) {
      writeFileSync(join(place, `${chart.name}-${theme}.svg`), drawn);
    }
  }
}
const index = join(folder, "index.html");
writeFileSync(index, page(results, gpuSections()));
console.log(index);
