import { checked, failureOf } from "./native-failure.js";
import { Failure, JSON_ESCAPED, NEW_RUN, NO_HANDLE, UNSEARCHABLE } from "./native-addon.js";
import type { NativeHandles } from "./native-handles.js";
import { NativeTextMatcher } from "./native-text-matcher.js";
import { loadNativeEngine } from "./native.js";
import type { EngineTextContext, EngineTextMatcher, TextAppendOptions, TextEngine } from "./text-engine.js";
import type { EngineVocabulary } from "./token-table.js";

/** Places of a quote for which room is made at once. */
const SOURCES = 64;

/** A context of text in the addon. Matchers over it outlive its `close`. */
class NativeTextContext implements EngineTextContext {
  readonly #handles: NativeHandles;
  #context: number;

  /** Takes ownership of `context`. */
  constructor(handles: NativeHandles, context: number) {
    this.#handles = handles;
    this.#context = context;
    handles.contexts.register(this, context, this);
  }

  get length(): number {
    return checked(this.#handles.addon.contextLength(this.#context), "read the length of the context");
  }

  get bytes(): number {
    return checked(this.#handles.addon.contextBytes(this.#context), "read the size of the context");
  }

  append(text: Uint8Array, { searchable, newRun, json, edges }: TextAppendOptions): void {
    const flags = (searchable ? 0 : UNSEARCHABLE) | (newRun ? NEW_RUN : 0) | (json ? JSON_ESCAPED : 0);
    checked(this.#handles.addon.appendText(this.#context, text, edges, flags), "append text");
  }

  truncate(length: number): void {
    checked(this.#handles.addon.truncateContext(this.#context, length), "truncate the context");
  }

  read(start: number, end: number): Uint8Array {
    const bytes = new Uint8Array(end - start);
    checked(this.#handles.addon.readText(this.#context, start, bytes), "read text");
    return bytes;
  }

  fork(): EngineTextContext {
    const fork = checked(this.#handles.addon.forkContext(this.#context), "fork the context");
    return new NativeTextContext(this.#handles, fork);
  }

  compact(): void {
    checked(this.#handles.addon.compactContext(this.#context), "compact the context");
  }

  matcher(): EngineTextMatcher {
    return new NativeTextMatcher(this.#handles, this.#context);
  }

  find(quote: Uint8Array, ranges: Int32Array | null, limit: number): Int32Array {
    for (let room = Math.min(limit, SOURCES); ; room = Math.min(limit, room * SOURCES)) {
      const starts = new Int32Array(room);
      const count = checked(this.#handles.addon.findText(this.#context, quote, ranges, starts), "list the sources");
      if (count < room || room === limit) return starts.subarray(0, count);
    }
  }

  /** Does nothing where the context is closed. */
  close(): void {
    this.#handles.contexts.unregister(this);
    this.#handles.addon.closeContext(this.#context);
    this.#context = NO_HANDLE;
  }
}

/** A vocabulary in the addon; held as long as the vocabulary it was made of. */
class NativeVocabulary {
  readonly #handle: number;

  constructor(handles: NativeHandles, { vocabSize, offsets, bytes }: EngineVocabulary) {
    const handle = handles.addon.createVocabulary(vocabSize, offsets, bytes);
    this.#handle = checked(handle, "read the vocabulary");
    handles.vocabularies.register(this, this.#handle);
  }

  createContext(handles: NativeHandles): EngineTextContext {
    const context = handles.addon.createTextContext(this.#handle);
    if (context === Failure.CLOSED) throw failureOf(context, "create a context");
    return new NativeTextContext(handles, checked(context, "create a context"));
  }
}

class NativeTextEngine implements TextEngine {
  readonly name = "native";
  readonly #handles: NativeHandles;
  readonly #vocabularies = new WeakMap<EngineVocabulary, NativeVocabulary>();

  constructor(handles: NativeHandles) {
    this.#handles = handles;
  }

  createTextContext(vocabulary: EngineVocabulary): EngineTextContext {
    let native = this.#vocabularies.get(vocabulary);
    if (native === undefined) {
      this.#vocabularies.set(vocabulary, (native = new NativeVocabulary(this.#handles, vocabulary)));
    }
    return native.createContext(this.#handles);
  }

  findText(context: EngineTextContext, quote: Uint8Array, ranges: Int32Array | null, limit: number): Int32Array {
    return (context as NativeTextContext).find(quote, ranges, limit);
  }
}

let engine: NativeTextEngine | undefined;

/**
 * The text engine of the addon.
 * @throws RecallError `BACKEND_UNAVAILABLE` where no addon can be loaded
 */
export function loadNativeTextEngine(): TextEngine {
  return (engine ??= new NativeTextEngine(loadNativeEngine().handles));
}
