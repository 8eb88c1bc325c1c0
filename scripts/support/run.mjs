import { spawnSync } from "node:child_process";
import { repository } from "./repository.mjs";

/**
 * Runs a command in the repository and waits for it. What it prints is shown only where it fails.
 * @throws Error
 */
export function run(command, args, options = {}) {
  const { status, signal, error, stdout, stderr } = spawnSync(command, args, {
    cwd: repository,
    encoding: "utf8",
    maxBuffer: 1 << 28,
    ...options,
  });
  if (error !== undefined) throw error;
  if (status === 0) return stdout;
  process.stderr.write(`${stdout ?? ""}${stderr ?? ""}`);
  throw new Error(`${[command, ...args].join(" ")} ${signal === null ? `exited with ${status}` : `died of ${signal}`}`);
}

export function runNode(args, options) {
  return run(process.execPath, args, options);
}

/** Runs a compiled file of this repository, by its source's path, in sight; returns whether it ended well. */
export function runCompiled(source, args = []) {
  const compiled = `dist/${source.replace(/\.ts$/, ".js")}`;
  return spawnSync(process.execPath, [compiled, ...args], { cwd: repository, stdio: "inherit" }).status === 0;
}

export function runNpm(args) {
  // On Windows npm is a script, which only a shell can start; the arguments are all our own.
  return run("npm", args, { shell: process.platform === "win32" });
}
