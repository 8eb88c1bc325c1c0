import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { getLlama, LlamaLogLevel, type LlamaModel } from "node-llama-cpp";

/** A directory of this process that goes away with it. */
export const scratch = mkdtempSync(join(tmpdir(), "verbatim-test-"));
process.on("exit", () => rmSync(scratch, { recursive: true, force: true }));

/** On the CPU, whatever the machine has: the same answers everywhere. */
const llama = await getLlama({ build: "never", gpu: false, logLevel: LlamaLogLevel.error, progressLogs: false });

export function loadModel(path: string): Promise<LlamaModel> {
  return llama.loadModel({ modelPath: path });
}
