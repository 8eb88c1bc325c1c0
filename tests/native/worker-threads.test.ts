import { Worker } from "node:worker_threads";
import { once } from "node:events";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { loadNativeEngine } from "../../lib/engine/native/engine.js";
import { quote } from "./support/quoting.js";

const engine = loadNativeEngine();

function startWorker(seed: number, steps: number): Worker {
  return new Worker(new URL("./support/quoting-worker.js", import.meta.url), { workerData: { seed, steps } });
}

test("many threads quote at once, each from contexts of its own", async () => {
  const workers = Array.from({ length: 8 }, (_, i) => {
    const worker = startWorker(i + 1, 20_000);
    const messages: unknown[] = [];
    worker.on("message", (message) => messages.push(message));
    return { ended: once(worker, "exit"), messages };
  });
  quote(engine, 99, 20_000);
  for (const { ended, messages } of workers) {
    assert.equal(await ended, [0]);
    assert.equal(messages, ["started", { liveContexts: 0 }]);
  }
});

test("a worker can be terminated in the middle of its work, again and again", async () => {
  for (let round = 0; round < 15; round++) {
    const worker = startWorker(round + 1, Number.MAX_SAFE_INTEGER);
    const [message] = await once(worker, "message");
    assert.is(message, "started");
    assert.is(await worker.terminate(), 1);
  }
  quote(engine, 7, 2000);
});

test.run();
