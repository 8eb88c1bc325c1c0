/**
 * Builds the CUDA library, build-cuda/Release/libverbatim_cuda.so. It needs nvcc and cmake, and no GPU.
 * Usage: npm run build:cuda [-- output folder]
 *
 * VBT_ARCHITECTURES=90 (or 80,90) builds for these compute capabilities in place of all that Verbatim supports.
 */
import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { delimiter, join, resolve } from "node:path";
import { installDependencies } from "./setup/dependencies.mjs";
import { repository } from "./support/repository.mjs";

function isOnPath(program) {
  const folders = (process.env.PATH ?? "").split(delimiter);
  const names = process.platform === "win32" ? [`${program}.exe`] : [program];
  return folders.some((folder) => folder !== "" && names.some((name) => existsSync(join(folder, name))));
}

/** @throws Error */
function requireTools() {
  if (!isOnPath("nvcc") && process.env.CUDACXX === undefined) {
    throw new Error("nvcc was not found: install the CUDA toolkit and put nvcc on PATH, or name it in CUDACXX");
  }
  if (!isOnPath("cmake")) throw new Error("cmake was not found: install CMake 3.22 or later and put it on PATH");
}

/** @throws Error where a tool is missing, or the build fails; its own output says why. */
async function buildCuda(folder) {
  requireTools();
  installDependencies();
  const { default: cmakeJs } = await import("cmake-js");
  const cmake = new cmakeJs.CMake({
    directory: join(repository, "cuda"),
    out: folder,
    // Otherwise it asks for Node's own headers, which this library does not include.
    isNodeApi: true,
    cMakeOptions: { VBT_ARCHITECTURES: process.env.VBT_ARCHITECTURES ?? "" },
    parallel: availableParallelism(),
  });
  await cmake.configure();
  await cmake.build();
  return join(cmake.buildDir, "libverbatim_cuda.so");
}

try {
  console.log(await buildCuda(resolve(process.argv[2] ?? join(repository, "build-cuda"))));
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
