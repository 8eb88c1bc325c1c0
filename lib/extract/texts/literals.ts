import { nextTextsId, type Texts } from "./texts.js";

/** What some of the texts begin with. */
interface Prefix {
  readonly id: number;
  readonly next: Map<number, Prefix>;
  isText: boolean;
  /** Texts that begin so. */
  count: number;
}

/** A few given texts. */
export class LiteralTexts implements Texts<Prefix> {
  readonly id = nextTextsId();
  readonly isWide = false;
  readonly start: Prefix;
  #prefixes = 0;

  /** @param texts different ones */
  constructor(texts: readonly string[]) {
    this.start = this.#prefix();
    for (const text of texts) {
      let prefix = this.start;
      prefix.count++;
      for (const byte of new TextEncoder().encode(text)) {
        let next = prefix.next.get(byte);
        if (next === undefined) prefix.next.set(byte, (next = this.#prefix()));
        prefix = next;
        prefix.count++;
      }
      prefix.isText = true;
    }
  }

  step(prefix: Prefix, byte: number): Prefix | null {
    return prefix.next.get(byte) ?? null;
  }

  accepts(prefix: Prefix): boolean {
    return prefix.isText;
  }

  isEnd(prefix: Prefix): boolean {
    return prefix.next.size === 0;
  }

  onlyByte(prefix: Prefix): number {
    if (prefix.isText || prefix.next.size !== 1) return -1;
    const [byte] = prefix.next.keys();
    return byte;
  }

  key(prefix: Prefix): string {
    return String(prefix.id);
  }

  count(prefix: Prefix, limit: number): number {
    return Math.min(prefix.count, limit);
  }

  #prefix(): Prefix {
    return { id: this.#prefixes++, next: new Map(), isText: false, count: 0 };
  }
}
