import { Failure, NO_HANDLE, type NativeAddon } from "./native-addon.js";
import { checked, failureOf } from "./native-failure.js";
import type { NativeHandles } from "./native-handles.js";
import type { EngineTextMatcher, TextSpanOptions } from "./text-engine.js";

/** Sets of at most this many tokens come with the call that makes them; larger ones are fetched. */
const FEW = 64;
const UNKNOWN = -1;
/** The addon counts bytes by int32: no quote is longer. */
const MOST_BYTES = 2 ** 31 - 1;

/** A matcher over text, in the addon. */
export class NativeTextMatcher implements EngineTextMatcher {
  readonly #handles: NativeHandles;
  readonly #addon: NativeAddon;
  #matcher: number;
  /** Shared memory can not be detached: the addon writes here as long as the matcher is open. */
  readonly #ids = new Int32Array(new SharedArrayBuffer(FEW * Int32Array.BYTES_PER_ELEMENT));
  readonly #views: Int32Array[] = [];
  readonly #state = new Int32Array(3);
  #many: Int32Array | undefined;
  #count = UNKNOWN;

  constructor(handles: NativeHandles, context: number) {
    this.#handles = handles;
    this.#addon = handles.addon;
    this.#matcher = checked(handles.addon.createMatcher(context, this.#ids), "create a matcher");
    handles.matchers.register(this, this.#matcher, this);
  }

  get depth(): number {
    return checked(this.#addon.matcherDepth(this.#matcher), "read the depth of a quote");
  }

  get byteLength(): number {
    return this.#readState()[0];
  }

  get closedAt(): number {
    return this.#readState()[1];
  }

  begin({ ranges, tag, minBytes, maxBytes }: TextSpanOptions): void {
    const most = Math.min(maxBytes, MOST_BYTES);
    checked(this.#addon.beginText(this.#matcher, ranges, tag, Math.min(minBytes, most), most), "begin a quote");
    this.#count = UNKNOWN;
  }

  advance(token: number): boolean {
    return this.#moved(this.#addon.advance(this.#matcher, token));
  }

  advanceBytes(bytes: Uint8Array): boolean {
    if (!this.#moved(this.#addon.advanceBytes(this.#matcher, bytes))) return false;
    this.#count = UNKNOWN;
    return true;
  }

  rewind(depth: number): void {
    checked(this.#addon.rewind(this.#matcher, depth), "rewind a quote");
    this.#count = UNKNOWN;
  }

  allows(token: number): boolean {
    return checked(this.#addon.allows(this.#matcher, token), "look up a continuation") === 1;
  }

  allowed(): Int32Array {
    const verb = "list the continuations";
    if (this.#count === UNKNOWN) this.#count = checked(this.#addon.continuations(this.#matcher), verb);
    const count = this.#count;
    if (count <= FEW) return (this.#views[count] ??= this.#ids.subarray(0, count));
    if (this.#many === undefined || this.#many.length < count) {
      this.#many = new Int32Array(2 ** Math.ceil(Math.log2(count)));
    }
    checked(this.#addon.copyContinuations(this.#matcher, this.#many), verb);
    return this.#many.subarray(0, count);
  }

  mayEnd(): boolean {
    return this.#readState()[2] === 1;
  }

  draft(max: number, latest: boolean): Int32Array {
    const tokens = new Int32Array(max);
    const count = checked(this.#addon.draft(this.#matcher, tokens, latest ? 1 : 0), "draft");
    return tokens.subarray(0, count);
  }

  /** Does nothing where the matcher is closed. */
  close(): void {
    this.#count = UNKNOWN;
    this.#handles.matchers.unregister(this);
    this.#addon.closeMatcher(this.#matcher);
    this.#matcher = NO_HANDLE;
  }

  #moved(result: number): boolean {
    if (result === Failure.NOT_ALLOWED) return false;
    if (result < 0) throw failureOf(result, "advance a quote");
    this.#count = result;
    return true;
  }

  #readState(): Int32Array {
    checked(this.#addon.textState(this.#matcher, this.#state), "read the state of a quote");
    return this.#state;
  }
}
