import { setImmediate } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { loadNativeEngine } from "../../lib/engine/native/engine.js";
import { SegmentList } from "../../lib/session/segment-list.js";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

/** Bytes of JavaScript's heap, and of arrays outside it, that are in use. */
async function bytesInUse(): Promise<number> {
  for (let round = 0; round < 3; round++) {
    collect();
    // Arrays outside the heap are freed in the background.
    await setImmediate();
  }
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

/**
 * The bytes that each of many objects holds, once it was used: those of JavaScript, and those that the native engine says
 * its contexts and matchers hold and share with no others.
 */
export async function heldBytes<Held extends { close(): void }>(make: () => Held, count: number): Promise<number> {
  // What code is compiled to is on the heap too.
  for (let i = 0; i < count; i++) make().close();
  const before = await bytesInUse();
  const { result: made, engineBytes } = withEngineBytes(() => Array.from({ length: count }, make));
  const bytes = ((await bytesInUse()) - before + engineBytes()) / count;
  for (const each of made) each.close();
  return bytes;
}

/** Runs an action; the bytes of the native contexts that were forked in it, and of the matchers that were made. */
function withEngineBytes<Result>(action: () => Result): { result: Result; engineBytes: () => number } {
  const { addon } = loadNativeEngine();
  const { forkContext, createMatcher } = addon;
  const [contexts, matchers]: [number[], number[]] = [[], []];
  addon.forkContext = (context) => noted(forkContext(context), contexts);
  addon.createMatcher = (context, ids) => noted(createMatcher(context, ids), matchers);
  try {
    const sum = (handles: readonly number[], bytesOf: (handle: number) => number) =>
      // What has been closed since has no bytes, but a status below 0.
      handles.reduce((total, handle) => total + Math.max(0, bytesOf(handle)), 0);
    const engineBytes = () => sum(contexts, addon.contextOwnBytes) + sum(matchers, addon.matcherBytes);
    return { result: action(), engineBytes };
  } finally {
    Object.assign(addon, { forkContext, createMatcher });
  }
}

function noted(handle: number, handles: number[]): number {
  handles.push(handle);
  return handle;
}

/** The bytes of a list of all ids and a table of all documents: what a session would hold that copied these. */
export function copiedBytes(ids: number, documents: number): Promise<number> {
  const segments = new SegmentList();
  for (let i = 0; i < documents; i++) segments.push({ name: `document ${i}`, start: i, end: i + 1, layout: null });
  const copy = () => ({ table: segments.copy(), list: new Int32Array(ids), close: () => undefined });
  return heldBytes(copy, 10);
}
