import { TokenBias, type LlamaModel, type Token } from "node-llama-cpp";
import type { AnySession } from "../../session/any-session.js";

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

  /** The bias for the session's next token; `null` where every token may come. */
  next(session: AnySession): TokenBias | null {
    const allowed = session.allowed();
    if (allowed === null) return null;
    if (!session.inSpan) return this.#without(allowed, session.vocabSize);
    if (!sameIds(allowed, this.#ids)) {
      this.#ids = allowed.slice();
      this.#bias = TokenBias.for(this.#model).set([...allowed] as Token[], { logit: this.#boost });
    }
    return this.#bias;
  }

  /** Outside a span nearly all ids are allowed: the others are lowered. */
  #without(allowed: Int32Array, vocabSize: number): TokenBias {
    const refused: Token[] = [];
    let next = 0;
    for (let id = 0; id < vocabSize; id++) {
      if (allowed[next] === id) next++;
      else refused.push(id as Token);
    }
    return TokenBias.for(this.#model).set(refused, { logit: -this.#boost });
  }

  /** Changes no logit. */
  get none(): TokenBias {
    return this.#none;
  }
}

function sameIds(a: Int32Array, b: Int32Array): boolean {
  return a.length === b.length && a.every((id, i) => id === b[i]);
}
