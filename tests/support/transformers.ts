import { LogitsProcessor, LogitsProcessorList, Tensor, type PreTrainedModel } from "@huggingface/transformers";
import { Random } from "./random.js";

/** Makes tokens so likely that they come wherever they may. */
export class Boost extends LogitsProcessor {
  readonly #tokens: readonly number[];

  constructor(...tokens: number[]) {
    super();
    this.#tokens = tokens;
  }

  override _call(_ids: bigint[][], logits: Tensor): Tensor {
    const [rows, width] = logits.dims;
    for (let row = 0; row < rows; row++) {
      for (const token of this.#tokens) (logits.data as Float32Array)[row * width + token] += 1000;
    }
    return logits;
  }
}

/** Is shown the ids and the logits of each step, and may write to them. */
export class Probe extends LogitsProcessor {
  readonly #look: (ids: bigint[][], logits: Float32Array, width: number) => void;

  constructor(look: (ids: bigint[][], logits: Float32Array, width: number) => void) {
    super();
    this.#look = look;
  }

  override _call(ids: bigint[][], logits: Tensor): Tensor {
    this.#look(ids, logits.data as Float32Array, logits.dims[1]);
    return logits;
  }
}

/** Noise under which the likeliest token is one drawn at a temperature of 1, and at no cost for sorting. */
export function gumbelNoise(seed: number): Probe {
  const random = new Random(seed);
  return new Probe((_ids, logits) => addGumbelNoise(logits, random));
}

/** The same, from a seed that is a row's own text: a row is sampled alike alone, among others, and at another time. */
export function noiseOfText(pad?: number): Probe {
  return new Probe((rows, logits, width) => {
    rows.forEach((ids, row) => {
      const start = ids.findIndex((id) => Number(id) !== pad);
      const seed = ids.slice(start).reduce((sum, id) => (Math.imul(sum, 31) + Number(id)) | 0, 7);
      addGumbelNoise(logits.subarray(row * width, (row + 1) * width), new Random(seed));
    });
  });
}

function addGumbelNoise(logits: Float32Array, random: Random): void {
  for (let i = 0; i < logits.length; i++) logits[i] -= Math.log(-Math.log(random.unit() || Number.MIN_VALUE));
}

export function listOf(...processors: LogitsProcessor[]): LogitsProcessorList {
  const list = new LogitsProcessorList();
  list.extend(processors);
  return list;
}

export function idsTensor(rows: readonly (readonly number[])[]): Tensor {
  return new Tensor("int64", BigInt64Array.from(rows.flat(), BigInt), [rows.length, rows[0].length]);
}

/** Rows of one length, padded on the left. */
export function padLeft(rows: readonly (readonly number[])[], pad: number) {
  const length = Math.max(...rows.map((row) => row.length));
  const missing = rows.map((row) => new Array<number>(length - row.length));
  return {
    input_ids: idsTensor(rows.map((row, i) => [...missing[i].fill(pad), ...row])),
    attention_mask: idsTensor(rows.map((row, i) => [...missing[i].fill(0), ...row.map(() => 1)])),
  };
}

/** What the model generates for each row, the prompt left out. */
export async function generate(
  model: PreTrainedModel,
  options: Parameters<PreTrainedModel["generate"]>[0] & { input_ids: Tensor },
): Promise<number[][]> {
  const output = (await model.generate(options)) as Tensor;
  return (output.tolist() as bigint[][]).map((ids) => ids.slice(options.input_ids.dims[1]).map(Number));
}
