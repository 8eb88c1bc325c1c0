/** Programs and libraries of different minor versions of the C ABI, which serve each other as the header says. */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { ADDED_BYTES, sizedStructures, writeNewerHeader } from "../support/newer-header.js";
import { engineObjects } from "./support/engine-program.js";

const HEADER = "native/include/verbatim.h";
const folder = mkdtempSync(join(tmpdir(), "verbatim-"));
const newerHeader = join(folder, "verbatim.h");
const apiObjects = engineObjects().filter((path) => basename(join(path, "..")) === "api");
const otherObjects = engineObjects().filter((path) => !apiObjects.includes(path));
const objects = { today: apiObjects, newer: [] as string[] };
const includes = { today: "native/include", newer: folder };

test.before(() => {
  writeNewerHeader(HEADER, newerHeader);
  mkdirSync(join(folder, "objects"));
  for (const object of apiObjects) {
    const name = basename(object, ".o");
    const compiled = join(folder, "objects", `${name}.o`);
    // Included first, it stands for the header that the source includes.
    const flags = ["-std=c++20", "-include", newerHeader, "-c", `native/engine/api/${name}.cpp`, "-o", compiled];
    execFileSync(process.env.CXX ?? "c++", flags);
    objects.newer.push(compiled);
  }
});
test.after(() => rmSync(folder, { recursive: true }));

type Age = "today" | "newer";

/** Compiles the program against one header, links it with a library of another, and returns the lines it prints. */
function run(program: Age, library: Age): string[] {
  const difference = { today: 0, newer: ADDED_BYTES };
  const object = join(folder, "program.o");
  const path = join(folder, "program");
  execFileSync(process.env.CC ?? "cc", [
    ...["-std=c11", "-Wall", "-Wextra", "-Wpedantic", "-Werror", `-I${includes[program]}`],
    ...[`-DUNKNOWN_TO_LIBRARY=${difference[program] - difference[library]}`],
    ...["-c", "tests/native/structure_sizes.c", "-o", object],
  ]);
  const linked = [object, ...objects[library], ...otherObjects, "-pthread"];
  execFileSync(process.env.CXX ?? "c++", [...linked, "-o", path]);
  const { status, stdout } = spawnSync(path, { encoding: "utf8" });
  assert.is(status, 0, stdout);
  return stdout.trim().split("\n");
}

const names = sizedStructures(HEADER);

test("structures of every size are served by the version's rule", () => {
  assert.is(names.length, 4);
  const [served, ...tested] = run("today", "today");
  assert.is(served, "served 1");
  assert.equal(tested.sort(), names);
});

test("a newer library serves programs of an older header", () => {
  const [served, ...tested] = run("today", "newer");
  assert.is(served, "served 1");
  assert.equal(tested.sort(), names);
});

test("an older library says that it does not serve programs of a newer header, and takes what asks for nothing new", () => {
  const [served, ...tested] = run("newer", "today");
  assert.is(served, "served 0");
  assert.equal(tested.sort(), names);
});

test.run();
