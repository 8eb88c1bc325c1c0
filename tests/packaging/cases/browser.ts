import type { Case } from "../case.js";
import { EXPECTED, MODULE, SHOW } from "../quoting-program.js";
import { reportInBrowser } from "../browser-report.js";

const PACKAGE = "/node_modules/verbatim-runtime/dist/lib/entry";

const IMPORT_MAP = {
  "verbatim-runtime": `${PACKAGE}/index.js`,
  "verbatim-runtime/cuda": `${PACKAGE}/cuda.js`,
  "verbatim-runtime/metrics": `${PACKAGE}/metrics.js`,
  "verbatim-runtime/transformers": `${PACKAGE}/transformers.js`,
  "verbatim-runtime/web-llm": `${PACKAGE}/web-llm.js`,
};

export const browserCase: Case = {
  name: "Chromium, no bundler",
  expected: EXPECTED.javascript,
  run: async (place) => {
    place.write("browser", { "program.js": MODULE + SHOW });
    return reportInBrowser(await place.browser(), place.folder, "cases/browser/program.js", IMPORT_MAP);
  },
};
