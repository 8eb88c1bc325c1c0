import { RecallError } from "../../lib/base/errors.js";
import type { EngineContext, EngineMatcher } from "../../lib/engine/engine.js";
import type { EngineTextContext, EngineTextMatcher } from "../../lib/engine/text-engine.js";

type Target = EngineContext | EngineMatcher | EngineTextContext | EngineTextMatcher;

/** The calls that take memory. */
const FALLIBLE: ReadonlySet<PropertyKey> = new Set([
  ...["append", "truncate", "read", "fork", "compact", "matcher"],
  ...["begin", "advance", "advanceBytes", "rewind", "allows", "allowed", "mayEnd", "draft"],
]);

/** Contexts and matchers of which calls fail when they are told to: a call that fails changes nothing. */
export class FallibleEngine {
  /** How many calls succeed before one fails. */
  callsLeft = Infinity;
  /** Whether all calls after that one fail too. */
  failsOn = false;
  /** Contexts that were forked and not closed. */
  openForks = 0;

  /** The same object, with calls that may fail. */
  wrap<Wrapped extends Target>(target: Wrapped): Wrapped {
    return new Proxy(target, {
      get: (_, name) => {
        const value: unknown = Reflect.get(target, name);
        if (typeof value !== "function") return value;
        return (...args: unknown[]) => {
          if (FALLIBLE.has(name) && this.#fails()) throw new RecallError("OUT_OF_MEMORY", String(name));
          if (name === "close" && "fork" in target) this.openForks--;
          const result: unknown = value.apply(target, args);
          if (name === "fork") this.openForks++;
          return name === "fork" || name === "matcher" ? this.wrap(result as Wrapped) : result;
        };
      },
    });
  }

  #fails(): boolean {
    const left = this.callsLeft--;
    return left === 0 || (left < 0 && this.failsOn);
  }
}
