import type { DynamicCache, PreTrainedModel, Tensor } from "@huggingface/transformers";
import { KeyValueCache, type ModelOutputs } from "./key-value-cache.js";

/** What a generation begins with: tensors of int64, and what the model has read of them before. */
export interface PromptInputs {
  /** Of shape `[1, tokens]`. */
  input_ids: Tensor;
  /** Of the same shape; all ones unless given. */
  attention_mask?: Tensor | null;
  past_key_values?: DynamicCache | null;
}

/** Reads tokens, each once, and takes back those that turned out wrong. */
export class ForwardPasses {
  readonly #model: PreTrainedModel;
  readonly #prompt: PromptInputs;
  readonly #cache: KeyValueCache;
  /** So many tokens have been read. */
  #read: number;
  #count = 0;

  constructor(model: PreTrainedModel, prompt: PromptInputs) {
    this.#model = model;
    this.#prompt = prompt;
    this.#cache = new KeyValueCache(prompt.past_key_values ?? undefined);
    this.#read = prompt.past_key_values?.get_seq_length() ?? 0;
  }

  /** How many there were. */
  get count(): number {
    return this.#count;
  }

  /** Whether tokens can be taken back. */
  get canTakeBack(): boolean {
    return this.#cache.canCrop(this.#read);
  }

  /**
   * Reads what has not been read of `ids`, and a draft of what may follow.
   * @returns rows of logits: for the token after `ids`, and for that after each token of the draft
   */
  async read(ids: readonly bigint[], draft: Int32Array): Promise<Float32Array[]> {
    const unread = [...ids.slice(this.#read), ...Array.from(draft, BigInt)];
    const total = ids.length + draft.length;
    const outputs = (await this.#model.forward({
      input_ids: this.#tensor(unread, [1, unread.length]),
      attention_mask: this.#tensor(this.#attention(total), [1, total]),
      past_key_values: this.#cache.input,
      num_logits_to_keep: this.#tensor([BigInt(draft.length + 1)], []),
    })) as ModelOutputs;
    this.#count++;
    this.#cache.update(outputs);
    this.#read = total;
    return lastRows(outputs.logits, draft.length + 1);
  }

  /** Takes back what was read after the first `length` tokens. */
  takeBack(length: number): void {
    if (length === this.#read) return;
    if (this.canTakeBack) {
      this.#cache.crop(length);
      this.#read = length;
    } else {
      this.#cache.clear();
      this.#read = 0;
    }
  }

  #attention(length: number): bigint[] {
    const given = this.#prompt.attention_mask?.data as BigInt64Array | undefined;
    return Array.from({ length }, (_, i) => given?.[i] ?? 1n);
  }

  #tensor(values: readonly bigint[], dims: number[]): Tensor {
    // The library's own class, from whichever copy of it the caller has loaded.
    const TensorClass = this.#prompt.input_ids.constructor as typeof Tensor;
    return new TensorClass("int64", BigInt64Array.from(values), dims);
  }
}

/** The last rows of logits of shape `[1, rows, width]`. */
function lastRows(logits: Tensor, count: number): Float32Array[] {
  const width = logits.dims[2];
  const rows = logits.dims[1];
  const last = logits.type === "float32" ? logits : logits.slice(null, [rows - count, rows], null).to("float32");
  const data = last.data as Float32Array;
  const start = data.length - count * width;
  return Array.from({ length: count }, (_, i) => data.subarray(start + i * width, start + (i + 1) * width));
}
