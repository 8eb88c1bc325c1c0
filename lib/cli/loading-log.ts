import { setTimeout } from "node:timers/promises";

/** The library's log arrives a little after the failure it explains: in milliseconds, how often and how long we look. */
const LOOK_EVERY = 10;
const LOOK_FOR = 200;

/** The last line of a failure. */
const END = /llama_model_load_from_file_impl: failed to load model/;
/** What llama.cpp puts before a cause: the function's name, and that there is an error. */
const PREFIX = /^\w+: (error loading model: )?/;

/** Keeps what llama.cpp logs while a model is loaded, in place of a terminal. */
export class LoadingLog {
  #text = "";

  add(message: string): void {
    this.#text += message.trimEnd() + "\n";
  }

  /** Why the model could not be loaded, in one line: what was logged first; `null` where nothing was. */
  async reason(): Promise<string | null> {
    for (let waited = 0; waited < LOOK_FOR && !END.test(this.#text); waited += LOOK_EVERY) await setTimeout(LOOK_EVERY);
    return this.#text === "" ? null : this.#text.split("\n", 1)[0].replace(PREFIX, "");
  }
}
