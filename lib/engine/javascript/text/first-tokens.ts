import { differenceOf, unionOf } from "../../ascending.js";

/** Finds the tokens that may come first in quotes that start in [from, to), ascending. */
export type CollectFirst = (from: number, to: number) => Int32Array;

/** The tokens that may come first in quotes that start in a settled part of a text. */
export interface SettledTokens {
  /** Where the part ends. A run starts here, so that nothing that is appended changes what comes first before. */
  readonly end: number;
  /** Ascending. */
  readonly tokens: Int32Array;
}

/** The same, the tokens told by their difference from a set that is kept elsewhere. */
interface SettledDifference {
  readonly end: number;
  readonly added: Int32Array;
  readonly missing: Int32Array;
}

const NO_TOKENS = new Int32Array(0);
export const NOTHING_SETTLED: SettledTokens = { end: 0, tokens: NO_TOKENS };

/** What is known of the tokens that may come first in quotes of a growing text, by the options of the quotes. */
export class FirstTokens {
  readonly #settled = new Map<string, SettledDifference>();
  /** Those of all quotes, as long as the text does not change. */
  readonly #all = new Map<string, Int32Array>();
  /** What the texts that go on after this one tell their sets from. */
  readonly #references = new Map<string, Int32Array>();

  /**
   * The tokens of quotes that start before the last run does. What is known is not looked at again.
   * @param start where nothing is known
   * @param before the text that this one goes on after: what is kept here is small where both have the same tokens
   */
  settle(
    options: string,
    start: SettledTokens,
    lastRunStart: number,
    collect: CollectFirst,
    before: FirstTokens | null = null,
  ): SettledTokens {
    const known = this.#read(options, before) ?? start;
    if (lastRunStart <= known.end) return known;
    const settled = { end: lastRunStart, tokens: unionOf(known.tokens, collect(known.end, lastRunStart)) };
    const reference = before === null ? NO_TOKENS : before.#reference(options, settled.tokens);
    this.#settled.set(options, {
      end: settled.end,
      added: differenceOf(settled.tokens, reference),
      missing: differenceOf(reference, settled.tokens),
    });
    return settled;
  }

  /** The tokens of all quotes, which `collect` finds where they are not known. */
  all(options: string, collect: () => Int32Array): Int32Array {
    let all = this.#all.get(options);
    if (all === undefined) this.#all.set(options, (all = collect()));
    return all;
  }

  /** The text changed behind the first `length` bytes. */
  keep(length: number): void {
    this.#all.clear();
    for (const [options, { end }] of this.#settled) if (end > length) this.#settled.delete(options);
  }

  #read(options: string, before: FirstTokens | null): SettledTokens | undefined {
    const known = this.#settled.get(options);
    if (known === undefined) return undefined;
    const reference = before === null ? NO_TOKENS : before.#reference(options, NO_TOKENS);
    return { end: known.end, tokens: unionOf(differenceOf(reference, known.missing), known.added) };
  }

  /** The set for these options that others are told from: always the first one that there was. */
  #reference(options: string, tokens: Int32Array): Int32Array {
    let reference = this.#references.get(options);
    if (reference === undefined) this.#references.set(options, (reference = tokens));
    return reference;
  }
}
