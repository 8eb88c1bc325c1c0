import type { DynamicCache, Tensor } from "@huggingface/transformers";

/** What a forward pass returns. */
export type ModelOutputs = Readonly<Record<string, Tensor>>;

/** How the library names what it keeps between forward passes: `present.0.key` goes in as `past_key_values.0.key`. */
const KEPT = /^present(?=[._])/;
const POSITIONS_AXIS = 2;

/**
 * What a model keeps of the tokens that it has read. It is handed to forward passes as a `DynamicCache` is: its own
 * properties are the tensors.
 */
export class KeyValueCache {
  /** The tensors, by the names under which they go into a forward pass. */
  readonly #tensors: Record<string, Tensor>;

  /** @param cache a cache of the library's to work on, or none yet */
  constructor(cache: DynamicCache | undefined) {
    this.#tensors = (cache ?? Object.create(EMPTY_CACHE)) as Record<string, Tensor>;
  }

  /** What goes into a forward pass; `null` before the first. */
  get input(): Readonly<Record<string, Tensor>> | null {
    return Object.keys(this.#tensors).length === 0 ? null : this.#tensors;
  }

  /** Keeps what a forward pass returned, in place of what went in. */
  update(outputs: ModelOutputs): void {
    for (const name of Object.keys(outputs)) {
      if (KEPT.test(name))
        this.#replace(name.replace(KEPT, name[7] === "." ? "past_key_values" : "past"), outputs[name]);
    }
  }

  /**
   * Whether what was read last can be taken back: there is nothing but keys and values of `length` positions, in
   * memory. States of recurrent layers cannot be, and what is on a GPU is not.
   */
  canCrop(length: number): boolean {
    const tensors = Object.entries(this.#tensors);
    const areKeysAndValues = tensors.every(
      ([name, { dims, location }]) =>
        name.startsWith("past_key_values.") &&
        location.startsWith("cpu") &&
        dims.length === 4 &&
        dims[POSITIONS_AXIS] === length,
    );
    return tensors.length > 0 && areKeysAndValues;
  }

  /** Takes back all but the first `length` positions. */
  crop(length: number): void {
    for (const [name, tensor] of Object.entries(this.#tensors)) this.#replace(name, cropTensor(tensor, length));
  }

  /** Forgets everything. */
  clear(): void {
    for (const [name, tensor] of Object.entries(this.#tensors)) {
      if (tensor.location === "gpu-buffer") tensor.dispose();
      // eslint-disable-next-line @typescript-eslint/no-dynamic-delete -- its keys are what the library feeds to a model
      delete this.#tensors[name];
    }
  }

  #replace(name: string, tensor: Tensor): void {
    const old = this.#tensors[name];
    if (old !== undefined && old !== tensor && old.location === "gpu-buffer") old.dispose();
    this.#tensors[name] = tensor;
  }
}

/** What the library asks a cache for. */
const EMPTY_CACHE = {
  get_seq_length(this: Record<string, Tensor>): number {
    const name = Object.keys(this).find((each) => each.startsWith("past_key_values."));
    return name === undefined ? 0 : this[name].dims[POSITIONS_AXIS];
  },
};

/** The first positions of a tensor of shape `[1, heads, positions, size]`. */
function cropTensor(tensor: Tensor, length: number): Tensor {
  const [rows, heads, positions, size] = tensor.dims;
  const data = tensor.data as Float32Array;
  const cropped = data.slice(0, rows * heads * length * size);
  for (let head = 0; head < rows * heads; head++) {
    const start = head * positions * size;
    cropped.set(data.subarray(start, start + length * size), head * length * size);
  }
  const TensorClass = tensor.constructor as typeof Tensor;
  return new TensorClass(tensor.type, cropped, [rows, heads, length, size]);
}
