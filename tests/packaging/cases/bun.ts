import { join } from "node:path";
import type { Case } from "../case.js";
import type { Place } from "../place.js";
import { NAMED_ADDON, outputOf, reportOf } from "../programs.js";
import { COMMONJS, EXPECTED, MODULE, PRINT } from "../quoting-program.js";

const FILES = { "esm.mjs": MODULE + PRINT, "commonjs.cjs": COMMONJS + PRINT };

async function compile(place: Place): Promise<string> {
  const program = join(place.elsewhere, "compiled");
  await outputOf(
    place.tool("bun"),
    ["build", "--compile", `--outfile=${program}`, "esm.mjs"],
    place.write("bun", FILES),
  );
  return program;
}

export const bunCases: Case[] = [
  {
    name: "Bun, import",
    expected: EXPECTED.native,
    run: (place) => reportOf(place.tool("bun"), ["esm.mjs"], place.write("bun", FILES)),
  },
  {
    name: "Bun, require",
    expected: EXPECTED.native,
    run: (place) => reportOf(place.tool("bun"), ["commonjs.cjs"], place.write("bun", FILES)),
  },
  {
    name: "Bun, bundle",
    expected: EXPECTED.native,
    run: async (place) => {
      const folder = place.write("bun-bundle", FILES);
      await outputOf(place.tool("bun"), ["build", "--target=bun", "--outdir=out", "esm.mjs"], folder);
      return reportOf(place.tool("bun"), ["out/esm.js"], folder);
    },
  },
  {
    name: "Bun, compiled to one file",
    expected: EXPECTED.javascript,
    run: async (place) => reportOf(await compile(place), [], place.elsewhere),
  },
  {
    name: "Bun, compiled to one file, VERBATIM_ADDON names the addon",
    expected: EXPECTED.native,
    run: async (place) => reportOf(await compile(place), [], process.cwd(), NAMED_ADDON),
  },
];
