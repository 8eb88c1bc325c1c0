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
  try {
    return loadNativeEngine();
  } catch (error) {
    const unavailable = error instanceof RecallError && error.code === "BACKEND_UNAVAILABLE";
    if (backend === "auto" && unavailable) return javascriptEngine;
    throw error;
  }
}
