import { RecallError } from "../errors.js";
import { javascriptTextEngine } from "./javascript-text.js";
import type { Backend } from "./load.js";
import { loadNativeTextEngine } from "./native-text.js";
import type { TextEngine } from "./text-engine.js";

/**
 * The engine of text mode of a backend.
 * @throws RecallError `BACKEND_UNAVAILABLE` where `"native"` is asked for and cannot be loaded.
 */
export function loadTextEngine(backend: Backend): TextEngine {
  if (backend === "javascript") return javascriptTextEngine;
  try {
    return loadNativeTextEngine();
  } catch (error) {
    const unavailable = error instanceof RecallError && error.code === "BACKEND_UNAVAILABLE";
    if (backend === "auto" && unavailable) return javascriptTextEngine;
    throw error;
  }
}
