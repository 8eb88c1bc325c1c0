import type { Narrowing, Texts } from "./texts.js";

/** What is written of a text, and which of those that are left out begin so. */
interface State<Inner> {
  readonly inner: Inner;
  /** A character per byte. */
  readonly text: string;
  readonly left: readonly string[];
}

/** The texts of a set but a few, which are in it: keys and items that must not come twice. */
export class TextsWithout<Inner> implements Texts<State<Inner>> {
  readonly id: string;
  readonly isWide = false;
  readonly start: State<Inner>;
  readonly #texts: Texts<Inner>;

  /** @param without a character per byte */
  constructor(texts: Texts<Inner>, without: readonly string[]) {
    this.#texts = texts;
    this.id = `${texts.id}-`;
    this.start = { inner: texts.start, text: "", left: without.filter((text) => isOneOf(text, texts)) };
  }

  /** Whether any text is left. */
  get isEmpty(): boolean {
    return !this.#isLive(this.start.inner, this.start.left);
  }

  step({ inner, text, left }: State<Inner>, byte: number): State<Inner> | null {
    const next = this.#texts.step(inner, byte);
    if (next === null) return null;
    const still = left.filter((one) => one.charCodeAt(text.length) === byte);
    return this.#isLive(next, still) ? { inner: next, text: text + String.fromCharCode(byte), left: still } : null;
  }

  accepts({ inner, text, left }: State<Inner>): boolean {
    return this.#texts.accepts(inner) && !left.includes(text);
  }

  isEnd({ inner }: State<Inner>): boolean {
    return this.#texts.isEnd(inner);
  }

  onlyByte({ inner }: State<Inner>): number {
    return this.#texts.onlyByte(inner);
  }

  key({ text }: State<Inner>): string {
    return text;
  }

  count({ inner, left }: State<Inner>, limit: number): number {
    return Math.min(limit, this.#texts.count(inner, limit + left.length) - left.length);
  }

  narrow({ inner, text, left }: State<Inner>): Narrowing {
    return { of: this.#texts as Texts, state: inner, without: left.map((one) => one.slice(text.length)) };
  }

  #isLive(inner: Inner, left: readonly string[]): boolean {
    return this.#texts.count(inner, left.length + 1) > left.length;
  }
}

function isOneOf<State>(text: string, texts: Texts<State>): boolean {
  let state: State | null = texts.start;
  for (let i = 0; i < text.length && state !== null; i++) state = texts.step(state, text.charCodeAt(i));
  return state !== null && texts.accepts(state);
}
