import { TokenBias, type LlamaModel, type Token } from "node-llama-cpp";
import type { AnySession } from "../shared/any-session.js";

/**
 * What is added to the allowed logits. It has to exceed the spread of a model's logits (below 100 in the models we
 * know) plus about forty times the temperature; the larger it is, the more digits of a logit it rounds away: 500
 * keeps probabilities exact to 1.5e-5, and a spread that exceeds it is noticed token by token (`NOT_ENFORCED`).
 */
export const DEFAULT_BOOST = 500;

/** Allowed ids, and the bias that keeps to them. */
export interface Raised {
  readonly ids: Int32Array;
  readonly bias: TokenBias;
}

/**
 * The allowed set of an open span as a `TokenBias`: it raises the allowed logits by one constant that no other logit
 * reaches, which leaves the proportions among them as they were. (Banning the rest costs forty times as much, and
 * `TokenBias` refuses to ban end-of-generation tokens.)
 *
 * Making such an object for ten thousand ids takes longer than sampling does, and the set at a span's start, the widest
 * one, is the same for span after span: it is kept, and so is the last.
 */
export class AllowedBias {
  /** Changes no logit. */
  readonly none: TokenBias;
  readonly #model: LlamaModel;
  readonly #boost: number;
  #last: Raised;
  #widest: Raised;

  constructor(model: LlamaModel, boost: number) {
    this.#model = model;
    this.#boost = boost;
    this.none = TokenBias.for(model);
    this.#last = this.#widest = { ids: new Int32Array(0), bias: this.none };
  }

  /** The bias for the session's next token; `null` where every token may come. */
  next(session: AnySession): TokenBias | null {
    const allowed = session.allowed();
    if (allowed === null) return null;
    return session.inSpan ? this.inSpan(allowed).bias : this.#without(allowed, session.vocabSize);
  }

  /** The bias for the ids that are allowed in an open span, and these in an array of their own. */
  inSpan(allowed: Int32Array): Raised {
    if (!sameIds(allowed, this.#last.ids)) {
      this.#last = sameIds(allowed, this.#widest.ids) ? this.#widest : this.#raise(allowed.slice());
      if (this.#last.ids.length >= this.#widest.ids.length) this.#widest = this.#last;
    }
    return this.#last;
  }

  #raise(ids: Int32Array): Raised {
    return { ids, bias: raise(this.#model, ids, this.#boost) };
  }

  /** Outside a span nearly all ids are allowed: the others are lowered. That is for one token, so it is not kept. */
  #without(allowed: Int32Array, vocabSize: number): TokenBias {
    return lower(this.#model, missingFrom(allowed, vocabSize), this.#boost);
  }
}

/** A bias that raises these ids. */
export function raise(model: LlamaModel, ids: Int32Array, boost: number): TokenBias {
  return TokenBias.for(model).set([...ids] as Token[], { logit: boost });
}

/** A bias that lowers these ids, but for those that end a generation, which `TokenBias` leaves as they are. */
export function lower(model: LlamaModel, ids: readonly Token[], boost: number): TokenBias {
  return TokenBias.for(model).set(ids as Token[], { logit: -boost });
}

/** The ids that are not in a set, which is ascending. */
export function missingFrom(ids: Int32Array, vocabSize: number): Token[] {
  const missing: Token[] = [];
  let next = 0;
  for (let id = 0; id < vocabSize; id++) {
    if (ids[next] === id) next++;
    else missing.push(id as Token);
  }
  return missing;
}

/** Whether two sets, both ascending, are one. */
export function sameIds(a: Int32Array, b: Int32Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
