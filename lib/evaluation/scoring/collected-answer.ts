import { scoreAnswer } from "./score-answer.js";
import type { MeasuredAnswer } from "./summary.js";
import type { WorkloadExample } from "../workload/example.js";
import type { AskSummary } from "../../answer/meter.js";
import type { AskEvent } from "../../answer/answerer.js";

/** An answer's text and quotes, as they come. */
export class CollectedAnswer {
  #text = "";
  #tail = "";
  readonly #quotes: { text: string; closed: boolean }[] = [];
  #summary: AskSummary | null = null;

  add(event: AskEvent): void {
    switch (event.type) {
      case "text":
        this.#text += event.text;
        this.#tail += event.text;
        break;
      case "quote-text":
        this.#text += event.text;
        break;
      case "quote-end":
        this.#tail = "";
        this.#quotes.push({ text: event.quote.text, closed: event.quote.closed });
        break;
      case "end":
        this.#summary = event.summary;
        break;
      default:
    }
  }

  /** When it has ended. */
  measured(example: WorkloadExample): MeasuredAnswer {
    const { promptTokens, answerTokens, tokensPerSecond } = this.#summary!;
    const given = { text: this.#text, quotes: this.#quotes, tail: this.#tail, tokens: answerTokens };
    return { ...scoreAnswer(example, given), promptTokens, tokensPerSecond };
  }
}
