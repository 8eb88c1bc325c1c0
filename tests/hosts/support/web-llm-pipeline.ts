import type { LogitProcessor } from "@mlc-ai/web-llm";
import type { Random } from "../../support/random.js";

/** What the model would like to write next, if it may. */
export type Wish = number | undefined;

/**
 * Stands in for web-llm's pipeline, which needs WebGPU, and calls a processor as `LLMChatPipeline` of 0.2.86 does.
 * `resetState` is called when a model is loaded and before a conversation that does not go on with the last one. For
 * every token, the first one after the prompt too, the logits are copied to a `Float32Array` as wide as the model's
 * output; `processLogits` gets it, what it returns is copied back to the device and sampled; `processSampledToken` gets
 * the token before it joins the output and before stop tokens and strings are looked for. The prompt is never shown.
 */
export class WebLlmPipeline {
  readonly #processor: LogitProcessor;
  readonly #ids: number;
  readonly #device: Float32Array;
  readonly #random: Random;

  /**
   * @param ids how many the tokenizer has
   * @param width the model's `vocab_size`, which is often more: the model has learned not to use the ids past them
   */
  constructor(processor: LogitProcessor, { ids, width }: { ids: number; width: number }, random: Random) {
    this.#processor = processor;
    this.#ids = ids;
    this.#device = new Float32Array(width);
    this.#random = random;
    this.beginConversation();
  }

  beginConversation(): void {
    this.#processor.resetState();
  }

  /** Generates a token from random logits. Returns them as they were and as they were sampled from. */
  step(wish: Wish): { token: number; before: Float32Array; sampled: Float32Array } {
    this.#device.fill(-100, this.#ids);
    for (let id = 0; id < this.#ids; id++) this.#device[id] = this.#random.unit() * 16 - 8;
    if (wish !== undefined) this.#device[wish] = 20;
    const before = this.#device.slice();
    this.#device.set(this.#processor.processLogits(this.#device.slice()));
    const token = indexOfLargest(this.#device);
    this.#processor.processSampledToken(token);
    return { token, before, sampled: this.#device };
  }
}

function indexOfLargest(logits: Float32Array): number {
  let best = 0;
  for (let id = 1; id < logits.length; id++) if (logits[id] > logits[best]) best = id;
  return best;
}
