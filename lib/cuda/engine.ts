import { RecallError } from "../base/errors.js";
import { CudaFailure, NO_HANDLE, type CudaAddon } from "./cuda-addon.js";
import { cudaFailureOf } from "./failure.js";
import { cudaHelpPage, DEVICE_ADVICE } from "./help-page.js";
import { loadCudaLibrary } from "./library.js";
import { readMessage } from "./message.js";
import type { CudaSettings } from "./options.js";

/** An engine of the CUDA library. The addon frees it where it is garbage. */
export class CudaEngine {
  readonly addon: CudaAddon;
  /** What calls of the addon take; it finds nothing once the engine is closed. */
  handle: number;
  readonly #registry: FinalizationRegistry<number>;

  /** @throws RecallError `BACKEND_UNAVAILABLE`, with a help page; `OUT_OF_MEMORY`, `CUDA_ERROR`; RangeError */
  constructor(settings: CudaSettings) {
    const { addon, path } = loadCudaLibrary();
    this.addon = addon;
    this.handle = addon.cudaCreateEngine(
      settings.device,
      settings.vocabSize,
      settings.startTokenId,
      settings.endTokenId,
      settings.barriers,
      settings.maxSpanTokens,
      settings.minSpanTokens,
      settings.recallGenerated ? 1 : 0,
      settings.maskValue,
      settings.maxSequences,
      settings.maxSpans,
      settings.poolBytes,
    );
    if (this.handle === CudaFailure.NO_DEVICE) {
      const attempt = { tried: `device ${settings.device}, with ${path}`, failed: readMessage(addon, NO_HANDLE) };
      throw new RecallError("BACKEND_UNAVAILABLE", cudaHelpPage([attempt], DEVICE_ADVICE));
    }
    if (this.handle < 0) throw cudaFailureOf(this.handle, "create the engine", readMessage(addon, NO_HANDLE));
    this.#registry = registryOf(addon);
    this.#registry.register(this, this.handle, this);
  }

  /** `result` where it is a value; throws the error it stands for otherwise. `verb`: as in "open a sequence". */
  checked(result: number, verb: string): number {
    if (result >= 0) return result;
    throw cudaFailureOf(result, verb, readMessage(this.addon, this.handle));
  }

  /** Does nothing where the engine is closed. */
  close(): void {
    this.#registry.unregister(this);
    this.addon.cudaCloseEngine(this.handle);
    this.handle = NO_HANDLE;
  }
}

/** There is one addon in a thread. */
let registry: FinalizationRegistry<number> | undefined;

function registryOf(addon: CudaAddon): FinalizationRegistry<number> {
  return (registry ??= new FinalizationRegistry((engine) => addon.cudaCloseEngine(engine)));
}
