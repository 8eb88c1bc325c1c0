import { builtin, findInstalledPackage } from "../engine/native/installed-package.js";
import { loadNativeEngine } from "../engine/native/engine.js";
import { RecallError } from "../base/errors.js";
import { NO_HANDLE, type CudaAddon } from "./cuda-addon.js";
import { cudaHelpPage, LIBRARY_ADVICE, type Attempt } from "./help-page.js";
import { readMessage } from "./message.js";

const FILE_NAMES: Partial<Record<NodeJS.Platform, string>> = {
  win32: "verbatim_cuda.dll",
  darwin: "libverbatim_cuda.dylib",
};

/** The CUDA library, behind the addon that loaded it. */
export interface CudaLibrary {
  readonly addon: CudaAddon;
  readonly path: string;
}

/** Kept where it failed too: a second look would find the same files. */
let outcome: CudaLibrary | RecallError | undefined;

/**
 * The CUDA library: the file that the environment variable VERBATIM_CUDA names, otherwise the one beside the addon in
 * prebuilds, otherwise the one that was built here (build-cuda/Release). Loaded at the first call of a thread.
 * @throws RecallError `BACKEND_UNAVAILABLE`, with a help page
 */
export function loadCudaLibrary(): CudaLibrary {
  outcome ??= tryLoading();
  if (outcome instanceof RecallError) throw outcome;
  return outcome;
}

function tryLoading(): CudaLibrary | RecallError {
  const addon = findAddon();
  if ("failed" in addon) return unavailable([addon]);
  const attempts: Attempt[] = [];
  try {
    for (const { path, tried } of candidates()) {
      const failed = load(addon, path);
      if (failed === null) return { addon, path };
      attempts.push({ tried, failed });
    }
  } catch (error) {
    // What a platform forbids, or a bundle that stands alone lacks.
    attempts.push({ tried: "the package verbatim-runtime", failed: String(error) });
  }
  return unavailable(attempts);
}

/** The addon, which knows how to load the library. */
function findAddon(): CudaAddon | Attempt {
  const tried = "Verbatim's native addon, which loads the CUDA library";
  try {
    const addon = loadNativeEngine().addon as unknown as CudaAddon;
    if (typeof addon.cudaLoad === "function") return addon;
    return { tried, failed: "the addon is older than this package and has no CUDA functions" };
  } catch (error) {
    if (error instanceof RecallError) return { tried, failed: error.message };
    throw error;
  }
}

function candidates(): { path: string; tried: string }[] {
  const { join, resolve } = builtin("node:path");
  const named = process.env.VERBATIM_CUDA;
  if (named) return [{ path: resolve(named), tried: `${resolve(named)} (from VERBATIM_CUDA)` }];
  const file = FILE_NAMES[process.platform] ?? "libverbatim_cuda.so";
  const { folder } = findInstalledPackage();
  const prebuilt = join(folder, "prebuilds", `${process.platform}-${process.arch}`, file);
  return [prebuilt, join(folder, "build-cuda", "Release", file)].map((path) => ({ path, tried: path }));
}

/** Why the library at `path` could not be loaded; `null` where it was. */
function load(addon: CudaAddon, path: string): string | null {
  if (!builtin("node:fs").existsSync(path)) return "there is no such file";
  return addon.cudaLoad(path) < 0 ? readMessage(addon, NO_HANDLE) : null;
}

function unavailable(attempts: readonly Attempt[]): RecallError {
  return new RecallError("BACKEND_UNAVAILABLE", cudaHelpPage(attempts, LIBRARY_ADVICE));
}
