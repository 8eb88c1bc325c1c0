import { NO_HANDLE, type NativeAddon } from "./addon.js";
import { checked, failureOf } from "./failure.js";
import type { NativeHandles } from "./handles.js";

/** What contexts of tokens and of text have in common in the addon. Matchers over one outlive its `close`. */
export abstract class NativeSequence {
  protected readonly handles: NativeHandles;
  protected readonly addon: NativeAddon;
  protected context: number;

  /** Takes ownership of `context`. */
  constructor(handles: NativeHandles, context: number) {
    this.handles = handles;
    this.addon = handles.addon;
    this.context = context;
    handles.ownContext(context, this);
  }

  get length(): number {
    return checked(this.addon.contextLength(this.context), "read the length of the context");
  }

  get bytes(): number {
    return checked(this.addon.contextBytes(this.context), "read the size of the context");
  }

  truncate(length: number): void {
    checked(this.addon.truncateContext(this.context, length), "truncate the context");
  }

  compact(): void {
    checked(this.addon.compactContext(this.context), "compact the context");
  }

  compactInBackground(): Promise<void> {
    const verb = "compact the context";
    return new Promise((resolve, reject) => {
      const finish = (result: number) => (result < 0 ? reject(failureOf(result, verb)) : resolve());
      const begun = this.addon.compactContextInBackground(this.context, finish);
      if (begun < 0) reject(failureOf(begun, verb));
    });
  }

  /** Does nothing where the context is closed. */
  close(): void {
    this.handles.disown(this);
    this.addon.closeContext(this.context);
    this.context = NO_HANDLE;
  }

  /** The handle of a copy. */
  protected forkHandle(): number {
    return checked(this.addon.forkContext(this.context), "fork the context");
  }
}

/** Places for which room is made at once. */
const FEW_PLACES = 64;

/**
 * Reads a list of places, at most `limit`, whose number is not known before: room is made for a few, and for more
 * where they fill it.
 * @param read writes what fits and returns how many were written, or a failure
 */
export function readPlaces(limit: number, read: (places: Int32Array) => number): Int32Array {
  for (let room = Math.min(limit, FEW_PLACES); ; room = Math.min(limit, room * FEW_PLACES)) {
    const places = new Int32Array(room);
    const count = checked(read(places), "list the sources");
    if (count < room || room === limit) return places.subarray(0, count);
  }
}
