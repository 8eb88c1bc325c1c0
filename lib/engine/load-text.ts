import { RecallError } from "../errors.js";
import { javascriptTextEngine } from "./javascript-text.js";
import type { Backend } from "./load.js";
import type { TextEngine } from "./text-engine.js";

/** The native engine of text mode, once there is one: `loadNativeTextEngine` of `native-text.ts`. */
const loadNative: (() => TextEngine) | null = null as (() => TextEngine) | null;

/**
 * The engine of text mode of a backend.
 * @throws RecallError `BACKEND_UNAVAILABLE` where `"native"` is asked for and cannot be loaded.
 */
export function loadTextEngine(backend: Backend): TextEngine {
  if (backend === "javascript") return javascriptTextEngine;
  try {
    if (loadNative === null) throw new RecallError("BACKEND_UNAVAILABLE", "Text mode has no native engine yet");
    return loadNative();
  } catch (error) {
    const unavailable = error instanceof RecallError && error.code === "BACKEND_UNAVAILABLE";
    if (backend === "auto" && unavailable) return javascriptTextEngine;
    throw error;
  }
}
