import { LogitsProcessor, type Tensor } from "@huggingface/transformers";
import { continuations } from "./rescan.js";

/**
 * What a user of transformers.js would write: at each step inside a quote it looks the quote up in the prompt, from the
 * prompt's first token to its last, and fills the row of logits but for what goes on with it.
 */
export class RescanningProcessor extends LogitsProcessor {
  readonly #start: bigint;
  readonly #end: bigint;
  #prompt: readonly bigint[] | null = null;

  constructor({ start, end }: { readonly start: number; readonly end: number }) {
    super();
    this.#start = BigInt(start);
    this.#end = BigInt(end);
  }

  override _call(inputIds: bigint[][], logits: Tensor): Tensor {
    const [ids] = inputIds;
    // The first call shows the prompt.
    this.#prompt ??= ids.slice();
    const quote = this.#openQuote(ids, this.#prompt.length);
    if (quote !== null) leave(continuations(this.#prompt, quote).add(this.#end), logits.data as Float32Array);
    return logits;
  }

  #openQuote(ids: readonly bigint[], promptLength: number): bigint[] | null {
    for (let i = ids.length - 1; i >= promptLength; i--) {
      if (ids[i] === this.#end) return null;
      if (ids[i] === this.#start) return ids.slice(i + 1);
    }
    return null;
  }
}

function leave(allowed: ReadonlySet<bigint>, row: Float32Array): void {
  const kept = Array.from(allowed, (id) => [Number(id), row[Number(id)]] as const);
  row.fill(-Infinity);
  for (const [id, logit] of kept) row[id] = logit;
}
