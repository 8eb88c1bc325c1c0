import type { NumberRange } from "../../schema/number-range.js";
import { NumberTexts } from "../../schema/number-texts.js";
import { nextTextsId, type Texts } from "./texts.js";

/** All that a number is written with. */
const SIGNS = Array.from("0123456789.eE+-");

/** The numbers of a range; a state is what is written of one. */
export class TextsOfNumbers implements Texts<string> {
  readonly id = nextTextsId();
  readonly isWide = false;
  readonly start = "";
  readonly #texts: NumberTexts;

  constructor(range: NumberRange) {
    this.#texts = new NumberTexts(range);
  }

  step(text: string, byte: number): string | null {
    const longer = text + String.fromCharCode(byte);
    return this.#texts.begins(longer) ? longer : null;
  }

  accepts(text: string): boolean {
    return this.#texts.accepts(text);
  }

  isEnd(text: string): boolean {
    return !SIGNS.some((sign) => this.#texts.begins(text + sign));
  }

  onlyByte(): number {
    return -1;
  }

  key(text: string): string {
    return text;
  }

  count(text: string, limit: number): number {
    return this.#texts.count(text, limit);
  }
}
