import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as assert from "uvu/assert";

/** The engine as it was compiled for the addon. */
const OBJECTS = "build/Release/obj.target/verbatim/native/engine";

export function engineObjects(): string[] {
  const files = readdirSync(OBJECTS, { recursive: true }) as string[];
  return files.filter((name) => name.endsWith(".o")).map((name) => join(OBJECTS, name));
}

/** Compiles a program with the engine, runs it, and returns what it printed. */
export function runWithEngine(source: string): string {
  const folder = mkdtempSync(join(tmpdir(), "verbatim-"));
  try {
    const program = join(folder, "program");
    const inputs = [source, ...engineObjects()];
    const build = spawnSync(process.env.CXX ?? "c++", ["-std=c++20", "-O1", ...inputs, "-pthread", "-o", program], {
      encoding: "utf8",
    });
    assert.is(build.status, 0, build.error?.message ?? build.stderr);
    const run = spawnSync(program, { encoding: "utf8" });
    assert.is(run.status, 0, run.stdout + run.stderr);
    return run.stdout;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
