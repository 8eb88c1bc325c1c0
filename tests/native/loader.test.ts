import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";

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

test("where the addon cannot be loaded, auto takes the JavaScript engine", () => {
  assert.equal(load(join(tmpdir(), "nowhere.node"), "auto"), { outcome: "javascript" });
});

test("without VERBATIM_ADDON the addon of this checkout is loaded", () => {
  assert.equal(load("", "native"), { outcome: "native" });
  assert.equal(load("", "auto"), { outcome: "native" });
});

test.run();
