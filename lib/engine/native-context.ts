import type { AppendOptions, EngineContext, EngineMatcher } from "./engine.js";
import { NEW_RUN, NO_HANDLE, UNSEARCHABLE } from "./native-addon.js";
import { checked } from "./native-failure.js";
import { NativeMatcher } from "./native-matcher.js";
import type { NativeHandles } from "./native-handles.js";

/** A context of the addon. Matchers over it outlive its `close`. */
export class NativeContext implements EngineContext {
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

  append(tokens: Int32Array, { searchable, newRun, edges }: AppendOptions): void {
    const flags = (searchable ? 0 : UNSEARCHABLE) | (newRun ? NEW_RUN : 0);
    const { addon } = this.#handles;
    const context = this.#context;
    let result: number;
    if (edges) result = addon.appendTokensWithEdges(context, tokens, edges, flags);
    else if (tokens.length === 1) result = addon.appendToken(context, tokens[0], flags);
    else result = addon.appendTokens(context, tokens, flags);
    checked(result, "append tokens");
  }

  truncate(length: number): void {
    checked(this.#handles.addon.truncateContext(this.#context, length), "truncate the context");
  }

  read(start: number, end: number): Int32Array {
    const tokens = new Int32Array(end - start);
    checked(this.#handles.addon.readContext(this.#context, start, tokens), "read tokens");
    return tokens;
  }

  fork(): EngineContext {
    const fork = checked(this.#handles.addon.forkContext(this.#context), "fork the context");
    return new NativeContext(this.#handles, fork);
  }

  compact(): void {
    checked(this.#handles.addon.compactContext(this.#context), "compact the context");
  }

  matcher(): EngineMatcher {
    return new NativeMatcher(this.#handles, this.#context);
  }

  /** Does nothing where the context is closed. */
  close(): void {
    this.#handles.contexts.unregister(this);
    this.#handles.addon.closeContext(this.#context);
    this.#context = NO_HANDLE;
  }
}
