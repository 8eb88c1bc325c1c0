import { differenceOf, unionOf } from "../engine/ascending.js";
import type { KnownBeginnings } from "./known-beginnings.js";
import { SharedValues } from "./shared-values.js";

/** A set of ids, told by its difference from another one. */
export interface SetDifference {
  readonly added: Int32Array;
  readonly missing: Int32Array;
}

const byContext = new WeakMap<object, SharedValues<SharedOpenings>>();

/**
 * What sessions on one context, and their forks, need not each hold of the tokens that may open a span. All of it is by
 * how many bytes of the opening tag are there.
 */
export class SharedOpenings {
  readonly #known = new Map<number, KnownBeginnings>();
  /** What the sets of refused tokens are told from: each the first one that there was. */
  readonly #references = new Map<number, Int32Array>();

  /**
   * That of all sessions on a context that have the same settings.
   * @param settings what it depends on, as a key
   */
  static of(context: object, settings: string): SharedOpenings {
    const shared = byContext.get(context) ?? new SharedValues();
    byContext.set(context, shared);
    return shared.get(settings, () => new SharedOpenings());
  }

  /** What quotes can begin with in the text that the sessions are built on, which `find` finds where it is not known. */
  known(state: number, find: () => KnownBeginnings): KnownBeginnings {
    const known = this.#known.get(state) ?? find();
    this.#known.set(state, known);
    return known.fork();
  }

  /** What is to be kept of a set of refused tokens. */
  differ(state: number, refused: Int32Array): SetDifference {
    const reference = this.#references.get(state) ?? refused;
    this.#references.set(state, reference);
    return { added: differenceOf(refused, reference), missing: differenceOf(reference, refused) };
  }

  /** The set that has this difference. */
  restore(state: number, { added, missing }: SetDifference): Int32Array {
    return unionOf(differenceOf(this.#references.get(state)!, missing), added);
  }
}
