import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { scratch } from "./scratch.js";

/** The command line's program, to be run by Node. */
export const program = fileURLToPath(new URL("../../lib/cli/verbatim.js", import.meta.url));

export interface ProgramRun {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Runs `verbatim` in the scratch directory. */
export function verbatim(args: readonly string[], input: string | Uint8Array = ""): ProgramRun {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], {
    ...{ cwd: scratch, env: { ...process.env, FORCE_COLOR: undefined }, input, encoding: "utf8" },
  });
  return { code: status, stdout, stderr };
}

/** Runs a line of bash in the scratch directory, in which `verbatim` is the program. */
export function shell(line: string): ProgramRun {
  const command = `set -o pipefail; verbatim() { "$NODE" "$PROGRAM" "$@"; }; ${line}`;
  const env = { ...process.env, NODE: process.execPath, PROGRAM: program, FORCE_COLOR: undefined };
  const { status, stdout, stderr } = spawnSync("bash", ["-c", command], { cwd: scratch, env, encoding: "utf8" });
  return { code: status, stdout, stderr };
}

/** A run that goes on. */
export function startVerbatim(args: readonly string[]): { process: ChildProcess; ended: Promise<ProgramRun> } {
  const started = spawn(process.execPath, [program, ...args], { cwd: scratch, stdio: ["pipe", "pipe", "pipe"] });
  const run = { stdout: "", stderr: "" };
  started.stdout.setEncoding("utf8").on("data", (text: string) => (run.stdout += text));
  started.stderr.setEncoding("utf8").on("data", (text: string) => (run.stderr += text));
  const ended = new Promise<ProgramRun>((resolve, reject) => {
    started.on("error", reject).on("close", (code) => resolve({ code, ...run }));
  });
  return { process: started, ended };
}

/** The processes that a process has started, on Linux. */
export function childrenOf(pid: number): number[] {
  const list = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim();
  return list === "" ? [] : list.split(" ").map(Number);
}
