const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPENING: ReadonlySet<number> = new Set(Buffer.from("[{"));
const CLOSING: ReadonlySet<number> = new Set(Buffer.from("]}"));
/** What ends a number, `true`, `false` or `null`, and is not part of it. */
const AFTER: ReadonlySet<number> = new Set(Buffer.from(" \t\n\r,]}"));

/** Finds where a JSON value ends, while its bytes come. */
export class ValueEnd {
  #depth = 0;
  #inString = false;
  #escaped = false;
  #started = false;

  /** @returns the offset in `bytes` just after the value's end; `null` where it goes on */
  find(bytes: Uint8Array): number | null {
    for (let at = 0; at < bytes.length; at++) {
      const byte = bytes[at];
      if (this.#inString) {
        if (this.#readInString(byte) && this.#depth === 0) return at + 1;
      } else if (this.#started && this.#depth === 0 && AFTER.has(byte)) return at;
      else if (this.#read(byte)) return at + 1;
    }
    return null;
  }

  /** @returns whether the string ends here */
  #readInString(byte: number): boolean {
    if (this.#escaped) this.#escaped = false;
    else if (byte === BACKSLASH) this.#escaped = true;
    else if (byte === QUOTE) this.#inString = false;
    return !this.#inString;
  }

  /** @returns whether the outermost array or object ends here */
  #read(byte: number): boolean {
    this.#started = true;
    if (byte === QUOTE) this.#inString = true;
    else if (OPENING.has(byte)) this.#depth++;
    else if (CLOSING.has(byte)) return --this.#depth === 0;
    return false;
  }
}
