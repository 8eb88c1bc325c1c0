import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { filesUnder } from "../support/files.mjs";
import { repository } from "../support/repository.mjs";
import { runNode } from "../support/run.mjs";
import { fingerprintOfTimes, isStamped, writeStamp } from "../support/stamp.mjs";

const STAMP = "dist/.stamp";
const FOLDERS = ["lib", "tests", "bench", "examples"];

/** Compiles what changed, and removes what was compiled from sources that are gone. */
export function compileTypeScript() {
  const sources = FOLDERS.flatMap((folder) => filesUnder(folder, /\.ts$/));
  const fingerprint = fingerprintOfTimes([...sources, "tsconfig.json", "package-lock.json"]);
  if (isStamped(STAMP, fingerprint)) return;
  console.log("Compiling TypeScript");
  removeOrphans(sources);
  runNode(["node_modules/typescript/bin/tsc", "--project", "."]);
  writeStamp(STAMP, fingerprint);
}

function removeOrphans(sources) {
  const outputs = new Set(sources.flatMap((source) => [".js", ".d.ts"].map((end) => source.replace(/\.ts$/, end))));
  const compiled = FOLDERS.flatMap((folder) => filesUnder(`dist/${folder}`, /\.(js|d\.ts)$/));
  const orphans = compiled.filter((file) => !outputs.has(file.slice("dist/".length)));
  for (const orphan of orphans) rmSync(join(repository, orphan));
  // The compiler believes its record of what it wrote: where that is not all there, it starts again.
  if (orphans.length > 0 || compiled.length === 0) removeRecord();
}

function removeRecord() {
  const record = join(repository, "dist/.tsbuildinfo");
  if (existsSync(record)) rmSync(record);
}
