import { join } from "node:path";
import { reportInBrowser } from "../browser-report.js";
import type { Case } from "../case.js";
import type { Place } from "../place.js";
import { outputOf, reportOf } from "../programs.js";
import { EXPECTED, IN_BROWSER, MODULE, PRINT, SHOW } from "../quoting-program.js";

async function bundle(place: Place, name: string, program: string, config: object): Promise<string> {
  const whole = { mode: "production", entry: "./program.mjs", output: { filename: "bundle.cjs" }, ...config };
  const folder = place.write(name, {
    "program.mjs": program,
    "webpack.config.cjs": `module.exports = ${JSON.stringify(whole)};`,
  });
  await outputOf(place.tool("webpack"), ["--fail-on-warnings"], folder);
  return join(folder, "dist");
}

export const webpackCases: Case[] = [
  {
    name: "webpack, node",
    expected: EXPECTED.native,
    run: async (place) => {
      const folder = await bundle(place, "webpack-node", MODULE + PRINT, { target: "node" });
      return reportOf(process.execPath, ["bundle.cjs"], folder);
    },
  },
  {
    name: "webpack, node, the package not installed",
    expected: EXPECTED.javascript,
    run: async (place) => {
      const folder = await bundle(place, "webpack-node", MODULE + PRINT, { target: "node" });
      return place.withoutPackage(() => reportOf(process.execPath, ["bundle.cjs"], folder));
    },
  },
  {
    name: "webpack, node, the package external",
    expected: EXPECTED.native,
    run: async (place) => {
      const config = {
        target: "node",
        experiments: { outputModule: true },
        output: { filename: "bundle.mjs", module: true },
        externals: ["", "/cuda", "/metrics", "/transformers", "/web-llm"].map((path) => `verbatim-runtime${path}`),
        externalsType: "module",
      };
      const folder = await bundle(place, "webpack-external", MODULE + PRINT, config);
      return reportOf(process.execPath, ["bundle.mjs"], folder);
    },
  },
  {
    name: "webpack, web",
    expected: IN_BROWSER,
    run: async (place) => {
      const config = { target: "web", output: { filename: "bundle.js" }, performance: { hints: false } };
      const folder = await bundle(place, "webpack-web", MODULE + SHOW, config);
      return reportInBrowser(await place.browser(), folder, "bundle.js");
    },
  },
];
