import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { nodeHeaders } from "../support/node-headers.js";

const loaderUrl = JSON.stringify(new URL("../../lib/engine/load.js", import.meta.url).href);

/** What loading a backend throws in a process of its own, with VERBATIM_ADDON naming `addon`. */
function load(addon: string, backend: string): { outcome: string; code?: string; message?: string } {
  const program = `
    import { loadEngine } from ${loaderUrl};
    try {
      console.log(JSON.stringify({ outcome: loadEngine(${JSON.stringify(backend)}).name }));
    } catch ({ name, code, message }) {
      console.log(JSON.stringify({ outcome: name, code, message }));
    }`;
  const { status, stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "--eval", program], {
    encoding: "utf8",
    env: { ...process.env, VERBATIM_ADDON: addon },
  });
  assert.is(status, 0, stderr);
  return JSON.parse(stdout) as ReturnType<typeof load>;
}

/** An addon that has a version and no functions, which nothing calls until it is used. */
function addonOfVersion(folder: string, version: number): string {
  const source = join(folder, `version_${version}.c`);
  const addon = join(folder, `version_${version}.node`);
  writeFileSync(
    source,
    `#include <node_api.h>
    static napi_value Version(napi_env env, napi_callback_info info) {
      napi_value version;
      napi_create_uint32(env, ${version}u, &version);
      return version;
    }
    NAPI_MODULE_INIT() {
      napi_value function;
      napi_create_function(env, "abiVersion", NAPI_AUTO_LENGTH, Version, NULL, &function);
      napi_set_named_property(env, exports, "abiVersion", function);
      return exports;
    }`,
  );
  const loose = process.platform === "darwin" ? ["-undefined", "dynamic_lookup"] : [];
  const { stderr } = spawnSync(
    process.env.CC ?? "cc",
    ["-shared", "-fPIC", `-I${nodeHeaders()}`, ...loose, source, "-o", addon],
    { encoding: "utf8" },
  );
  assert.is(stderr, "");
  return addon;
}

function isHelpPage(result: ReturnType<typeof load>, path: string): void {
  assert.is(result.outcome, "RecallError");
  assert.is(result.code, "BACKEND_UNAVAILABLE");
  const message = result.message ?? "";
  assert.ok(message.includes(path), message);
  for (const part of ["Tried:", "Failed:", "npm run build", "VERBATIM_ADDON", process.arch, process.version]) {
    assert.ok(message.includes(part), `The help page should name ${part}:\n${message}`);
  }
}

test("a missing addon gives a help page", () => {
  const path = join(tmpdir(), "nowhere", "verbatim.node");
  isHelpPage(load(path, "native"), path);
});

test("a broken addon gives a help page", () => {
  const folder = mkdtempSync(join(tmpdir(), "verbatim-"));
  try {
    const path = join(folder, "verbatim.node");
    writeFileSync(path, "This is no shared library.");
    isHelpPage(load(path, "native"), path);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("an addon of another ABI version gives a help page, one of a later minor version is used", () => {
  const folder = mkdtempSync(join(tmpdir(), "verbatim-"));
  try {
    const versions = { "0.2": 2, "2.9": 2 * 65_536 + 9, "3.0": 3 * 65_536, "3.7": 3 * 65_536 + 7, "4.0": 4 * 65_536 };
    for (const [version, number] of Object.entries(versions)) {
      const addon = addonOfVersion(folder, number);
      const isServed = version.startsWith("3.");
      const result = load(addon, "native");
      if (isServed) assert.equal(result, { outcome: "native" });
      else isHelpPage(result, `Expected an addon with ABI version 3.0 or a later 3.x, got ${version}`);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("where the addon cannot be loaded, auto takes the JavaScript engine", () => {
  assert.equal(load(join(tmpdir(), "nowhere.node"), "auto"), { outcome: "javascript" });
});

test("without VERBATIM_ADDON the addon of this checkout is loaded", () => {
  assert.equal(load("", "native"), { outcome: "native" });
  assert.equal(load("", "auto"), { outcome: "native" });
});

test.run();
