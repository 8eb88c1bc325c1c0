import type { QuotePlan } from "../../schema/plan/plan.js";
import type { Texts } from "./texts.js";

/** What comes after a piece of JSON text. */
export interface Continuation {
  /** Of those that go on alike from one place of the text. */
  readonly key: string;
  /** Adds what may come next. `text`: the piece that ended, a character per byte, where that is kept. */
  follow(reading: Reading, text: string): void;
}

/** A quote that may begin here, behind its opening mark. */
export interface QuoteStart {
  readonly plan: QuotePlan;
  readonly then: Continuation;
}

/** One way in which the text so far may be meant, but for quotes. */
export interface Thread {
  /** Of those that go on alike. */
  readonly key: string;
  /** Adds what may come after a byte: nothing where the thread does not go on with it. */
  step(byte: number, reading: Reading): void;
  /** The only byte with which it goes on; -1 where there may be several. */
  onlyByte(): number;
}

/** All the ways in which the text up to one place may be meant. */
export class Reading {
  readonly quotes: QuoteStart[] = [];
  /** Whether the text may end here. */
  isWhole = false;
  readonly #threads = new Map<string, Thread>();

  get threads(): Iterable<Thread> {
    return this.#threads.values();
  }

  get threadCount(): number {
    return this.#threads.size;
  }

  /** Whether the text goes on nowhere from here. */
  get isEmpty(): boolean {
    return this.#threads.size === 0 && this.quotes.length === 0 && !this.isWhole;
  }

  add(thread: Thread): void {
    if (!this.#threads.has(thread.key)) this.#threads.set(thread.key, thread);
  }

  addQuote(start: QuoteStart): void {
    if (!this.quotes.some(({ then }) => then.key === start.then.key)) this.quotes.push(start);
  }

  /** The only byte with which all threads go on; -1 where there may be several. */
  onlyByte(): number {
    let only = -1;
    for (const thread of this.#threads.values()) {
      const byte = thread.onlyByte();
      if (byte < 0 || (only >= 0 && byte !== only)) return -1;
      only = byte;
    }
    return this.isWhole ? -1 : only;
  }

  /** What may come after one more byte. */
  after(byte: number): Reading {
    const next = new Reading();
    for (const thread of this.#threads.values()) thread.step(byte, next);
    return next;
  }
}

/** White space behind a text that is whole: a token that begins with it ends a number. */
const TRAILING: Thread = {
  key: "trailing",
  step: (byte, reading) => {
    if (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09) TEXT_END.follow(reading, "");
  },
  onlyByte: () => -1,
};

/** The end of all text. */
export const TEXT_END: Continuation = {
  key: "end",
  follow: (reading) => {
    reading.isWhole = true;
    reading.add(TRAILING);
  },
};

/** Fixed text: marks and keys. */
export class FixedThread implements Thread {
  readonly key: string;
  readonly #text: Uint8Array;
  readonly #then: Continuation;
  readonly #at: number;
  readonly #name: string;

  /** @param at what was read of the text, which is not empty */
  constructor(text: Uint8Array, then: Continuation, at = 0, name = text.join()) {
    this.#text = text;
    this.#then = then;
    this.#at = at;
    this.#name = name;
    this.key = `${name} ${at} ${then.key}`;
  }

  step(byte: number, reading: Reading): void {
    if (this.onlyByte() !== byte) return;
    const at = this.#at + 1;
    if (at < this.#text.length) reading.add(new FixedThread(this.#text, this.#then, at, this.#name));
    else this.#then.follow(reading, "");
  }

  onlyByte(): number {
    return this.#text[this.#at];
  }
}

/** One text of a set. */
export class TextThread<State> implements Thread {
  readonly key: string;
  readonly texts: Texts<State>;
  readonly state: State;
  readonly then: Continuation;
  readonly #read: string | null;

  /** @param read what was read of the text, a character per byte, where that is kept for what follows */
  constructor(texts: Texts<State>, then: Continuation, read: string | null, state = texts.start) {
    this.texts = texts;
    this.then = then;
    this.state = state;
    this.#read = read;
    this.key = this.keyFor(Infinity);
  }

  step(byte: number, reading: Reading): void {
    const state = this.texts.step(this.state, byte);
    if (state === null) return;
    const read = this.#read === null ? null : this.#read + String.fromCharCode(byte);
    if (this.texts.accepts(state)) this.then.follow(reading, read ?? "");
    if (!this.texts.isEnd(state)) reading.add(new TextThread(this.texts, this.then, read, state));
  }

  onlyByte(): number {
    return this.texts.accepts(this.state) ? -1 : this.texts.onlyByte(this.state);
  }

  /** Whether what follows is told the text. */
  get keepsText(): boolean {
    return this.#read !== null;
  }

  /** Equal for threads that go on alike for `horizon` bytes. */
  keyFor(horizon: number): string {
    return `${this.texts.id} ${this.texts.key(this.state, horizon)} ${this.then.key}`;
  }

  /** What may come behind the text, where it ends after these bytes. */
  behind(bytes: string): Reading {
    const reading = new Reading();
    this.then.follow(reading, this.#read === null ? "" : this.#read + bytes);
    return reading;
  }
}
