import { strict as assert } from "node:assert";
import { Tensor, type LogitsProcessor, type PreTrainedTokenizer } from "@huggingface/transformers";
import { tokenText } from "../token-texts.js";
import { median } from "../harness/median.js";
import { wideTokenizerJson } from "../wide-tokenizer.js";
import type { ProcessorWay } from "./processor-ways.js";
import { continuations } from "./rescan.js";
import { QUOTE_TOKENS } from "./searched-dictionary.js";

/** The most tokens of text there are to search. */
export const MOST_TOKENS = 131_072;

/** Columns of a row of logits. */
export const ROW = 151_936;

/** Depths of the first quote at which what is left of a row is compared with what may follow. */
const CHECKED: ReadonlySet<number> = new Set([1, 2, 8, QUOTE_TOKENS]);

/** What a processor took, in milliseconds. */
export interface Walked {
  /** The constructor, and the first call, which shows the prompt. */
  readonly setUp: number;
  /** The first step of a quote, with every token of the text allowed. */
  readonly opening: number;
  /** Each later step. */
  readonly perToken: number;
  readonly processor: LogitsProcessor;
}

/**
 * Calls logits processors as `generate` does, with no model: a prompt of natural text, and quotes of it that begin at
 * places all over it.
 */
export class ProcessorWalk {
  readonly #tokens: Int32Array;
  readonly #prompt: readonly bigint[];
  readonly #tokenizer: PreTrainedTokenizer;
  readonly #delimiters: { readonly start: number; readonly end: number };
  readonly #logits = new Tensor("float32", new Float32Array(ROW), [1, ROW]);

  /** @param size tokens of the prompt, at most {@link MOST_TOKENS} */
  constructor(size: number) {
    this.#tokens = tokenText("natural text", ROW).tokens.subarray(0, size);
    this.#prompt = Array.from(this.#tokens, BigInt);
    const { json, ...delimiters } = wideTokenizerJson();
    this.#tokenizer = { _tokenizerJSON: json } as unknown as PreTrainedTokenizer;
    this.#delimiters = delimiters;
  }

  run(way: ProcessorWay, quotes: number): Walked {
    const row = this.#logits.data as Float32Array;
    const ids = this.#prompt.slice();
    const call = (processor: LogitsProcessor) => {
      row.fill(0);
      const start = performance.now();
      processor._call([ids], this.#logits);
      return performance.now() - start;
    };
    const start = performance.now();
    const processor = way.make(this.#tokenizer, this.#delimiters);
    const setUp = performance.now() - start + call(processor);
    const [opening, perToken]: [number[], number[]] = [[], []];
    for (let quote = 0; quote < quotes; quote++) {
      const at = (quote * 7919) % (this.#tokens.length - QUOTE_TOKENS);
      ids.push(BigInt(this.#delimiters.start));
      opening.push(call(processor));
      if (quote === 0) this.#check(row, at, 0);
      let spent = 0;
      for (let k = 0; k < QUOTE_TOKENS; k++) {
        ids.push(this.#prompt[at + k]!);
        spent += call(processor);
        if (quote === 0 && CHECKED.has(k + 1)) this.#check(row, at, k + 1);
      }
      perToken.push(spent / QUOTE_TOKENS);
      ids.push(BigInt(this.#delimiters.end));
      call(processor);
    }
    return { setUp, opening: median(opening), perToken: median(perToken), processor };
  }

  /** That exactly what goes on with the quote is left. */
  #check(row: Float32Array, at: number, length: number): void {
    const left = [...row.keys()].filter((id) => row[id] !== -Infinity);
    const expected = continuations(this.#tokens, this.#tokens.subarray(at, at + length)).add(this.#delimiters.end);
    assert.deepEqual(
      left,
      [...expected].sort((a, b) => a - b),
    );
  }
}
