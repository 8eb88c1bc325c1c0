import { setTimeout } from "node:timers/promises";
import type { Llama } from "node-llama-cpp";

/** The library's log arrives a little after the failure it explains: in milliseconds, how often and how long we look. */
const LOOK_EVERY = 10;
const LOOK_FOR = 200;

/** The last line of a model that could not be loaded. */
const END = /llama_model_load_from_file_impl: failed to load model/;
/** What llama.cpp puts before a cause: the function's name, and that there is an error. */
const PREFIX = /^\w+: (error loading model: )?/;

/** Keeps what llama.cpp logs, in place of a terminal. */
export class HostLog {
  #text = "";

  static readonly #logs = new WeakMap<Llama, HostLog>();

  /** Keeps the log of a library, from here on. */
  static of(llama: Llama): HostLog {
    let log = this.#logs.get(llama);
    if (log === undefined) {
      this.#logs.set(llama, (log = new HostLog()));
      llama.logger = (_level, message) => log!.add(message);
    }
    return log;
  }

  add(message: string): void {
    this.#text += message.trimEnd() + "\n";
  }

  /** Forgets what does not explain what comes. */
  clear(): void {
    this.#text = "";
  }

  /** Why something failed, in one line: what was logged first; `null` where nothing was. */
  async reason(): Promise<string | null> {
    for (let waited = 0; waited < LOOK_FOR && !END.test(this.#text); waited += LOOK_EVERY) await setTimeout(LOOK_EVERY);
    return this.#text === "" ? null : this.#text.split("\n", 1)[0].replace(PREFIX, "");
  }
}
