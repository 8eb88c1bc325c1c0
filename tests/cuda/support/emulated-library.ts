import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { nodeHeaders } from "../../support/node-headers.js";
import { whileLocked } from "./build-lock.js";
import { buildFolder, buildSharedLibrary } from "./emulated-build.js";

/** This file is dist/tests/cuda/support/emulated-library.js. */
const repository = fileURLToPath(new URL("../../../../", import.meta.url));

/** Files to load. */
export interface CudaFiles {
  /** Verbatim's CUDA library. */
  readonly library: string;
  /** A CUDA runtime that sees the same device memory as the library does. */
  readonly runtime: string;
  /** The addon of device_memory.cpp. */
  readonly deviceMemory: string;
}

/**
 * Builds the CUDA library for the CPU, where that is not up to date, and makes CudaRecallEngine load it in this process.
 * With VERBATIM_CUDA and VERBATIM_CUDA_RUNTIME, a path of libcudart, in the environment it is those: the tests then run
 * on a GPU.
 */
export async function useCudaLibrary(): Promise<CudaFiles> {
  return whileLocked(async () => {
    const deviceMemory = buildDeviceMemory();
    const { VERBATIM_CUDA: library, VERBATIM_CUDA_RUNTIME: runtime } = process.env;
    if (library && runtime) return { library, runtime, deviceMemory };
    const emulated = publish(await buildSharedLibrary("plain"));
    // Processes and threads that this one starts take it as it is.
    process.env.VERBATIM_CUDA = emulated;
    process.env.VERBATIM_CUDA_RUNTIME = emulated;
    return { library: emulated, runtime: emulated, deviceMemory };
  });
}

/** A copy that is replaced as a whole, where it changed: other processes may be loading it while it is linked again. */
function publish(library: string): string {
  const published = join(dirname(library), "published", basename(library));
  const content = readFileSync(library);
  if (existsSync(published) && readFileSync(published).equals(content)) return published;
  mkdirSync(dirname(published), { recursive: true });
  writeFileSync(`${published}.new`, content);
  renameSync(`${published}.new`, published);
  return published;
}

function buildDeviceMemory(): string {
  const source = join(repository, "tests/cuda/support/device_memory.cpp");
  const addon = join(buildFolder("plain"), "device_memory.node");
  if (existsSync(addon) && statSync(addon).mtimeMs > statSync(source).mtimeMs) return addon;
  const loose = process.platform === "darwin" ? ["-undefined", "dynamic_lookup"] : [];
  const flags = ["-std=c++20", "-O1", "-fPIC", "-shared", `-I${nodeHeaders()}`, ...loose];
  execFileSync(process.env.CXX ?? "c++", [...flags, source, "-o", addon], { stdio: ["ignore", "inherit", "inherit"] });
  return addon;
}
