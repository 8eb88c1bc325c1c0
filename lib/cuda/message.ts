import type { CudaAddon } from "./cuda-addon.js";

/** Longer messages are cut. */
const MESSAGE_BYTES = 4096;

/** What went wrong last, in the library's or the loader's own words. */
export function readMessage(addon: CudaAddon, engine: number): string {
  const text = new Uint8Array(MESSAGE_BYTES);
  const length = addon.cudaMessage(engine, text);
  return new TextDecoder().decode(text.subarray(0, Math.max(0, length)));
}
