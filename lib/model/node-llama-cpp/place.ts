import type { ControlledEvaluateInputItem, LlamaContextSequence, Token } from "node-llama-cpp";
import { RecallError } from "../../base/errors.js";
import type { Signal } from "../language-model.js";
import type { Asked, Place, Row } from "../sequence/place.js";
import type { RowOutput, RowReader } from "./rows.js";

/** Tokens that are read between two looks at whether the work was aborted. */
const CHUNK_TOKENS = 512;

/** A sequence of node-llama-cpp as a place in its memory. */
export class LlamaPlace implements Place {
  readonly size: number;
  readonly #sequence: LlamaContextSequence;
  readonly #rows: RowReader;

  constructor(sequence: LlamaContextSequence, rows: RowReader) {
    this.#sequence = sequence;
    this.#rows = rows;
    // The host makes room before the last one is taken.
    this.size = sequence.contextSize - 1;
  }

  get held(): readonly number[] {
    return this.#sequence.contextTokens;
  }

  async keep(length: number): Promise<void> {
    const end = this.#sequence.nextTokenIndex;
    if (length < end) await this.#sequence.eraseContextTokenRanges([{ start: length, end }]);
  }

  async read(
    tokens: readonly number[],
    asked: readonly (Asked | undefined)[] = [],
    { signal }: Signal = {},
  ): Promise<(Row | undefined)[]> {
    const rows: (Row | undefined)[] = [];
    for (let at = 0; at < tokens.length; at += CHUNK_TOKENS) {
      signal?.throwIfAborted();
      const end = Math.min(at + CHUNK_TOKENS, tokens.length);
      rows.push(...(await this.#readChunk(tokens.slice(at, end), asked.slice(at, end))));
    }
    return rows;
  }

  async #readChunk(tokens: readonly number[], asked: readonly (Asked | undefined)[]): Promise<(Row | undefined)[]> {
    const items = tokens.map((token, i) => this.#itemOf(token as Token, asked[i]));
    const outputs = await this.#sequence.controlledEvaluate(items, { contextShift: { strategy: refuseShift } });
    return tokens.map((_, i) => {
      const question = asked[i];
      return question && this.#rows.read((outputs[i]?.next ?? {}) as RowOutput, question);
    });
  }

  #itemOf(token: Token, asked: Asked | undefined): ControlledEvaluateInputItem {
    return asked === undefined
      ? token
      : ([token, { generateNext: this.#rows.request(asked) }] as ControlledEvaluateInputItem);
  }
}

function refuseShift(): never {
  throw new RecallError("CONTEXT_FULL", "The model's context has no room for more tokens");
}
