import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

/** What a probe is run with: see memory-probe.ts. */
export interface ProbeArguments {
  readonly host: "node-llama-cpp" | "transformers.js";
  readonly way: string;
  /** Entries of the dictionary, or tokens of the text. */
  readonly size: number;
  readonly vocabulary: number;
}

/** Two quotes that take longer are given up. */
const LIMIT_SECONDS = 20;

/**
 * Megabytes by which a process of its own grows when a way is set up and used in it, as the system counts them: pages
 * that JavaScript's heap has taken and not given back are in it. Two runs may differ by some megabytes.
 * @throws Error where the process fails or takes too long, so that one that is killed ends nothing else
 */
export function measureMemory({ host, way, size, vocabulary }: ProbeArguments): number {
  const probe = fileURLToPath(new URL("./memory-probe.js", import.meta.url));
  const { status, signal, stdout, stderr } = spawnSync(
    process.execPath,
    ["--expose-gc", probe, host, way, String(size), String(vocabulary)],
    { encoding: "utf8", timeout: LIMIT_SECONDS * 1000, killSignal: "SIGKILL" },
  );
  const megabytes = /^megabytes (.+)$/m.exec(stdout)?.[1];
  if (signal === "SIGKILL") throw new Error(`takes more than ${LIMIT_SECONDS} s for two quotes`);
  if (status !== 0 || megabytes === undefined) {
    throw new Error(`ends its process: ${signal ?? stderr.trim().split("\n").at(-1)}`);
  }
  return Number(megabytes);
}
