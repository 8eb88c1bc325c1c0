import { ceilTo, EXACT_DIGITS, leastMultiple, type NumberRange } from "./number-range.js";

/** Integers have at most so many digits. */
const INTEGER_DIGITS = String(Number.MAX_SAFE_INTEGER).length;

/** What a number may look like while it is written. */
const PARTIAL = /^(-?)(?:(0|[1-9]\d*)(\.\d*)?([eE][+-]?\d{0,2})?)?$/;
const FIRST_DIGITS = Array.from("0123456789");

/** How the numbers of a range are written. */
export class NumberTexts {
  readonly #range: NumberRange;
  /** At index `digits`: what numbers with so many digits behind the point are multiples of. */
  readonly #steps: readonly bigint[];

  constructor(range: NumberRange) {
    this.#range = range;
    const digits = range.isInteger ? 0 : EXACT_DIGITS;
    this.#steps = Array.from({ length: digits + 1 }, (_, behind) =>
      leastMultiple(range.step, 10n ** BigInt(range.scale - (range.isInteger ? range.scale : behind))),
    );
  }

  /** Whether a number of the range is written like this, or goes on from it. */
  begins(text: string): boolean {
    const match = PARTIAL.exec(text);
    if (match === null) return false;
    const [, sign, whole, behind, exponent] = match as (string | undefined)[];
    if (whole === undefined) {
      const signs = sign === "-" ? ["-"] : ["", "-"];
      return signs.some((one) => FIRST_DIGITS.some((digit) => this.#beginsWhole(digit, one)));
    }
    if (exponent !== undefined) {
      const digits = whole + (behind ?? "").slice(1);
      const isZero = /^0+$/.test(digits);
      return this.#range.isFree && behind !== "." && digits.length <= EXACT_DIGITS && !(isZero && sign === "-");
    }
    return behind === undefined ? this.#beginsWhole(whole, sign!) : this.#beginsFraction(whole, behind.slice(1), sign!);
  }

  /** Whether the text is a number of the range. */
  accepts(text: string): boolean {
    if (!/\d$/.test(text)) return false;
    const [, sign, whole, behind = ".", exponent] = PARTIAL.exec(text)!;
    if (exponent !== undefined) return true;
    const units = this.#units(whole, behind.slice(1));
    return this.#has(units, units, sign, this.#range.step);
  }

  /** How many numbers go on from a text or are written so, `limit` at most: told of integers only. */
  count(text: string, limit: number): number {
    if (!this.#range.isInteger) return limit;
    let found = this.accepts(text) ? 1 : 0;
    for (const next of text === "" ? ["-", ...FIRST_DIGITS] : FIRST_DIGITS) {
      if (found >= limit) break;
      if (this.begins(text + next)) found += this.count(text + next, limit - found);
    }
    return Math.min(found, limit);
  }

  /** With more digits before the point, or behind it. */
  #beginsWhole(whole: string, sign: string): boolean {
    const { isInteger, scale } = this.#range;
    const most = whole === "0" ? 0 : (isInteger ? INTEGER_DIGITS : EXACT_DIGITS) - whole.length;
    for (let more = 0; more <= most; more++) {
      const low = this.#units(whole + "0".repeat(more), "");
      const digits = BigInt(more + (isInteger ? 0 : scale));
      const high = low + (isInteger ? (10n ** digits - 1n) * 10n ** BigInt(scale) : 10n ** digits - 1n);
      if (this.#has(low, high, sign, this.#steps[digitsBehind(whole, more, isInteger)])) return true;
    }
    return false;
  }

  #beginsFraction(whole: string, behind: string, sign: string): boolean {
    const { isInteger, scale } = this.#range;
    const most = digitsBehind(whole, 0, isInteger);
    if (isInteger || behind.length > most || most === 0) return false;
    const low = this.#units(whole, behind);
    return this.#has(low, low + 10n ** BigInt(scale - behind.length) - 1n, sign, this.#steps[most]);
  }

  /** Whether a multiple of `step` is in the range whose size is in [low, high]. */
  #has(low: bigint, high: bigint, sign: string, step: bigint): boolean {
    const { min, max } = this.#range;
    // There is no negative zero.
    const [least, most] = sign === "-" ? [-max > 0n ? -max : 1n, -min] : [min > 0n ? min : 0n, max];
    return ceilTo(low > least ? low : least, step) <= (high < most ? high : most);
  }

  #units(whole: string, behind: string): bigint {
    return BigInt(whole + behind) * 10n ** BigInt(this.#range.scale - behind.length);
  }
}

/** How many digits may stand behind the point, after so many more before it. */
function digitsBehind(whole: string, more: number, isInteger: boolean): number {
  if (isInteger) return 0;
  return whole === "0" ? EXACT_DIGITS : EXACT_DIGITS - whole.length - more;
}
