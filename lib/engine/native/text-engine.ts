import { JSON_ESCAPED, NEW_RUN, UNSEARCHABLE } from "./addon.js";
import { checked } from "./failure.js";
import type { NativeHandles } from "./handles.js";
import { NativeSequence, readPlaces } from "./sequence.js";
import { NativeTextMatcher } from "./text-matcher.js";
import { loadNativeEngine } from "./engine.js";
import type { EngineTextContext, EngineTextMatcher, TextAppendOptions, TextEngine } from "../text-engine.js";
import type { EngineVocabulary } from "../token-table.js";

/** A context of text in the addon. */
class NativeTextContext extends NativeSequence implements EngineTextContext {
  append(text: Uint8Array, { searchable, newRun, json, edges }: TextAppendOptions): void {
    const flags = (searchable ? 0 : UNSEARCHABLE) | (newRun ? NEW_RUN : 0) | (json ? JSON_ESCAPED : 0);
    checked(this.addon.appendText(this.context, text, edges, flags), "append text");
  }

  read(start: number, end: number): Uint8Array {
    const bytes = new Uint8Array(end - start);
    checked(this.addon.readText(this.context, start, bytes), "read text");
    return bytes;
  }

  fork(): EngineTextContext {
    return new NativeTextContext(this.handles, this.forkHandle());
  }

  matcher(): EngineTextMatcher {
    return new NativeTextMatcher(this.handles, this.context);
  }

  find(quote: Uint8Array, ranges: Int32Array | null, limit: number): Int32Array {
    return readPlaces(limit, (starts) => this.addon.findText(this.context, quote, ranges, starts));
  }
}

/** A vocabulary in the addon; held as long as the vocabulary it was made of. */
class NativeVocabulary {
  readonly #handle: number;

  constructor(handles: NativeHandles, { vocabSize, offsets, bytes }: EngineVocabulary) {
    const handle = handles.addon.createVocabulary(vocabSize, offsets, bytes);
    this.#handle = checked(handle, "read the vocabulary");
    handles.ownVocabulary(this.#handle, this);
  }

  createContext(handles: NativeHandles): EngineTextContext {
    const context = checked(handles.addon.createTextContext(this.#handle), "create a context");
    return new NativeTextContext(handles, context);
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
