import { Failure, NO_HANDLE, type NativeAddon } from "./addon.js";
import { checked, failureOf } from "./failure.js";
import type { NativeHandles } from "./handles.js";

/** Sets of at most this many tokens come with the call that makes them; larger ones are fetched. */
const FEW = 64;
/** Views of sets up to this size are kept. */
const CACHED_SIZES = 32;
/** The number of tokens has to be asked for. */
const UNKNOWN = -1;

/** Where larger sets are put, whichever matcher's they are: one that waits keeps none. */
let many = new Int32Array(0);

/** What matchers over tokens and over text have in common in the addon. */
export abstract class NativeQuote {
  readonly #handles: NativeHandles;
  protected readonly addon: NativeAddon;
  protected matcher: number;
  /**
   * The addon writes here, without asking, as long as the matcher is open. The memory is shared memory because that
   * can never be detached: a view that leaked could otherwise be transferred, and leave the addon with nothing.
   */
  readonly #ids = new Int32Array(new SharedArrayBuffer(FEW * Int32Array.BYTES_PER_ELEMENT));
  /** The first n of `#ids`, at index n: making a view costs more than a step. */
  readonly #views: Int32Array[] = [];
  #count = UNKNOWN;

  constructor(handles: NativeHandles, context: number) {
    this.#handles = handles;
    this.addon = handles.addon;
    this.matcher = checked(handles.addon.createMatcher(context, this.#ids), "create a matcher");
    handles.ownMatcher(this.matcher, this);
  }

  get depth(): number {
    return checked(this.addon.matcherDepth(this.matcher), "read the depth of a quote");
  }

  advance(token: number): boolean {
    const count = this.addon.advance(this.matcher, token);
    if (count >= 0) {
      this.#count = count;
      return true;
    }
    if (count === Failure.NOT_ALLOWED) return false;
    throw failureOf(count, "advance a quote");
  }

  rewind(depth: number): void {
    checked(this.addon.rewind(this.matcher, depth), "rewind a quote");
    this.forgetTokens();
  }

  allows(token: number): boolean {
    return checked(this.addon.allows(this.matcher, token), "look up a continuation") === 1;
  }

  mayEnd(): boolean {
    return checked(this.addon.mayEnd(this.matcher), "look for an edge") === 1;
  }

  draft(max: number, latest: boolean): Int32Array {
    const tokens = new Int32Array(max);
    const count = checked(this.addon.draft(this.matcher, tokens, latest ? 1 : 0), "draft");
    return tokens.subarray(0, count);
  }

  forget(): void {
    // A native matcher holds as little for a quote that is over as for one that goes on.
  }

  /** Does nothing where the matcher is closed. */
  close(): void {
    this.forgetTokens();
    this.#handles.disown(this);
    this.addon.closeMatcher(this.matcher);
    this.matcher = NO_HANDLE;
  }

  /** The tokens that may come next. */
  protected nextTokens(): Int32Array {
    const verb = "list the continuations";
    if (this.#count === UNKNOWN) this.#count = checked(this.addon.continuations(this.matcher), verb);
    const count = this.#count;
    if (count < CACHED_SIZES) return (this.#views[count] ??= this.#ids.subarray(0, count));
    if (count <= FEW) return this.#ids.subarray(0, count);
    if (many.length < count) many = new Int32Array(2 ** Math.ceil(Math.log2(count)));
    checked(this.addon.copyContinuations(this.matcher, many), verb);
    return many.subarray(0, count);
  }

  /** Whether some token is known to come next. */
  protected get mayGoOn(): boolean {
    return this.#count > 0;
  }

  /** To be called when something else than `advance` changed the quote. */
  protected forgetTokens(): void {
    this.#count = UNKNOWN;
  }
}
