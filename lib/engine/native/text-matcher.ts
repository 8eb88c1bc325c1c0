import { Failure } from "./addon.js";
import { checked, failureOf } from "./failure.js";
import { NativeQuote } from "./quote.js";
import type { EngineTextMatcher, TextSpanOptions } from "../text-engine.js";

/** The addon counts bytes by int32: no quote is longer. */
const MOST_BYTES = 2 ** 31 - 1;

/** A matcher over text, in the addon. */
export class NativeTextMatcher extends NativeQuote implements EngineTextMatcher {
  readonly #state = new Int32Array(2);

  get byteLength(): number {
    return this.#readState()[0];
  }

  get closedAt(): number {
    // A quote that goes on is not closed: the common step asks the addon nothing.
    return this.mayGoOn ? -1 : this.#readState()[1];
  }

  begin({ ranges, tag, minBytes, maxBytes }: TextSpanOptions): void {
    const most = Math.min(maxBytes, MOST_BYTES);
    checked(this.addon.beginText(this.matcher, ranges, tag, Math.min(minBytes, most), most), "begin a quote");
    this.forgetTokens();
  }

  advanceBytes(bytes: Uint8Array): boolean {
    const result = this.addon.advanceBytes(this.matcher, bytes);
    if (result === Failure.NOT_ALLOWED) return false;
    if (result < 0) throw failureOf(result, "advance a quote");
    this.forgetTokens();
    return true;
  }

  allowed(): Int32Array {
    return this.nextTokens();
  }

  #readState(): Int32Array {
    checked(this.addon.textState(this.matcher, this.#state), "read the state of a quote");
    return this.#state;
  }
}
