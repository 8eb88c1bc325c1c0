import { RecallError } from "../errors.js";
import type { Engine } from "./engine.js";
import { javascriptEngine } from "./javascript.js";
import { loadNativeEngine } from "./native.js";

/** `"auto"` takes the native engine where it loads and the JavaScript engine elsewhere. */
export type Backend = "auto" | "native" | "javascript";

export const BACKENDS: readonly Backend[] = ["auto", "native", "javascript"];

/**
 * The engine of a backend.
 * @throws RecallError `BACKEND_UNAVAILABLE`, with a help page, where `"native"` is asked for and cannot be loaded.
 */
export function loadEngine(backend: Backend): Engine {
  if (backend === "javascript") return javascriptEngine;
  const native = tryNative();
  if (!(native instanceof RecallError)) return native;
  if (backend === "native") throw native;
  return javascriptEngine;
}

/** The outcome is kept: a second look would find the same files. */
let outcome: Engine | RecallError | undefined;

function tryNative(): Engine | RecallError {
  if (outcome !== undefined) return outcome;
  try {
    return (outcome = loadNativeEngine());
  } catch (error) {
    if (!(error instanceof RecallError) || error.code !== "BACKEND_UNAVAILABLE") throw error;
    return (outcome = error);
  }
}
