import { join } from "node:path";
import { readdirSync } from "node:fs";
import { reportInBrowser } from "../browser-report.js";
import type { Case } from "../case.js";
import type { Place } from "../place.js";
import { outputOf, reportOf } from "../programs.js";
import { EXPECTED, IN_BROWSER, MODULE, PRINT, SHOW } from "../quoting-program.js";

const CONFIG = (config: object) => `export default ${JSON.stringify({ logLevel: "warn", ...config })};`;

async function buildServer(place: Place, name: string, config: object): Promise<string> {
  const folder = place.write(name, { "program.mjs": MODULE + PRINT, "vite.config.mjs": CONFIG(config) });
  await outputOf(place.tool("vite"), ["build", "--ssr", "program.mjs"], folder);
  return join(folder, "dist");
}

export const viteCases: Case[] = [
  {
    name: "Vite, browser",
    expected: IN_BROWSER,
    run: async (place) => {
      const folder = place.write("vite-browser", {
        "index.html": '<!doctype html><script type="module" src="./program.mjs"></script>',
        "program.mjs": MODULE + SHOW,
        "vite.config.mjs": CONFIG({}),
      });
      await outputOf(place.tool("vite"), ["build"], folder);
      const [script] = readdirSync(join(folder, "dist/assets"));
      return reportInBrowser(await place.browser(), join(folder, "dist"), `assets/${script}`);
    },
  },
  {
    name: "Vite, server",
    expected: EXPECTED.native,
    run: async (place) => {
      const folder = await buildServer(place, "vite-server", {});
      return reportOf(process.execPath, ["program.mjs"], folder);
    },
  },
  {
    name: "Vite, server, ssr.noExternal",
    expected: EXPECTED.native,
    run: async (place) => {
      const folder = await buildServer(place, "vite-bundled-server", { ssr: { noExternal: true } });
      return reportOf(process.execPath, ["program.mjs"], folder);
    },
  },
  {
    name: "Vite, server, ssr.noExternal, the package not installed",
    expected: EXPECTED.javascript,
    run: async (place) => {
      const folder = await buildServer(place, "vite-bundled-server", { ssr: { noExternal: true } });
      return place.withoutPackage(() => reportOf(process.execPath, ["program.mjs"], folder));
    },
  },
];
