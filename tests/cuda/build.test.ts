/** Builds the CUDA library with nvcc, where that is installed, and looks at what it exports and needs. */
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";

const folder = mkdtempSync(join(tmpdir(), "verbatim-cuda-"));
const library = join(folder, "Release", "libverbatim_cuda.so");

function isInstalled(program: string): boolean {
  return (process.env.PATH ?? "").split(delimiter).some((path) => existsSync(join(path, program)));
}

function build(environment: NodeJS.ProcessEnv) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ["scripts/build-cuda.mjs", folder], {
    env: { ...process.env, ...environment },
    encoding: "utf8",
  });
  return { status, output: `${stdout}${stderr}` };
}

/** What dynamic symbols the library defines. */
function exportedNames(): string[] {
  const lines = execFileSync("nm", ["--dynamic", "--defined-only", library], { encoding: "utf8" }).trim().split("\n");
  return lines.map((line) => line.split(" ").at(-1) as string).sort();
}

function declaredNames(): string[] {
  const header = readFileSync("cuda/include/verbatim_cuda.h", "utf8");
  return [...header.matchAll(/^VBT_API [^(;]*?(\w+)\(/gm)].map((match) => match[1] as string).sort();
}

const PROGRAM = `
#include <stdio.h>
#include "verbatim_cuda.h"

int main(void) {
  vbt_engine_options options;
  vbt_engine* engine = NULL;
  vbt_engine_defaults(&options, sizeof options);
  options.vocab_size = 100;
  options.end_token = 1;
  vbt_status status = vbt_engine_create(&options, &engine);
  printf("%d %d %d\\n%s\\n", VBT_ABI_IS_SERVED_BY(vbt_abi_version()), (int)status, engine == NULL, vbt_message(NULL));
  return 0;
}
`;

/** Compiles PROGRAM against the library, and returns the lines it prints where it sees no device. */
function runProgram(): string[] {
  const source = join(folder, "program.c");
  const program = join(folder, "program");
  writeFileSync(source, PROGRAM);
  const flags = ["-std=c11", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-Icuda/include"];
  execFileSync(process.env.CC ?? "cc", [
    ...flags,
    source,
    library,
    `-Wl,-rpath,${join(folder, "Release")}`,
    "-o",
    program,
  ]);
  const env = { ...process.env, CUDA_VISIBLE_DEVICES: "-1" };
  return execFileSync(program, { env, encoding: "utf8" }).trim().split("\n");
}

/** Runs the build where no tool is on the path; CUDACXX may name one. */
function buildWithoutTools(nvcc: string | undefined) {
  return build({ PATH: folder, CUDACXX: nvcc });
}

test("the build says which tool is missing", () => {
  const { status, output } = buildWithoutTools(undefined);
  assert.is(status, 1);
  assert.match(output, /^nvcc was not found: install the CUDA toolkit/);
  const withoutCmake = buildWithoutTools("nvcc");
  assert.is(withoutCmake.status, 1);
  assert.match(withoutCmake.output, /^cmake was not found: install CMake/);
});

if (isInstalled("nvcc") && isInstalled("cmake")) {
  test("the library is built for the architecture asked for, without a warning", () => {
    // The oldest: what it has room for, all have.
    const { status, output } = build({ VBT_ARCHITECTURES: "75" });
    assert.is(status, 0, output);
    assert.match(output, /CUDA architectures: 75-real;75-virtual/);
    assert.not.match(output, /warning/i);
    assert.ok(existsSync(library));
  });

  test("exactly the functions of the header are exported", () => {
    const declared = declaredNames();
    assert.ok(declared.length > 30);
    assert.equal(exportedNames(), declared);
  });

  test("neither the driver's library nor the runtime's is needed to load it", () => {
    const needed = execFileSync("readelf", ["--dynamic", library], { encoding: "utf8" })
      .split("\n")
      .filter((line) => line.includes("NEEDED"));
    assert.ok(needed.length > 0);
    assert.equal(
      needed.filter((line) => /libcuda|libnvidia/.test(line)),
      [],
    );
  });

  test("a C program links with it, and is told that there is no device", () => {
    const [numbers, message] = runProgram();
    const VBT_ERR_NO_DEVICE = 5;
    assert.is(numbers, `1 ${VBT_ERR_NO_DEVICE} 1`);
    assert.match(message, /^(CUDA|There is no device)/);
  });
} else {
  console.log("not run: nvcc is not installed");
}

test.after(() => rmSync(folder, { recursive: true }));
test.run();
