/** Programs and CUDA libraries of different minor versions of the C ABI, as tests/native has it for the engine. */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { ADDED_BYTES, sizedStructures, writeNewerHeader } from "../../support/newer-header.js";
import { whileLocked } from "../support/build-lock.js";
import { buildSharedLibrary, buildSharedLibraryWith } from "../support/emulated-build.js";

const HEADER = "cuda/include/verbatim_cuda.h";
const folder = mkdtempSync(join(tmpdir(), "verbatim-"));
const includes = { today: "cuda/include", newer: folder };
const libraries = { today: "", newer: join(folder, "libverbatim_cuda.so") };

test.before(async () => {
  const newerHeader = join(folder, "verbatim_cuda.h");
  writeNewerHeader(HEADER, newerHeader);
  await whileLocked(async () => {
    libraries.today = await buildSharedLibrary("plain");
    await buildSharedLibraryWith(newerHeader, libraries.newer);
  });
});
test.after(() => rmSync(folder, { recursive: true }));

type Age = "today" | "newer";

/** Compiles the program against one header, links it with a library of another, and returns the lines it prints. */
function run(program: Age, library: Age): string[] {
  const difference = { today: 0, newer: ADDED_BYTES };
  const path = join(folder, "program");
  execFileSync(process.env.CC ?? "cc", [
    ...["-std=c11", "-Wall", "-Wextra", "-Wpedantic", "-Werror", `-I${includes[program]}`],
    ...[`-DUNKNOWN_TO_LIBRARY=${difference[program] - difference[library]}`],
    ...["tests/cuda/programs/structure_sizes.c", libraries[library], "-o", path],
  ]);
  const { status, stdout } = spawnSync(path, { encoding: "utf8" });
  assert.is(status, 0, stdout);
  return stdout.trim().split("\n");
}

/** What is tested, each once; vbt_engine_options are both taken and filled in. */
const namesOf = (tested: string[]) => [...new Set(tested)].sort();

test("structures of every size are served by the version's rule", () => {
  const [served, ...tested] = run("today", "today");
  assert.is(served, "served 1");
  assert.equal(namesOf(tested), sizedStructures(HEADER));
  assert.is(tested.length, 7);
});

test("a newer library serves programs of an older header", () => {
  const [served, ...tested] = run("today", "newer");
  assert.is(served, "served 1");
  assert.is(tested.length, 7);
});

test("an older library says that it does not serve programs of a newer header, and takes what asks for nothing new", () => {
  const [served, ...tested] = run("newer", "today");
  assert.is(served, "served 0");
  assert.is(tested.length, 7);
});

test.run();
