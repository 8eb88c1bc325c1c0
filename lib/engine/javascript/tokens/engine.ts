import type { Engine } from "../../engine.js";
import { JavaScriptContext } from "./context.js";
import { maskedFill, sample } from "./rows.js";

/** The engine without an addon: position lists and a survivor filter, in plain JavaScript. */
export const javascriptEngine: Engine = {
  name: "javascript",
  createContext: (options) => new JavaScriptContext(options),
  maskedFill,
  sample,
};
