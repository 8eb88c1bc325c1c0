import type { AnswerEvent } from "./reader.js";

/** Why an answer ended: the model ended it, `maxTokens` was reached, or it was interrupted. */
export type AskFinish = "end" | "length" | "interrupted";

/** What an answer cost. */
export interface AskSummary {
  promptTokens: number;
  answerTokens: number;
  quotes: number;
  /** Generated tokens per second, reading the prompt not counted. */
  tokensPerSecond: number;
  /** Seconds until the first token of the answer. */
  promptSeconds: number;
  /** Share of the time between the first token and the last that was spent on masks. */
  maskShare: number;
  finish: AskFinish;
}

/** Measures an answer while it is generated. */
export class AnswerMeter {
  readonly #promptTokens: number;
  readonly #maskMilliseconds: () => number;
  readonly #start = performance.now();
  #first = { time: this.#start, mask: 0 };
  #last = { time: this.#start, mask: 0 };
  #tokens = 0;
  #quotes = 0;

  /** @param maskMilliseconds time spent on masks so far */
  constructor(promptTokens: number, maskMilliseconds: () => number) {
    this.#promptTokens = promptTokens;
    this.#maskMilliseconds = maskMilliseconds;
  }

  get tokens(): number {
    return this.#tokens;
  }

  countToken(): void {
    this.#last = { time: performance.now(), mask: this.#maskMilliseconds() };
    if (this.#tokens++ === 0) this.#first = this.#last;
  }

  *countQuotes(events: Iterable<AnswerEvent>): Generator<AnswerEvent> {
    for (const event of events) {
      if (event.type === "quote-end") this.#quotes++;
      yield event;
    }
  }

  summary(finish: AskFinish): AskSummary {
    const milliseconds = this.#last.time - this.#first.time;
    const generated = this.#tokens > 1 && milliseconds > 0;
    return {
      promptTokens: this.#promptTokens,
      answerTokens: this.#tokens,
      quotes: this.#quotes,
      tokensPerSecond: generated ? ((this.#tokens - 1) / milliseconds) * 1000 : 0,
      promptSeconds: (this.#first.time - this.#start) / 1000,
      maskShare: generated ? (this.#last.mask - this.#first.mask) / milliseconds : 0,
      finish,
    };
  }
}
