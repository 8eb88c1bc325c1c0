import { JavaScriptTextContext } from "./context.js";
import type { EngineTextContext, TextEngine } from "../../text-engine.js";

/** The engine of text mode without an addon: a scan for the first bytes, then a survivor filter. */
export const javascriptTextEngine: TextEngine = {
  name: "javascript",
  createTextContext: (vocabulary) => new JavaScriptTextContext(vocabulary),
  findText,
};

function findText(context: EngineTextContext, quote: Uint8Array, ranges: Int32Array | null, limit: number): Int32Array {
  const text = context as JavaScriptTextContext;
  const starts: number[] = [];
  if (quote.length === 0 || limit <= 0) return new Int32Array(0);
  text.findMatch(quote, ranges ?? Int32Array.of(0, text.length), (start, end) => {
    if (text.isEnd(start + quote.length, end)) starts.push(start);
    return starts.length >= limit;
  });
  return Int32Array.from(starts);
}
