import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { CudaAddon } from "../../../lib/cuda/cuda-addon.js";
import { loadNativeEngine } from "../../../lib/engine/native/engine.js";

const folder = mkdtempSync(join(tmpdir(), "verbatim-"));
test.after(() => rmSync(folder, { recursive: true }));

const FUNCTIONS = [...readFileSync("cuda/include/verbatim_cuda.h", "utf8").matchAll(/^VBT_API .*\b(vbt_\w+)\(/gm)].map(
  ([, name]) => name,
);

/** As the header writes it, major and minor in one number. */
const ABI_VERSION = 2 * 65_536;

/** A library in which every call fails with one status; without the functions that are `missing`. */
function fakeLibrary(
  name: string,
  { abiVersion = ABI_VERSION, status = 5, message = "", missing = [] as string[] } = {},
): string {
  const results: Record<string, string> = {
    vbt_abi_version: `unsigned vbt_abi_version(void) { return ${abiVersion}; }`,
    vbt_message: `const char* vbt_message(const void* engine) { return ${JSON.stringify(message)}; }`,
  };
  const source = join(folder, `${name}.c`);
  const functions = FUNCTIONS.filter((each) => !missing.includes(each));
  writeFileSync(source, functions.map((each) => results[each] ?? `int ${each}(void) { return ${status}; }`).join("\n"));
  const library = join(folder, `${name}.so`);
  const { stderr, error } = compile(source, library);
  assert.is(error?.message ?? stderr, "");
  return library;
}

function compile(source: string, library: string) {
  return spawnSync(process.env.CC ?? "cc", ["-shared", "-fPIC", source, "-o", library], { encoding: "utf8" });
}

interface Outcome {
  name: string;
  code?: string;
  message: string;
}

/** What constructing a batch throws in a process of its own. */
function construct(environment: Record<string, string>, { from = "verbatim-runtime/cuda", before = "" } = {}): Outcome {
  const program = `
    import { CudaRecallEngine } from ${JSON.stringify(from)};
    ${before}
    try {
      new CudaRecallEngine({ vocabSize: 10, endTokenId: 9 });
      console.log(JSON.stringify({ name: "nothing", message: "" }));
    } catch ({ name, code, message }) {
      console.log(JSON.stringify({ name, code, message }));
    }`;
  return JSON.parse(runProgram(program, environment)) as Outcome;
}

function runProgram(program: string, environment: Record<string, string>): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "--eval", program], {
    encoding: "utf8",
    env: { ...process.env, ...environment },
  });
  assert.equal([status, stderr], [0, ""]);
  return stdout;
}

/** Checks that a batch cannot be constructed, and that the help page has these parts. */
function isHelpPage({ name, code, message }: Outcome, ...parts: string[]): void {
  assert.equal([name, code], ["RecallError", "BACKEND_UNAVAILABLE"], message);
  for (const part of ["CUDA cannot be used", "Tried:", "Failed:", "What you can do", process.arch, ...parts]) {
    assert.ok(message.includes(part), `The help page should have ${JSON.stringify(part)}:\n${message}`);
  }
}

test("the header has functions", () => {
  assert.ok(FUNCTIONS.length > 30 && FUNCTIONS.includes("vbt_abi_version") && FUNCTIONS.includes("vbt_sources"));
});

test("a missing library gives a help page", () => {
  const path = join(folder, "nowhere.so");
  isHelpPage(construct({ VERBATIM_CUDA: path }), path, "no such file", "npm run build:cuda", "VERBATIM_CUDA");
});

test("what is no library gives a help page with the loader's reason", () => {
  const path = join(folder, "text.so");
  writeFileSync(path, "This is no shared library.");
  isHelpPage(construct({ VERBATIM_CUDA: path }), path, "npm run build:cuda");
  isHelpPage(construct({ VERBATIM_CUDA: folder }), folder, "npm run build:cuda");
});

test("a library that cannot be linked gives a help page with the loader's reason", () => {
  const source = join(folder, "loose.c");
  writeFileSync(source, "void nobody_has_this(void); void vbt_abi_version(void) { nobody_has_this(); }");
  const library = join(folder, "loose.so");
  assert.is(compile(source, library).status, 0);
  isHelpPage(construct({ VERBATIM_CUDA: library }), library, "nobody_has_this");
});

test("a library of another ABI version gives a help page, whatever it has else", () => {
  const others = { "0.1": 1, "1.9": 65_536 + 9, "3.0": 3 * 65_536 };
  for (const [version, abiVersion] of Object.entries(others)) {
    const library = fakeLibrary(`version_${version}`, { abiVersion, missing: ["vbt_step"] });
    const reason = `its ABI version is ${version}, and 2.0 or a later one with the same first number is needed`;
    isHelpPage(construct({ VERBATIM_CUDA: library }), library, reason);
  }
});

test("a library of a later minor ABI version is used", () => {
  const message = "There is no device 0";
  const library = fakeLibrary("later", { abiVersion: ABI_VERSION + 4, message });
  isHelpPage(construct({ VERBATIM_CUDA: library }), library, message);
});

test("a library that lacks a function gives a help page that names it", () => {
  const library = fakeLibrary("incomplete", { missing: ["vbt_step"] });
  isHelpPage(construct({ VERBATIM_CUDA: library }), library, "it has no function vbt_step");
});

test("the addon looks for every function that the header declares", () => {
  const addon = loadNativeEngine().addon as unknown as CudaAddon;
  const text = new Uint8Array(1000);
  for (const missing of FUNCTIONS) {
    assert.is(addon.cudaLoad(fakeLibrary(`without_${missing}`, { missing: [missing] })), -102);
    const length = addon.cudaMessage(-1, text);
    assert.is(new TextDecoder().decode(text.subarray(0, length)), `it has no function ${missing}`);
  }
});

test("without a device the help page has the library's reason", () => {
  const message = "CUDA cannot be used: the NVIDIA driver supports CUDA 11.4, this library needs 13.0";
  const library = fakeLibrary("driver", { message });
  isHelpPage(construct({ VERBATIM_CUDA: library }), library, "device 0", message, "nvidia-smi");
});

test("other failures of creating an engine have errors of their own", () => {
  const failures = [
    [1, "RangeError", undefined],
    [2, "RecallError", "OUT_OF_MEMORY"],
    [6, "RecallError", "CUDA_ERROR"],
  ] as const;
  for (const [status, name, code] of failures) {
    const outcome = construct({ VERBATIM_CUDA: fakeLibrary(`status_${status}`, { status, message: "The reason" }) });
    assert.equal([outcome.name, outcome.code], [name, code]);
    assert.is(outcome.message, "Could not create the engine: The reason");
  }
});

test("without VERBATIM_CUDA the library is looked for beside the addon, then where it is built", () => {
  // A copy of the package without libraries: this checkout may have been built.
  const root = join(folder, "package");
  cpSync("dist/lib", join(root, "dist/lib"), { recursive: true });
  cpSync("package.json", join(root, "package.json"));
  symlinkSync(join(process.cwd(), "node_modules"), join(root, "node_modules"), "junction");
  const addon = join(process.cwd(), "build/Release/verbatim.node");
  const outcome = construct(
    { VERBATIM_CUDA: "", VERBATIM_ADDON: addon },
    { from: join(root, "dist/lib/entry/cuda.js") },
  );
  const prebuilt = join(root, "prebuilds", `${process.platform}-${process.arch}`, "libverbatim_cuda.so");
  const built = join(root, "build-cuda", "Release", "libverbatim_cuda.so");
  isHelpPage(outcome, prebuilt, built);
  assert.ok(outcome.message.indexOf(prebuilt) < outcome.message.indexOf(built));
});

test("without the addon the help page says so", () => {
  const addon = join(folder, "nowhere.node");
  isHelpPage(construct({ VERBATIM_ADDON: addon }), addon, "native addon");
});

test("the second batch fails like the first", () => {
  const path = join(folder, "nowhere.so");
  const before = "try { new CudaRecallEngine({ vocabSize: 10, endTokenId: 9 }); } catch {}";
  isHelpPage(construct({ VERBATIM_CUDA: path }, { before }), path, "no such file");
});

test("wrong options are told before the library is looked for", () => {
  const program = `
    import { CudaRecallEngine } from "verbatim-runtime/cuda";
    try { new CudaRecallEngine({ vocabSize: 0, endTokenId: 9 }); } catch (error) { console.log(String(error)); }`;
  const thrown = runProgram(program, { VERBATIM_CUDA: join(folder, "nowhere.so") });
  assert.is(thrown, 'RangeError: Expected "vocabSize" to be an integer in [1, 268435457)\n');
});

test("without the library everything else works", () => {
  const program = `
    import { RecallSession } from "verbatim-runtime";
    import { CudaRecallEngine } from "verbatim-runtime/cuda";
    const session = new RecallSession({ vocabSize: 10, startTokenId: 8, endTokenId: 9, backend: "native" });
    try { new CudaRecallEngine({ vocabSize: 10, endTokenId: 9 }); } catch {}
    session.append([1, 2, 3]);
    session.acceptAll([8, 2]);
    console.log(session.allowed().join());`;
  assert.is(runProgram(program, { VERBATIM_CUDA: join(folder, "nowhere.so") }), "3,9\n");
});

test.run();
