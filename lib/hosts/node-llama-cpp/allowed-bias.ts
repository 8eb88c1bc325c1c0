import { TokenBias, type LlamaModel, type Token } from "node-llama-cpp";
import type { RecallSession } from "../../session.js";

/**
 * The allowed set of an open span as a `TokenBias`: it raises the allowed logits by one constant that no other logit
 * reaches, which leaves the proportions among them as they were. (Banning the rest costs forty times as much, and
 * `TokenBias` refuses to ban end-of-generation tokens.)
 *
 * Making such an object for ten thousand ids takes longer than sampling does, and the set at a span's start is the
 * same for span after span: the last object is kept while the set is unchanged.
 */
export class AllowedBias {
  readonly #model: LlamaModel;
  readonly #boost: number;
  readonly #none: TokenBias;
  #ids = new Int32Array(0);
  #bias: TokenBias;

  constructor(model: LlamaModel, boost: number) {
    this.#model = model;
    this.#boost = boost;
    this.#none = TokenBias.for(model);
    this.#bias = this.#none;
  }

  /** The bias for the session's next token; `null` outside a span. */
  next(session: RecallSession): TokenBias | null {
    const allowed = session.allowed();
    if (allowed === null) return null;
    if (!sameIds(allowed, this.#ids)) {
      this.#ids = allowed.slice();
      this.#bias = TokenBias.for(this.#model).set([...allowed] as Token[], { logit: this.#boost });
    }
    return this.#bias;
  }

  /** Changes no logit. */
  get none(): TokenBias {
    return this.#none;
  }
}

function sameIds(a: Int32Array, b: Int32Array): boolean {
  return a.length === b.length && a.every((id, i) => id === b[i]);
}
