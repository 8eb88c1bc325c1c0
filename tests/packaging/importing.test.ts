/** What the manifest says of importing the package, `"sideEffects": false`, is true. */

import { build, type BuildResult } from "esbuild";
import * as nodeLlamaCpp from "node-llama-cpp";
import { readFileSync } from "node:fs";
import { compileFunction, createContext, runInContext } from "node:vm";
import { test } from "uvu";
import * as assert from "uvu/assert";

const { exports } = JSON.parse(readFileSync("package.json", "utf8")) as { exports: Record<string, unknown> };
const entryPoints = Object.keys(exports)
  .filter((name) => !name.endsWith(".json"))
  .map((name) => name.replace(/^\./, "verbatim-runtime"));

function bundle(source: string): Promise<BuildResult<{ write: false; metafile: true }>> {
  return build({
    stdin: { contents: source, resolveDir: "." },
    bundle: true,
    platform: "node",
    format: "cjs",
    external: ["node-llama-cpp"],
    write: false,
    metafile: true,
    logOverride: { "empty-import-meta": "silent", "ignored-bare-import": "silent" },
  });
}

const FREEZE_BUILTINS = `
  for (const name of Reflect.ownKeys(globalThis)) {
    const { value } = Object.getOwnPropertyDescriptor(globalThis, name);
    if (Object(value) !== value || value === globalThis) continue;
    Object.freeze(value);
    if (Object(value.prototype) === value.prototype) Object.freeze(value.prototype);
  }`;

function requireHost(name: string): unknown {
  if (name !== "node-llama-cpp") throw new Error(`${name} was required`);
  return nodeLlamaCpp;
}

for (const entryPoint of entryPoints) {
  test(`importing ${entryPoint} asks for nothing and changes nothing`, async () => {
    const { outputFiles } = await bundle(`module.exports = require(${JSON.stringify(entryPoint)});`);
    // There is no process here, no timer, no file, and nothing that could be changed.
    const realm = createContext({});
    runInContext(FREEZE_BUILTINS, realm);
    const globals = { module: { exports: {} as object }, require: requireHost, Buffer, TextDecoder, TextEncoder };
    const code = `"use strict";${outputFiles[0].text}`;
    compileFunction(code, Object.keys(globals), { parsingContext: realm })(...Object.values(globals));
    assert.equal(Object.keys(realm), []);
    assert.equal(Object.keys(globals.module.exports).sort(), Object.keys((await import(entryPoint)) as object).sort());
  });
}

/** The files of the package that are in a bundle of `source`. */
async function bundledFiles(source: string): Promise<string[]> {
  const [{ inputs }] = Object.values((await bundle(source)).metafile.outputs);
  return Object.keys(inputs).filter((path) => inputs[path].bytesInOutput > 0 && path !== "<stdin>");
}

test("a bundler keeps what is used, and nothing else", async () => {
  const used = 'import { RecallError } from "verbatim-runtime"; console.log(RecallError);';
  assert.equal(await bundledFiles(used), ["dist/lib/base/errors.js"]);
  const unused = entryPoints.map((name) => `import ${JSON.stringify(name)};`).join("");
  assert.equal(await bundledFiles(unused), []);
});

test.run();
