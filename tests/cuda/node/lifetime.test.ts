// node-flags: --expose-gc
import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { setImmediate } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { CudaAddon } from "../../../lib/cuda/cuda-addon.js";
import { loadNativeEngine } from "../../../lib/engine/native/engine.js";
import { START } from "../../support/backends.js";
import { acceptAll, allowedBy, makeBatch } from "../support/batches.js";
import { openDevice } from "../support/device.js";
import { quoteOnce } from "../support/quoting.js";

await openDevice();
const addon = loadNativeEngine().addon as unknown as CudaAddon;
const collect = globalThis.gc as () => void;

/** Collects garbage until `done`, or for as many rounds as it may reasonably take. */
async function collectUntil(done: () => boolean): Promise<void> {
  for (let round = 0; round < 100 && !done(); round++) {
    collect();
    await setImmediate();
  }
}

function startWorker(rounds: number) {
  const worker = new Worker(new URL("../support/quoting-worker.js", import.meta.url), { workerData: { rounds } });
  const messages: unknown[] = [];
  worker.on("message", (message) => messages.push(message));
  return { worker, messages };
}

test("threads quote at once, each with batches of its own", async () => {
  const workers = Array.from({ length: 4 }, () => startWorker(100));
  const ends = workers.map(({ worker }) => once(worker, "exit"));
  for (let round = 0; round < 100; round++) quoteOnce(round);
  for (const [i, end] of ends.entries()) {
    assert.equal(await end, [0]);
    assert.equal(workers[i].messages, ["started", { liveEngines: 0 }]);
  }
});

test("a thread can be terminated in the middle of its work, again and again", async () => {
  for (let round = 0; round < 10; round++) {
    const { worker } = startWorker(Infinity);
    await once(worker, "message");
    assert.is(await worker.terminate(), 1);
  }
  quoteOnce(1);
});

test("batches and contexts nobody holds are freed", async () => {
  const kept = makeBatch();
  const row = kept.open({ context: kept.createContext([{ tokens: [1, 2, 3] }]), maxTokens: 10 });
  const used = kept.memory.poolUsedBytes;
  const abandon = () => {
    for (let i = 0; i < 20; i++) {
      kept.createContext([{ tokens: [1, 2] }]);
      const batch = makeBatch();
      batch.open({ context: batch.createContext([{ tokens: [1] }]), maxTokens: 5 });
    }
  };
  abandon();
  assert.ok(addon.liveCudaEngines() > 1);
  assert.ok(kept.memory.poolUsedBytes > used);
  const isFreed = () => addon.liveCudaEngines() === 1 && kept.memory.poolUsedBytes === used;
  await collectUntil(isFreed);
  assert.ok(isFreed(), `${addon.liveCudaEngines()} engines, ${kept.memory.poolUsedBytes} of ${used} bytes`);
  acceptAll(kept, row, [START, 1]);
  assert.equal(allowedBy(kept.bitmask(row))[0], 2);
  kept.close();
  assert.is(addon.liveCudaEngines(), 0);
});

test("things can be closed in any order, and twice", () => {
  const batch = makeBatch();
  const contexts = [1, 2, 3].map((token) => batch.createContext([{ tokens: [token] }]));
  const rows = contexts.map((context) => batch.open({ context, maxTokens: 5 }));
  contexts[0].close();
  contexts[0].close();
  acceptAll(batch, rows[0], [START]);
  assert.equal(allowedBy(batch.bitmask(rows[0]))[0], 1);
  batch.release(rows[1]);
  contexts[1].close();
  contexts[2][Symbol.dispose]();
  batch[Symbol.dispose]();
  for (const context of contexts) context.close();
  batch.close();
  assert.is(addon.liveCudaEngines(), 0);
});

/** Runs `code` in a process of its own that has batches in the middle of a quote. */
function runWithLiveBatches(code: string) {
  const urls = ["batches", "device"].map((name) => new URL(`../support/${name}.js`, import.meta.url).href);
  const program = `
    import { makeBatch } from ${JSON.stringify(urls[0])};
    import { openDevice } from ${JSON.stringify(urls[1])};
    await openDevice();
    const batches = Array.from({ length: 10 }, () => {
      const batch = makeBatch();
      batch.open({ context: batch.createContext([{ tokens: [1, 2] }]), maxTokens: 20 });
      batch.step(Int32Array.of(${START}), { rows: 1 });
      return batch;
    });
    ${code}`;
  return spawnSync(process.execPath, ["--input-type=module", "--eval", program], { encoding: "utf8" });
}

test("a process may end with live batches", () => {
  const { status, stdout, stderr } = runWithLiveBatches("console.log(batches.length);");
  assert.equal([status, stdout, stderr], [0, "10\n", ""]);
});

test("process.exit with live batches keeps its exit code", () => {
  const { status, stderr } = runWithLiveBatches("process.exit(7);");
  assert.equal([status, stderr], [7, ""]);
});

test("an uncaught error with live batches is reported as itself", () => {
  const { status, stderr } = runWithLiveBatches('throw new Error("on purpose");');
  assert.is(status, 1);
  assert.match(stderr, /on purpose/);
});

test("verbs in an exit handler still work", () => {
  const { status, stdout } = runWithLiveBatches(
    'process.on("exit", () => console.log(batches.every((batch) => batch.snapshot(0).inSpan)));',
  );
  assert.equal([status, stdout], [0, "true\n"]);
});

test.run();
