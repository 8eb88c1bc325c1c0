import { existsSync } from "node:fs";
import type { Case } from "../case.js";
import { PERMISSION, reportOf } from "../programs.js";
import { COMMONJS, EXPECTED, MODULE, PRINT } from "../quoting-program.js";

const WORKER = `import { parentPort } from "node:worker_threads";${MODULE}parentPort.postMessage(report());`;

/** Quotes in its own thread, then prints what the other one reports. */
const STARTER = `
import { once } from "node:events";
import { Worker } from "node:worker_threads";
${MODULE}
if (report().native !== "native") throw new Error("The addon was not loaded");
const [answer] = await once(new Worker(new URL("worker.mjs", import.meta.url)), "message");
console.log(JSON.stringify(answer));`;

const FILES = {
  "esm.mjs": MODULE + PRINT,
  "commonjs.cjs": COMMONJS + PRINT,
  "worker.mjs": WORKER,
  "starter.mjs": STARTER,
};

const GUARDED = [PERMISSION, "--allow-fs-read=*", "--no-warnings"];

function nodeCase(name: string, engine: keyof typeof EXPECTED, args: string[], environment = {}): Case {
  return {
    name: `Node, ${name}`,
    expected: EXPECTED[engine],
    run: (place) => reportOf(process.execPath, args, place.write("node", FILES), environment),
  };
}

/** As node-gyp-build is told of a C library, where it should not look for one. */
const OTHER_LIBC = { LIBC: existsSync("/etc/alpine-release") ? "glibc" : "musl" };

export const nodeCases: Case[] = [
  nodeCase("import", "native", ["esm.mjs"]),
  nodeCase("require", "native", ["commonjs.cjs"]),
  nodeCase("worker thread", "native", ["starter.mjs"]),
  nodeCase("permission model", "javascript", [...GUARDED, "esm.mjs"]),
  nodeCase("permission model with --allow-addons", "native", [...GUARDED, "--allow-addons", "esm.mjs"]),
  ...(process.platform === "linux"
    ? [nodeCase("another C library than the addon's", "javascript", ["esm.mjs"], OTHER_LIBC)]
    : []),
];
