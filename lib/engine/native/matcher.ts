import type { EngineMatcher } from "../engine.js";
import { checked } from "./failure.js";
import { NativeQuote } from "./quote.js";
import { readPlaces } from "./sequence.js";

/** A matcher over tokens, in the addon. */
export class NativeMatcher extends NativeQuote implements EngineMatcher {
  begin(ranges: Int32Array | null): void {
    checked(this.addon.begin(this.matcher, ranges), "begin a quote");
    this.forgetTokens();
  }

  continuations(): Int32Array {
    return this.nextTokens();
  }

  sources(ranges: Int32Array | null, limit: number): Int32Array {
    return readPlaces(limit, (starts) => this.addon.sources(this.matcher, ranges, starts));
  }
}
