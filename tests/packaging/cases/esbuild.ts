import { build, type BuildOptions, type Format } from "esbuild";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { reportInBrowser } from "../browser-report.js";
import type { Case } from "../case.js";
import type { Place } from "../place.js";
import { NAMED_ADDON, PERMISSION, reportOf } from "../programs.js";
import { EXPECTED, IN_BROWSER, MODULE, PRINT, SHOW } from "../quoting-program.js";

/** Bundles a program that prints; a build with warnings is a failure. */
async function bundle(place: Place, format: Format, folder?: string): Promise<string> {
  const absWorkingDir = place.write(`esbuild-${format}`, { "program.mjs": MODULE + PRINT });
  const outfile = join(folder ?? absWorkingDir, `bundle.${format === "esm" ? "mjs" : "cjs"}`);
  const options: BuildOptions = { bundle: true, platform: "node", target: "node20", format, logLevel: "silent" };
  const { warnings } = await build({ ...options, absWorkingDir, entryPoints: ["program.mjs"], outfile });
  assert.equal(warnings, []);
  return outfile;
}

/** A bundle beside `node_modules`, and the same one alone. */
function formatCases(format: Format): Case[] {
  return [
    {
      name: `esbuild, ${format}`,
      expected: EXPECTED.native,
      run: async (place) => reportOf(process.execPath, [await bundle(place, format)], place.elsewhere),
    },
    {
      name: `esbuild, ${format}, the package not installed`,
      expected: EXPECTED.javascript,
      run: async (place) => reportOf(process.execPath, [await bundle(place, format, place.elsewhere)], place.folder),
    },
  ];
}

export const esbuildCases: Case[] = [
  ...formatCases("esm"),
  ...formatCases("cjs"),
  {
    name: "esbuild, cjs, VERBATIM_ADDON names the addon",
    expected: EXPECTED.native,
    run: async (place) => {
      const alone = await bundle(place, "cjs", place.elsewhere);
      return reportOf(process.execPath, [alone], process.cwd(), NAMED_ADDON);
    },
  },
  {
    name: "esbuild, esm, the permission model keeps all other files out",
    expected: EXPECTED.javascript,
    run: async (place) => {
      const file = await bundle(place, "esm");
      const flags = [PERMISSION, `--allow-fs-read=${file}`, "--allow-addons", "--no-warnings"];
      return reportOf(process.execPath, [...flags, file], place.folder);
    },
  },
];

export const esbuildBrowserCase: Case = {
  name: "esbuild, browser",
  expected: IN_BROWSER,
  run: async (place) => {
    const folder = place.write("esbuild-browser", { "program.mjs": MODULE + SHOW });
    const options: BuildOptions = { bundle: true, platform: "browser", format: "esm", logLevel: "silent" };
    const outfile = join(folder, "bundle.js");
    await build({ ...options, absWorkingDir: folder, entryPoints: ["program.mjs"], outfile });
    return reportInBrowser(await place.browser(), folder, "bundle.js");
  },
};
