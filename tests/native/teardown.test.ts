import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";

const engineUrl = JSON.stringify(new URL("../../lib/engine/native/engine.js", import.meta.url).href);

/** Runs `code` in a process of its own that has `matchers`, all of them in the middle of a quote. */
function runWithLiveHandles(code: string) {
  const program = `
    import { Worker, isMainThread } from "node:worker_threads";
    import { loadNativeEngine } from ${engineUrl};
    const engine = loadNativeEngine();
    const matchers = [];
    for (let i = 0; i < 100; i++) {
      const context = engine.createContext({ vocabSize: 100, barriers: new Int32Array(0) });
      context.append(Int32Array.of(1, 2, 3), { searchable: true, newRun: false });
      const matcher = context.matcher();
      matcher.advance(1);
      matchers.push(matcher);
    }
    ${code}`;
  return spawnSync(process.execPath, ["--input-type=module", "--eval", program], { encoding: "utf8" });
}

test("a process may end with live handles", () => {
  const { status, stdout, stderr } = runWithLiveHandles(`console.log(matchers.length);`);
  assert.equal([status, stdout, stderr], [0, "100\n", ""]);
});

test("process.exit with live handles keeps its exit code", () => {
  const { status, stderr } = runWithLiveHandles(`process.exit(7);`);
  assert.equal([status, stderr], [7, ""]);
});

test("an uncaught error with live handles is reported as itself", () => {
  const { status, stderr } = runWithLiveHandles(`throw new Error("on purpose");`);
  assert.is(status, 1);
  assert.match(stderr, /on purpose/);
});

test("verbs in an exit handler still work", () => {
  const { status, stdout } = runWithLiveHandles(
    `process.on("exit", () => console.log(matchers.every((matcher) => matcher.advance(2))));`,
  );
  assert.equal([status, stdout], [0, "true\n"]);
});

const prepareLargeText = `
  const { RecallTextContext, TokenVocabulary } = await import(${JSON.stringify(new URL("../../lib/entry/index.js", import.meta.url).href)});
  const vocabulary = new TokenVocabulary({ vocabSize: 4, tokenBytes: (id) => Uint8Array.of(97 + id) });
  const context = new RecallTextContext({ vocabulary, backend: "native" }).append("abcdabdcacbdcadb".repeat(25_000));
  const prepared = context.prepare();`;

test("a process may end while it prepares a context, and waits for one that it awaits", () => {
  const run = (end: string) => runWithLiveHandles(`${prepareLargeText} ${end}`);
  assert.equal(run("process.exit(7);").status, 7);
  const { status, stdout, stderr } = run(`prepared.then(() => console.log("prepared"));`);
  assert.equal([status, stdout, stderr], [0, "prepared\n", ""]);
  assert.match(run(`throw new Error("on purpose");`).stderr, /on purpose/);
});

test("threads may be terminated while they prepare a context", () => {
  const work = `${prepareLargeText}
    const { parentPort } = await import("node:worker_threads");
    parentPort.postMessage(0);
    await prepared;`;
  const program = `
    const { Worker } = await import("node:worker_threads");
    for (let i = 0; i < 8; i++) {
      const worker = new Worker(new URL("data:text/javascript,${encodeURIComponent(work)}"));
      await new Promise((resolve) => worker.once("message", resolve));
      for (let turn = 0; turn < i; turn++) await new Promise((resolve) => setImmediate(resolve));
      await worker.terminate();
    }
    console.log("ended");`;
  const { status, stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "--eval", program], {
    encoding: "utf8",
  });
  assert.equal([status, stdout, stderr.slice(0, 200)], [0, "ended\n", ""]);
});

test("threads may be terminated while they load the addon", () => {
  const addon =
    process.env.VERBATIM_ADDON ?? fileURLToPath(new URL("../../../build/Release/verbatim.node", import.meta.url));
  const load = `require("worker_threads").parentPort.postMessage(0); process.dlopen({ exports: {} }, ${JSON.stringify(addon)});`;
  const program = `
    import { Worker } from "node:worker_threads";
    for (let i = 0; i < 60; i++) {
      const worker = new Worker(${JSON.stringify(load)}, { eval: true, execArgv: [] });
      await new Promise((resolve) => worker.once("message", resolve));
      const end = performance.now() + (i % 40) / 100;
      while (performance.now() < end);
      await worker.terminate();
    }
    console.log("ended");`;
  const { status, stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "--eval", program], {
    encoding: "utf8",
  });
  assert.equal([status, stdout, stderr.slice(0, 200)], [0, "ended\n", ""]);
});

test.run();
