import { styleText } from "node:util";
import type { Quote, QuoteSource } from "../../answer/reader.js";
import type { AskSummary } from "../../answer/meter.js";
import type { AskEvent } from "../../answer/answerer.js";
import { count } from "../../base/count.js";
import { quotesFileText, type QuotedDocument } from "../input/quotes-file.js";
import { visible, visibleInLine } from "./visible.js";

/** Places of a quote that are shown to people. */
const SHOWN_SOURCES = 3;

/** Writes an answer as it comes. */
export interface Renderer {
  /** What standard output gets for an event. */
  render(event: AskEvent): string;
}

/** For people: quotes between typographic marks, each with where it stands. */
export function textRenderer(colour: boolean): Renderer {
  const style = (format: "green" | "red" | "dim", text: string) => (colour ? styleText(format, text) : text);
  return {
    render(event) {
      switch (event.type) {
        case "text":
          return visible(event.text);
        case "quote-start":
          return style("green", "“");
        case "quote-text":
          return style("green", visible(event.text));
        case "quote-end":
          return (
            style("green", "”") +
            " " +
            style(event.quote.sources.length > 0 ? "dim" : "red", visibleInLine(place(event.quote)))
          );
        case "end":
          return "\n";
        default:
          return "";
      }
    },
  };
}

/**
 * For programs: one JSON object, when the answer has ended. A quote's `start` and `end` count UTF-16 units of `answer`,
 * as string indices of JavaScript do; the `bytes` of a source count bytes of the file. `verbatim verify` checks it.
 */
export function jsonRenderer(question: string, documents: QuotedDocument[]): Renderer {
  let answer = "";
  const quotes: (Quote & { start: number; end: number })[] = [];
  return {
    render(event) {
      switch (event.type) {
        case "text":
        case "quote-text":
          answer += event.text;
          return "";
        case "quote-end":
          quotes.push({ start: answer.length - event.quote.text.length, end: answer.length, ...event.quote });
          return "";
        case "end":
          return quotesFileText({ question, answer, documents, quotes, summary: event.summary });
        default:
          return "";
      }
    },
  };
}

function place({ text, sources }: Quote): string {
  if (text === "") return "[empty]";
  if (sources.length === 0) return "[not in the documents]";
  const shown = sources.slice(0, SHOWN_SOURCES).map(sourceText);
  if (sources.length > SHOWN_SOURCES) shown.push("…");
  return `[${shown.join(", ")}]`;
}

/** `file:line`, or `file:first-last`. */
export function sourceText({ file, lines: [first, last] }: QuoteSource): string {
  return first === last ? `${file}:${first}` : `${file}:${first}-${last}`;
}

/** What a run cost, in a line, as far as it was measured: a rate takes two tokens, the prompt's time one. */
export function summaryText(summary: AskSummary): string {
  const parts = [`${count(summary.answerTokens, "token")}, ${count(summary.quotes, "quote")}`];
  if (summary.answerTokens > 1) {
    parts.push(`${summary.tokensPerSecond.toFixed(0)} tokens/s`);
    parts.push(`masks ${(100 * summary.maskShare).toFixed(1)} % of the time`);
  }
  if (summary.answerTokens > 0) {
    parts.push(`prompt of ${count(summary.promptTokens, "token")} in ${summary.promptSeconds.toFixed(1)} s`);
  }
  if (summary.finish === "length") parts.push("stopped at --max-tokens");
  if (summary.finish === "interrupted") parts.push("interrupted");
  return parts.join("; ");
}
