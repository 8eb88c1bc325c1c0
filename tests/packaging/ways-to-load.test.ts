/** The package, packed and installed, in the ways to load it that cost little; `npm run test:packaging` has the others. */

import { build, type Format } from "esbuild";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { scratch } from "../support/scratch.js";
import { installPacked, packPackage } from "./packed.js";
import { PERMISSION, reportOf } from "./programs.js";
import { COMMONJS, EXPECTED, MODULE, PRINT } from "./quoting-program.js";

const project = join(scratch, "project");
const elsewhere = join(scratch, "elsewhere");
installPacked(packPackage(scratch), project);
mkdirSync(elsewhere);

function write(name: string, text: string): string {
  const path = join(project, name);
  writeFileSync(path, text);
  return path;
}

const moduleFile = write("program.mjs", MODULE + PRINT);
const commonjsFile = write("program.cjs", COMMONJS + PRINT);

test("import and require take the native engine", async () => {
  for (const file of [moduleFile, commonjsFile]) {
    assert.equal(await reportOf(process.execPath, [file], project), EXPECTED.native);
  }
});

async function bundle(format: Format, folder: string): Promise<string> {
  const outfile = join(folder, `bundle.${format === "esm" ? "mjs" : "cjs"}`);
  const options = { bundle: true, platform: "node", target: "node20", format, outfile, logLevel: "silent" } as const;
  const { warnings } = await build({ entryPoints: [moduleFile], absWorkingDir: project, ...options });
  assert.equal(warnings, []);
  return outfile;
}

for (const format of ["esm", "cjs"] as const) {
  test(`a bundle of esbuild (${format}) finds the package where it is installed`, async () => {
    assert.equal(await reportOf(process.execPath, [await bundle(format, project)], elsewhere), EXPECTED.native);
  });

  test(`a bundle of esbuild (${format}) alone takes the JavaScript engine`, async () => {
    assert.equal(await reportOf(process.execPath, [await bundle(format, elsewhere)], project), EXPECTED.javascript);
  });
}

test("a bundle that stands alone takes the addon that VERBATIM_ADDON names", async () => {
  const addon = { VERBATIM_ADDON: join("build", "Release", "verbatim.node") };
  const alone = await bundle("cjs", elsewhere);
  assert.equal(await reportOf(process.execPath, [alone], process.cwd(), addon), EXPECTED.native);
});

test("Node's permission model keeps the addon out, unless it is allowed", async () => {
  const flags = [PERMISSION, "--allow-fs-read=*", "--no-warnings"];
  assert.equal(await reportOf(process.execPath, [...flags, moduleFile], project), EXPECTED.javascript);
  const allowed = await reportOf(process.execPath, [...flags, "--allow-addons", moduleFile], project);
  assert.equal(allowed, EXPECTED.native);
});

test("Node's permission model may keep the package's own files out", async () => {
  const alone = await bundle("esm", elsewhere);
  const flags = [PERMISSION, `--allow-fs-read=${alone}`, "--allow-addons", "--no-warnings"];
  assert.equal(await reportOf(process.execPath, [...flags, alone], elsewhere), EXPECTED.javascript);
});

test("a worker thread and the thread that started it load the addon each", async () => {
  const worker = write(
    "worker.mjs",
    `import { parentPort } from "node:worker_threads";${MODULE}parentPort.postMessage(report());`,
  );
  const start = write(
    "start-worker.mjs",
    `import { once } from "node:events"; import { Worker } from "node:worker_threads";${MODULE}
    const [answer] = await once(new Worker(${JSON.stringify(worker)}), "message");
    console.log(JSON.stringify([answer, report()]));`,
  );
  assert.equal(await reportOf(process.execPath, [start], project), [EXPECTED.native, EXPECTED.native]);
});

test.run();
