import { RecallError } from "../../base/errors.js";
import { ABI_VERSION, Failure, type NativeAddon } from "./addon.js";
import type { ContextOptions, Engine, EngineContext, Sampling } from "../engine.js";
import { NativeContext } from "./context.js";
import { checked, failureOf } from "./failure.js";
import { NativeHandles } from "./handles.js";
import { loadNativeAddon } from "./loader.js";

export class NativeEngine implements Engine {
  readonly name = "native";
  /** What is behind the engine: contexts, matchers and rows all go through it. */
  readonly addon: NativeAddon;
  /** What closes the addon's objects when their owners are garbage. */
  readonly handles: NativeHandles;

  constructor(addon: NativeAddon) {
    this.addon = addon;
    this.handles = new NativeHandles(addon);
  }

  createContext({ vocabSize, barriers }: ContextOptions): EngineContext {
    const context = checked(this.addon.createContext(vocabSize, barriers), "create a context");
    return new NativeContext(this.handles, context);
  }

  maskedFill(row: Float32Array, allowed: Int32Array, value: number): void {
    checked(this.addon.maskedFill(row, allowed, value), "mask a row");
  }

  sample(row: Float32Array, width: number, ids: Int32Array | null, sampling: Sampling, uniform: number): number {
    const { temperature, topK, topP, minP } = sampling;
    const drawn = this.addon.sample(row, width, ids, temperature, topK, topP, minP, uniform);
    if (drawn >= 0) return drawn;
    if (drawn === Failure.NO_VALID_TOKEN) return -1;
    throw failureOf(drawn, "sample");
  }
}

/** Kept where it failed too: a second look would find the same files. */
let outcome: NativeEngine | RecallError | undefined;

/**
 * The engine of the addon; the same one at every call of a thread.
 * @throws RecallError `BACKEND_UNAVAILABLE` where no addon can be loaded: the message says what was tried, what
 *   failed and what to run.
 */
export function loadNativeEngine(): NativeEngine {
  outcome ??= tryLoading();
  if (outcome instanceof RecallError) throw outcome;
  return outcome;
}

function tryLoading(): NativeEngine | RecallError {
  try {
    return new NativeEngine(loadNativeAddon(ABI_VERSION));
  } catch (error) {
    if (error instanceof RecallError) return error;
    throw error;
  }
}
