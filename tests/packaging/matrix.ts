/**
 * Loads the packed package in every way that docs/bundlers.md names, with the tools that people build with.
 * Usage: npm run test:packaging [-- part of a case's name]
 * A line for each case; the last one is `N passed, N failed, N not run`. Exits with 1 where a case failed.
 */

import { join } from "node:path";
import * as assert from "uvu/assert";
import { scratch } from "../support/scratch.js";
import { NotRun, type Case } from "./case.js";
import { browserCase } from "./cases/browser.js";
import { bunCases } from "./cases/bun.js";
import { denoCases } from "./cases/deno.js";
import { esbuildBrowserCase, esbuildCases } from "./cases/esbuild.js";
import { nextCases } from "./cases/next.js";
import { nodeCases } from "./cases/node.js";
import { viteCases } from "./cases/vite.js";
import { webpackCases } from "./cases/webpack.js";
import { packPackage } from "./packed.js";
import { Place } from "./place.js";
import { installTools, TOOLS } from "./tools.js";

const CASES = [
  ...nodeCases,
  ...esbuildCases,
  esbuildBrowserCase,
  ...webpackCases,
  ...viteCases,
  ...nextCases,
  ...denoCases,
  ...bunCases,
  browserCase,
];

const counts = { passed: 0, failed: 0, "not run": 0 };

async function runCase({ name, expected, run }: Case, place: Place): Promise<void> {
  const start = performance.now();
  const say = (verdict: string, rest: string) => {
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    console.log(`${verdict.padEnd(8)}${name}: ${rest}, ${seconds} s`);
  };
  try {
    const report = await run(place);
    assert.equal(report, expected);
    counts.passed += 1;
    say("ok", `${report.auto[0]} engine`);
  } catch (error) {
    if (error instanceof NotRun) {
      counts["not run"] += 1;
      return say("NOT RUN", error.message);
    }
    counts.failed += 1;
    const { message, details } = error as Error & { details?: string };
    say("FAILED", `${message}\n${details ?? ""}`);
  }
}

const filter = process.argv[2] ?? "";
const cases = CASES.filter(({ name }) => name.toLowerCase().includes(filter.toLowerCase()));
if (cases.length === 0) throw new Error(`No case's name contains "${filter}"`);
console.log(
  `Node ${process.versions.node}, ${Object.entries(TOOLS)
    .map((tool) => tool.join(" "))
    .join(", ")}`,
);
const place = new Place(await installTools(packPackage(join(scratch, "packed"))));
try {
  for (const each of cases) await runCase(each, place);
} finally {
  await place.close();
}
console.log(
  Object.entries(counts)
    .map(([verdict, count]) => `${count} ${verdict}`)
    .join(", "),
);
process.exitCode = counts.failed > 0 ? 1 : 0;
