import { Presets, SingleBar } from "cli-progress";
import type { AskEvent } from "./ask.js";

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
      this.#bar = new SingleBar(
        {
          stream: this.#stream,
          format: "Reading {bar} {value}/{total} tokens",
          clearOnComplete: true,
          hideCursor: true,
        },
        Presets.shades_classic,
      );
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
