/**
 * Plants one fault after the other in a copy of the CUDA sources, and expects the emulated programs to find each, in a
 * process of its own, since a faulty kernel may crash or hang.
 */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { whileLocked } from "../support/build-lock.js";
import { FaultBuild } from "./fault-build.js";
import { type Fault, faults, type Program } from "./faults.js";

/** This file is dist/tests/cuda/faults/planted-faults.test.js. */
const repository = fileURLToPath(new URL("../../../../", import.meta.url));
const patience = 120_000;

/** What finds the faults: a program of tests/cuda, and how much it is to do. */
const RUNS: Record<Program, { source: string; args: readonly string[] }> = {
  differential: { source: "differential", args: ["60000", "20261121"] },
  large: { source: "differential", args: ["4000", "20261121", "large"] },
  graphs: { source: "graphs", args: ["60", "20261121"] },
  failures: { source: "failures", args: [] },
  masked_fill: { source: "masked_fill", args: ["600", "20261121"] },
  sample_allowed: { source: "sample_allowed", args: ["100", "20261121"] },
};
const programs = Object.keys(RUNS) as Program[];

interface Verdict {
  killed: boolean;
  /** How, in one line. */
  how: string;
}

function examine(program: string, args: readonly string[]): Verdict {
  const { status, signal, stdout, stderr, error } = spawnSync(program, args, {
    encoding: "utf8",
    timeout: patience,
    maxBuffer: 1 << 26,
  });
  if (error && (error as NodeJS.ErrnoException).code === "ETIMEDOUT") return { killed: true, how: "hangs" };
  if (error) throw error;
  if (signal) return { killed: true, how: `${signal}: ${stderr.trim().split("\n").at(-1)}` };
  const story = `${stdout}${stderr}`.trim().split("\n");
  const complaint = story.find((line) => /mismatch|expected/i.test(line)) ?? story.at(-1);
  return { killed: status !== 0, how: complaint ?? "" };
}

/** The file with the fault in it. A patch that no longer fits is an error: the list must not rot. */
function plant({ file, original, replacement }: Fault): string {
  const parts = readFileSync(join(repository, "cuda", file), "utf8").split(original);
  if (parts.length !== 2)
    throw new Error(`Expected cuda/${file} to contain this once, found ${parts.length - 1}:\n${original}`);
  return parts.join(replacement);
}

const test = suite("planted faults in the CUDA sources");
const build = new FaultBuild(repository);

test.after(() => build.remove());

test("the sound programs build", () =>
  whileLocked(() => build.prepare([...new Set(programs.map((name) => RUNS[name].source))])));

test("every patch fits exactly once", () => {
  for (const fault of faults) plant(fault);
});

for (const program of programs) {
  test(`the sound library passes: ${program}`, () => {
    const { killed, how } = examine(build.sound(RUNS[program].source), RUNS[program].args);
    assert.not.ok(killed, how);
  });
}

for (const fault of faults) {
  test(`${fault.file}: ${fault.effect}`, async () => {
    const { source, args } = RUNS[fault.program ?? "differential"];
    const { killed, how } = examine(await build.build(fault.file, plant(fault), source), args);
    assert.ok(killed, `the fault survives: ${how}`);
  });
}

test.run();
