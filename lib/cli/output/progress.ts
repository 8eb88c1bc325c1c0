import { Presets, SingleBar } from "cli-progress";
import type { AskEvent } from "../../answer/answerer.js";

/** A prompt of fewer tokens is read before anybody wonders. */
const LONG_PROMPT = 1024;

/** A bar on a terminal while a long prompt is read; nothing elsewhere. */
export class ReadingProgress {
  readonly #stream: NodeJS.WriteStream;
  #bar: SingleBar | null = null;

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
  }

  show(event: AskEvent): void {
    if (event.type !== "reading") return this.stop();
    if (!this.#stream.isTTY || event.of < LONG_PROMPT) return;
    if (this.#bar === null) {
      this.#bar = makeBar(this.#stream, "Reading {bar} {value}/{total} tokens");
      this.#bar.start(event.of, event.tokens);
    }
    this.#bar.update(event.tokens);
  }

  /** Clears the bar. */
  stop(): void {
    this.#bar?.stop();
    this.#bar = null;
  }
}

/** A bar on a terminal while many answers are generated; nothing elsewhere. */
export class AnswersProgress {
  readonly #bar: SingleBar | null = null;

  constructor(stream: NodeJS.WriteStream, total: number) {
    if (!stream.isTTY) return;
    this.#bar = makeBar(stream, "Answering {bar} {value}/{total} questions, {eta_formatted} left");
    this.#bar.start(total, 0);
  }

  add(): void {
    this.#bar?.increment();
  }

  /** Clears the bar. */
  stop(): void {
    this.#bar?.stop();
  }
}

function makeBar(stream: NodeJS.WriteStream, format: string): SingleBar {
  return new SingleBar({ stream, format, clearOnComplete: true, hideCursor: true }, Presets.shades_classic);
}
