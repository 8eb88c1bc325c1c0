import type { EngineMatcher } from "./engine.js";
import { Failure, NO_HANDLE, type NativeAddon } from "./native-addon.js";
import { checked, failureOf } from "./native-failure.js";
import type { NativeHandles } from "./native-handles.js";

/** Sets of at most this many continuations come with the call that makes them; larger ones are fetched. */
const FEW = 64;
/** The number of continuations has to be asked for. */
const UNKNOWN = -1;

/** A matcher of the addon. */
export class NativeMatcher implements EngineMatcher {
  readonly #handles: NativeHandles;
  readonly #addon: NativeAddon;
  #matcher: number;
  /**
   * The addon writes here, without asking, as long as the matcher is open. The memory is shared memory because that
   * can never be detached: a view that leaked could otherwise be transferred, and leave the addon with nothing.
   */
  readonly #ids = new Int32Array(new SharedArrayBuffer(FEW * Int32Array.BYTES_PER_ELEMENT));
  /** The first n of `#ids`, at index n: making a view costs more than a step. */
  readonly #views: Int32Array[] = [];
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

  begin(ranges: Int32Array | null): void {
    checked(this.#addon.begin(this.#matcher, ranges), "begin a quote");
    this.#count = UNKNOWN;
  }

  advance(token: number): boolean {
    const count = this.#addon.advance(this.#matcher, token);
    if (count >= 0) {
      this.#count = count;
      return true;
    }
    if (count === Failure.NOT_ALLOWED) return false;
    throw failureOf(count, "advance a quote");
  }

  rewind(depth: number): void {
    checked(this.#addon.rewind(this.#matcher, depth), "rewind a quote");
    this.#count = UNKNOWN;
  }

  allows(token: number): boolean {
    return checked(this.#addon.allows(this.#matcher, token), "look up a continuation") === 1;
  }

  mayEnd(): boolean {
    return checked(this.#addon.mayEnd(this.#matcher), "look for an edge") === 1;
  }

  continuations(): Int32Array {
    const verb = "list the continuations";
    if (this.#count === UNKNOWN) this.#count = checked(this.#addon.continuations(this.#matcher), verb);
    const count = this.#count;
    if (count <= FEW) return (this.#views[count] ??= this.#ids.subarray(0, count));
    if (this.#many === undefined || this.#many.length < count) this.#many = new Int32Array(roomFor(count));
    checked(this.#addon.copyContinuations(this.#matcher, this.#many), verb);
    return this.#many.subarray(0, count);
  }

  draft(max: number, latest: boolean): Int32Array {
    const tokens = new Int32Array(max);
    const count = checked(this.#addon.draft(this.#matcher, tokens, latest ? 1 : 0), "draft");
    return tokens.subarray(0, count);
  }

  sources(ranges: Int32Array | null, limit: number): Int32Array {
    // How many there are is not known before: room is made for a few, and for more where they fill it.
    for (let room = Math.min(limit, FEW); ; room = Math.min(limit, room * FEW)) {
      const starts = new Int32Array(room);
      const count = checked(this.#addon.sources(this.#matcher, ranges, starts), "list the sources");
      if (count < room || room === limit) return starts.subarray(0, count);
    }
  }

  /** Does nothing where the matcher is closed. */
  close(): void {
    this.#count = UNKNOWN;
    this.#handles.matchers.unregister(this);
    this.#addon.closeMatcher(this.#matcher);
    this.#matcher = NO_HANDLE;
  }
}

/** The next power of two, so that a growing set does not take a new array each time. */
function roomFor(count: number): number {
  return 2 ** Math.ceil(Math.log2(count));
}
