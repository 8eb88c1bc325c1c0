import { format } from "node:util";
import { visible } from "./visible.js";

/** What libraries print is for whoever looks for a fault, and does not steer the terminal. */
export function takeOverConsole(isDebugging: () => boolean): void {
  const write = (...parts: unknown[]) => {
    if (isDebugging()) process.stderr.write(`${visible(format(...parts))}\n`);
  };
  for (const method of ["debug", "error", "info", "log", "warn"] as const) console[method] = write;
  process.removeAllListeners("warning").on("warning", write);
}
