const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const WHITE_SPACE = /^[\s\u0085]$/;

/** Counts the characters of a JSON string, from behind its opening mark, as its bytes come. */
export class JsonStringScanner {
  /** Characters begun; an escape sequence is one. */
  characters = 0;
  /** Whether one of them is no white space. */
  hasInk = false;
  /** Whether the closing mark was read. */
  isClosed = false;
  /** The escape sequence that is not whole yet, with its backslash; empty between characters. */
  #escape = "";
  /** Bytes that are missing of a character. */
  #missing = 0;
  #point = 0;

  read(byte: number): void {
    if (this.#escape !== "") this.#readEscape(byte);
    else if (this.#missing > 0) this.#readMore(byte);
    else if (byte === QUOTE) this.isClosed = true;
    else this.#begin(byte);
  }

  copy(): JsonStringScanner {
    const copy = new JsonStringScanner();
    copy.characters = this.characters;
    copy.hasInk = this.hasInk;
    copy.isClosed = this.isClosed;
    copy.#escape = this.#escape;
    copy.#missing = this.#missing;
    copy.#point = this.#point;
    return copy;
  }

  #begin(byte: number): void {
    this.characters++;
    if (byte === BACKSLASH) {
      this.#escape = "\\";
      return;
    }
    this.#missing = byte < 0x80 ? 0 : byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3;
    this.#point = this.#missing === 0 ? byte : byte & (0x3f >> this.#missing);
    if (this.#missing === 0) this.#see(String.fromCharCode(byte));
  }

  #readMore(byte: number): void {
    this.#point = (this.#point << 6) | (byte & 0x3f);
    if (--this.#missing === 0) this.#see(String.fromCodePoint(this.#point));
  }

  #readEscape(byte: number): void {
    this.#escape += String.fromCharCode(byte);
    if (this.#escape.length < (this.#escape[1] === "u" ? 6 : 2)) return;
    this.#see(JSON.parse(`"${this.#escape}"`) as string);
    this.#escape = "";
  }

  #see(character: string): void {
    this.hasInk ||= !WHITE_SPACE.test(character);
  }
}
