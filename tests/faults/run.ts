/**
 * Plants one fault after the other in a copy of the C++ engine and expects the differential suite to find each:
 * `node dist/tests/faults/run.js [part of a file's name or of an effect]`. Exits with 1 where a fault survives or the
 * sound engine fails. Needs a C++20 compiler ($CXX or g++).
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { AddonBuild } from "./addon-build.js";
import { mismatchExitCode } from "./exit-code.js";
import { type Fault, faults } from "./faults.js";

/** This file is dist/tests/faults/run.js. */
const repository = fileURLToPath(new URL("../../../", import.meta.url));
const probe = fileURLToPath(new URL("./probe.js", import.meta.url));
const patience = 120_000;

interface Verdict {
  killed: boolean;
  /** How, in one line. */
  how: string;
}

/** Runs the differential probe against an addon. */
function examine(addon: string): Verdict {
  const env = { ...process.env, VERBATIM_ADDON: addon, VERBATIM_SHRINK: "0" };
  const { status, signal, stdout, stderr, error } = spawnSync(process.execPath, [probe], {
    env,
    encoding: "utf8",
    timeout: patience,
    maxBuffer: 1 << 26,
  });
  const lastLine = (text: string): string => text.trim().split("\n").at(-1) ?? "";
  if (status === mismatchExitCode) return { killed: true, how: lastLine(stdout) };
  if (status === 0) return { killed: false, how: lastLine(stdout) };
  if (error && (error as NodeJS.ErrnoException).code === "ETIMEDOUT") return { killed: true, how: "hangs" };
  if (signal) return { killed: true, how: `crashes with ${signal}` };
  throw new Error(`The probe failed with ${status}: ${stderr}`);
}

/** The file with the fault in it. A patch that no longer fits is an error: the list must not rot. */
function plant(source: string, { file, original, replacement }: Fault): string {
  const parts = source.split(original);
  if (parts.length !== 2)
    throw new Error(`Expected ${file} to contain this once, found ${parts.length - 1}:\n${original}`);
  return parts.join(replacement);
}

function main(filter: string): boolean {
  const folder = mkdtempSync(join(tmpdir(), "verbatim-faults-"));
  try {
    const build = new AddonBuild(repository, folder);
    // All patches are tried before any time is spent on the first.
    for (const fault of faults) plant(readFileSync(build.engineFile(fault.file), "utf8"), fault);
    build.build();
    const sound = examine(build.addon);
    console.log(`sound engine: ${sound.how}`);
    if (sound.killed) return false;
    const chosen = faults.filter(({ file, effect }) => file.includes(filter) || effect.includes(filter));
    let survivors = 0;
    const restored: string[] = [];
    for (const fault of chosen) {
      const path = build.engineFile(fault.file);
      const source = readFileSync(path, "utf8");
      writeFileSync(path, plant(source, fault));
      build.build(path, ...restored.splice(0));
      const { killed, how } = examine(build.addon);
      console.log(
        `${killed ? "killed  " : "SURVIVES"} rule ${fault.rule}, ${fault.file}: ${fault.effect} (${how.slice(0, 160)})`,
      );
      if (!killed) survivors++;
      writeFileSync(path, source);
      restored.push(path);
    }
    console.log(`${chosen.length - survivors} of ${chosen.length} faults killed`);
    return survivors === 0 && chosen.length > 0;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

process.exitCode = main(process.argv[2] ?? "") ? 0 : 1;
