import { javascriptTextEngine } from "./javascript/text/engine.js";
import { chooseEngine, type Backend } from "./load.js";
import { loadNativeTextEngine } from "./native/text-engine.js";
import type { TextEngine } from "./text-engine.js";

/**
 * The engine of text mode of a backend.
 * @throws RecallError `BACKEND_UNAVAILABLE` where `"native"` is asked for and cannot be loaded.
 */
export function loadTextEngine(backend: Backend): TextEngine {
  return chooseEngine(backend, loadNativeTextEngine, javascriptTextEngine);
}
