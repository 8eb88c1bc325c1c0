import { execFile, type ExecFileException } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);

/** What a probe is run with: see memory-probe.ts. */
export interface ProbeArguments {
  readonly host: "node-llama-cpp" | "transformers.js";
  readonly way: string;
  /** Entries of the dictionary, or tokens of the text. */
  readonly size: number;
  readonly vocabulary: number;
}

/** A process that takes longer, for its model and two quotes, is given up. */
const LIMIT_SECONDS = 30;

/**
 * Megabytes by which a process of its own grows when a way is set up and used in it, as the system counts them: pages
 * that JavaScript's heap has taken and not given back are in it. Two runs may differ by some megabytes.
 * @throws Error where the process fails or takes too long, so that one that is killed ends nothing else
 */
export async function measureMemory({ host, way, size, vocabulary }: ProbeArguments): Promise<number> {
  const probe = fileURLToPath(new URL("./memory-probe.js", import.meta.url));
  const given = ["--expose-gc", probe, host, way, String(size), String(vocabulary)];
  try {
    const { stdout } = await run(process.execPath, given, { timeout: LIMIT_SECONDS * 1000, killSignal: "SIGKILL" });
    return Number(stdout.match(/^megabytes (.+)$/m)![1]);
  } catch (error) {
    const { killed, signal, stderr } = error as ExecFileException;
    if (killed === true) throw new Error(`takes more than ${LIMIT_SECONDS} s for two quotes`, { cause: error });
    const why = signal ?? /^\w*Error.*$/m.exec(stderr ?? "")?.[0] ?? String(error);
    throw new Error(`ends its process: ${why}`, { cause: error });
  }
}
