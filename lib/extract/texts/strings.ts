import type { Characters } from "../../schema/regular/characters.js";
import { CONTROL_LIMIT, ESCAPES, type EscapePrefix } from "../json/escapes.js";
import { nextTextsId, type Texts } from "./texts.js";

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const FIRST_SURROGATE = 0xd800;
const LAST_SURROGATE = 0xdfff;

/** A character of several bytes that is not whole: how many it has, how many are missing, and the bits that are there. */
interface Partial {
  readonly bytes: number;
  readonly missing: number;
  readonly bits: number;
}

/** Where in a string: before it, after it, between characters, or inside one or its escape sequence. */
interface State {
  readonly characters: number;
  readonly place: "before" | "between" | "after" | Partial | EscapePrefix;
}

/** Code points that are written in so many bytes are at least this. */
const LEAST = [0, 0, 0x80, 0x800, 0x10000];
const LAST = 0x10ffff;

/** Strings as `JSON.stringify` writes them: in one way each. */
export class TextsOfStrings implements Texts<State> {
  readonly id = nextTextsId();
  readonly isWide = true;
  readonly start: State;
  readonly #characters: Characters;

  constructor(characters: Characters) {
    this.#characters = characters;
    this.start = { characters: characters.start, place: "before" };
  }

  step({ characters, place }: State, byte: number): State | null {
    if (place === "before") return byte === QUOTE ? { characters, place: "between" } : null;
    if (place === "after") return null;
    if (place !== "between") {
      return "missing" in place ? this.#continue(characters, place, byte) : this.#escape(characters, place, byte);
    }
    if (byte === QUOTE) return this.#characters.accepts(characters) ? { characters, place: "after" } : null;
    if (byte === BACKSLASH) return this.#reach(characters, ESCAPES);
    if (byte < CONTROL_LIMIT) return null;
    if (byte < 0x80) return this.#take(characters, byte);
    return this.#begin(characters, byte);
  }

  accepts({ place }: State): boolean {
    return place === "after";
  }

  isEnd({ place }: State): boolean {
    return place === "after";
  }

  onlyByte({ place }: State): number {
    return place === "before" ? QUOTE : -1;
  }

  key({ characters, place }: State, horizon: number): string {
    const alike = this.#characters.alike(characters, horizon);
    if (typeof place === "string") return `${place} ${alike}`;
    return "missing" in place
      ? `${place.bytes} ${place.missing} ${place.bits} ${alike}`
      : `escape ${place.id} ${alike}`;
  }

  count({ characters, place }: State, limit: number): number {
    if (place === "after") return 1;
    if (typeof place === "string") return this.#characters.count(characters, limit);
    if ("missing" in place) return this.#countVia(characters, place, limit);
    const ways = place.points.reduce(
      (sum, point) => sum + this.#characters.countVia(characters, point, point, limit),
      0,
    );
    return Math.min(ways, limit);
  }

  #take(characters: number, point: number): State | null {
    const next = this.#characters.next(characters, point);
    return next < 0 ? null : { characters: next, place: "between" };
  }

  #escape(characters: number, { next }: EscapePrefix, byte: number): State | null {
    const prefix = next.get(byte);
    return prefix === undefined ? null : this.#reach(characters, prefix);
  }

  /** An escape sequence as far as it has come, where some character that it may be can be taken. */
  #reach(characters: number, prefix: EscapePrefix): State | null {
    if (prefix.next.size === 0) return this.#take(characters, prefix.points[0]);
    const isLive = prefix.points.some((point) => this.#characters.next(characters, point) >= 0);
    return isLive ? { characters, place: prefix } : null;
  }

  #begin(characters: number, byte: number): State | null {
    if (byte < 0xc2 || byte > 0xf4) return null;
    const bytes = byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
    return this.#partial(characters, { bytes, missing: bytes - 1, bits: byte & (0x7f >> bytes) });
  }

  #continue(characters: number, { bytes, missing, bits }: Partial, byte: number): State | null {
    if ((byte & 0xc0) !== 0x80) return null;
    const more = (bits << 6) | (byte & 0x3f);
    if (missing > 1) return this.#partial(characters, { bytes, missing: missing - 1, bits: more });
    const isCharacter = more >= LEAST[bytes] && more <= LAST && (more < FIRST_SURROGATE || more > LAST_SURROGATE);
    return isCharacter ? this.#take(characters, more) : null;
  }

  #partial(characters: number, place: Partial): State | null {
    return this.#countVia(characters, place, 1) > 0 ? { characters, place } : null;
  }

  #countVia(characters: number, { bytes, missing, bits }: Partial, limit: number): number {
    const from = Math.max(bits << (6 * missing), LEAST[bytes]);
    const to = Math.min(((bits + 1) << (6 * missing)) - 1, LAST);
    if (from > to || (from >= FIRST_SURROGATE && to <= LAST_SURROGATE)) return 0;
    return this.#characters.countVia(characters, from, to, limit);
  }
}
