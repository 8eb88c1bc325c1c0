const START = "<recall>";
const END = "</recall>";

/**
 * Text mode by its definition, over strings with a character per byte: what was generated is looked for in the
 * documents as a whole, at every step. For documents without tags in them, of which alone something is quoted.
 */
export class TextQuoting {
  readonly #documents: readonly string[];
  /** What was generated since the last quote, as far as it may be part of an opening tag. */
  #plain = "";
  /** What was generated since the opening tag; `null` outside a quote. */
  #quoted: string | null = null;
  readonly quotes: string[] = [];

  constructor(documents: readonly string[]) {
    this.#documents = documents.map((document) => byteString(new TextEncoder().encode(document)));
  }

  get inSpan(): boolean {
    return this.#quoted !== null;
  }

  /** The part of a tag that is due next: the opening one outside a quote, the closing one inside. */
  get dueTag(): string {
    const [tag, text] = this.#quoted === null ? [START, this.#plain] : [END, this.#quoted];
    let written = Math.min(tag.length - 1, text.length);
    while (!text.endsWith(tag.slice(0, written))) written--;
    return tag.slice(written);
  }

  /** Whether a token with these bytes may come next; without bytes, none may inside a quote. */
  allows(token: string): boolean {
    if (this.#quoted !== null) return token !== "" && this.#isQuotable(this.#quoted + token);
    const opened = (this.#plain + token).indexOf(START);
    return opened === -1 || this.#isQuotable((this.#plain + token).slice(opened + START.length));
  }

  accept(token: string): void {
    if (this.#quoted === null) this.#open(token);
    else this.#quoted += token;
    const closed = this.#quoted?.indexOf(END) ?? -1;
    if (this.#quoted === null || closed === -1) return;
    this.quotes.push(this.#quoted.slice(0, closed));
    this.#quoted = null;
    this.#plain = "";
  }

  #open(token: string): void {
    const plain = token === "" ? "" : this.#plain + token;
    const opened = plain.indexOf(START);
    if (opened === -1) this.#plain = plain.slice(1 - START.length);
    else this.#quoted = plain.slice(opened + START.length);
  }

  /** Whether this may stand after an opening tag: text of a document, or a quote and the beginning of the closing tag. */
  #isQuotable(text: string): boolean {
    if (this.#stands(text, false)) return true;
    for (let length = 1; length <= Math.min(END.length, text.length); length++) {
      const quote = text.slice(0, text.length - length);
      if (text.endsWith(END.slice(0, length)) && this.#stands(quote, true)) return true;
    }
    return false;
  }

  /** Whether it stands in a document from a character's edge, and where it must, to one. */
  #stands(quote: string, whole: boolean): boolean {
    if (quote === "") return true;
    return this.#documents.some((document) => {
      for (let at = document.indexOf(quote); at !== -1; at = document.indexOf(quote, at + 1)) {
        if (isEdge(document, at) && (!whole || isEdge(document, at + quote.length))) return true;
      }
      return false;
    });
  }
}

/** A character of the byte's number for each byte. */
export function byteString(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}

/** What {@link byteString} was made of, as text. */
export function textOf(bytes: string): string {
  return new TextDecoder("utf-8", { fatal: true }).decode(Uint8Array.from(bytes, (byte) => byte.charCodeAt(0)));
}

/** Whether no character of UTF-8 goes on here. */
function isEdge(document: string, at: number): boolean {
  return at === document.length || (document.charCodeAt(at) & 0xc0) !== 0x80;
}
