import type { Random } from "../../support/random.js";
import type { Wish } from "./web-llm-pipeline.js";
import type { TextQuoting } from "./text-quoting.js";

/** A model that likes to write tags, in whatever tokens spell them, and otherwise writes anything. */
export class TagWishes {
  readonly #tokens: readonly string[];
  readonly #random: Random;
  /** Tokens that go on with a tag, and those that go on past it, by the part of the tag that is due. */
  readonly #towards = new Map<string, { within: number[]; past: number[] }>();

  /** @param tokens a character per byte; empty where a token has none */
  constructor(tokens: readonly string[], random: Random) {
    this.#tokens = tokens;
    this.#random = random;
  }

  next({ inSpan, dueTag }: TextQuoting): Wish {
    if (!this.#random.chance(inSpan ? 0.4 : 0.95)) return undefined;
    const { within, past } = this.#goingOn(dueTag);
    if (past.length > 0 && this.#random.chance(0.1)) return this.#random.pick(past);
    // The longer of two: short tokens are many.
    const [one, other] = [this.#random.pick(within), this.#random.pick(within)];
    return this.#tokens[one].length > this.#tokens[other].length ? one : other;
  }

  #goingOn(tag: string): { within: number[]; past: number[] } {
    let ids = this.#towards.get(tag);
    if (ids === undefined) {
      this.#towards.set(tag, (ids = { within: [], past: [] }));
      for (const [id, token] of this.#tokens.entries()) {
        if (token !== "" && tag.startsWith(token)) ids.within.push(id);
        else if (token.startsWith(tag)) ids.past.push(id);
      }
    }
    return ids;
  }
}
