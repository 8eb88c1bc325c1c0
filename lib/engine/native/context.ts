import type { AppendOptions, EngineContext, EngineMatcher } from "../engine.js";
import { NEW_RUN, UNSEARCHABLE } from "./addon.js";
import { checked } from "./failure.js";
import { NativeMatcher } from "./matcher.js";
import { NativeSequence } from "./sequence.js";

/** A context of tokens in the addon. */
export class NativeContext extends NativeSequence implements EngineContext {
  append(tokens: Int32Array, { searchable, newRun, edges }: AppendOptions): void {
    const flags = (searchable ? 0 : UNSEARCHABLE) | (newRun ? NEW_RUN : 0);
    const { addon, context } = this;
    let result: number;
    if (edges) result = addon.appendTokensWithEdges(context, tokens, edges, flags);
    else if (tokens.length === 1) result = addon.appendToken(context, tokens[0], flags);
    else result = addon.appendTokens(context, tokens, flags);
    checked(result, "append tokens");
  }

  read(start: number, end: number): Int32Array {
    const tokens = new Int32Array(end - start);
    checked(this.addon.readContext(this.context, start, tokens), "read tokens");
    return tokens;
  }

  fork(): EngineContext {
    return new NativeContext(this.handles, this.forkHandle());
  }

  matcher(): EngineMatcher {
    return new NativeMatcher(this.handles, this.context);
  }
}
