import { RecallError } from "../base/errors.js";
import type { Engine } from "./engine.js";
import { javascriptEngine } from "./javascript/tokens/engine.js";
import { loadNativeEngine } from "./native/engine.js";

/** `"auto"` takes the native engine where it loads and the JavaScript engine elsewhere. */
export type Backend = "auto" | "native" | "javascript";

export const BACKENDS: readonly Backend[] = ["auto", "native", "javascript"];

/**
 * The engine of a backend.
 * @throws RecallError `BACKEND_UNAVAILABLE`, with a help page, where `"native"` is asked for and cannot be loaded.
 */
export function loadEngine(backend: Backend): Engine {
  return chooseEngine(backend, loadNativeEngine, javascriptEngine);
}

/** The engine that a backend names: `"auto"` passes over a native one that is not there, but over no other failure. */
export function chooseEngine<Chosen>(backend: Backend, loadNative: () => Chosen, javascript: Chosen): Chosen {
  if (backend === "javascript") return javascript;
  try {
    return loadNative();
  } catch (error) {
    const unavailable = error instanceof RecallError && error.code === "BACKEND_UNAVAILABLE";
    if (backend === "auto" && unavailable) return javascript;
    throw error;
  }
}
