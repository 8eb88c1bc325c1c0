import { RecallError } from "../../base/errors.js";
import { builtin, findInstalledPackage } from "./installed-package.js";
import type { NativeAddon } from "./addon.js";
import { platformName } from "./platform.js";

export interface AbiVersion {
  readonly major: number;
  readonly minor: number;
}

/**
 * Loads the addon: the file that the environment variable VERBATIM_ADDON names, otherwise the one that was built here
 * (build/Release) or came with the package (prebuilds). Only `loadNativeEngine` calls this, once in a thread: a second copy would have handles of its own.
 * @param needed the version of the engine inside; an addon of another major or a smaller minor version is refused.
 * @throws RecallError `BACKEND_UNAVAILABLE`, whatever went wrong: what is missing or forbidden differs by platform.
 */
export function loadNativeAddon(needed: AbiVersion): NativeAddon {
  let tried = "prebuilds and build/Release of the package verbatim-runtime";
  try {
    const named = process.env.VERBATIM_ADDON;
    if (named) tried = `${named} (from VERBATIM_ADDON)`;
    const path = named ? builtin("node:path").resolve(named) : findAddon();
    if (!named) tried = path;
    const addon = load(path);
    checkVersion(addon, needed);
    return addon;
  } catch (error) {
    throw new RecallError("BACKEND_UNAVAILABLE", helpPage(tried, error), { cause: error });
  }
}

function checkVersion(addon: Partial<NativeAddon>, needed: AbiVersion): void {
  const version = addon.abiVersion?.() ?? 0;
  const [major, minor] = [version >>> 16, version & 0xffff];
  if (major === needed.major && minor >= needed.minor) return;
  const { major: expected, minor: least } = needed;
  throw new Error(
    `Expected an addon with ABI version ${expected}.${least} or a later ${expected}.x, got ${major}.${minor}`,
  );
}

function findAddon(): string {
  const { folder, require } = findInstalledPackage();
  return (require("node-gyp-build") as { resolve(root: string): string }).resolve(folder);
}

/** Loads a file as an addon, whatever its name ends in. */
function load(path: string): NativeAddon {
  const module = { exports: {} as NativeAddon };
  process.dlopen(module, path);
  return module.exports;
}

function helpPage(tried: string, error: unknown): string {
  const reason = error instanceof Error ? error.message : String(error);
  return [
    "The native engine could not be loaded.",
    `  Tried:    ${tried}`,
    `  Platform: ${platformName()}`,
    `  Failed:   ${reason.trim().replaceAll("\n", "\n            ")}`,
    "What you can do:",
    '  - Leave out backend: "native". The JavaScript engine does the same, more slowly on large contexts.',
    "  - Build the addon from a checkout of the repository: npm ci && npm run build (needs Python 3 and a C++20 compiler).",
    "  - Set VERBATIM_ADDON to the path of a verbatim.node built elsewhere for this platform.",
  ].join("\n");
}
