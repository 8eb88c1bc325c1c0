import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { repository } from "../support/repository.mjs";
import { runNpm } from "../support/run.mjs";
import { fingerprintOfContent, isStamped, writeStamp } from "../support/stamp.mjs";

const STAMP = "node_modules/.verbatim-stamp";

/** Where node-llama-cpp names a platform unlike Node. */
const LLAMA_PLATFORMS = { "darwin-x64": "mac-x64", "darwin-arm64": "mac-arm64-metal", "win32-x64": "win-x64" };

/** The packages that hold the binaries for a platform, by the packages they belong to. */
function binaryPackages(platform) {
  return {
    "node-llama-cpp": [`@node-llama-cpp/${LLAMA_PLATFORMS[platform] ?? platform}`],
    esbuild: [`@esbuild/${platform}`],
    sharp: [`@img/sharp-${platform}`, `@img/sharp-libvips-${platform}`],
  };
}

/** Installs what package-lock.json names, where that has changed. */
export function installDependencies() {
  const fingerprint = fingerprintOfContent("package-lock.json");
  if (!isStamped(STAMP, fingerprint)) {
    console.log("Installing dependencies");
    runNpm(["ci", "--no-audit", "--no-fund"]);
    writeStamp(STAMP, fingerprint);
  }
  installBinaries();
}

/**
 * Optional dependencies are left out (.npmrc), since node-llama-cpp's alone are 640 MB: binaries for every platform.
 * Those for the CPU of this machine are added, in the versions that their packages ask for.
 */
function installBinaries() {
  const platform = `${process.platform}-${process.arch}`;
  const wanted = [];
  for (const [owner, names] of Object.entries(binaryPackages(platform))) {
    const { optionalDependencies } = readPackage(owner);
    const offered = names.filter((name) => optionalDependencies[name] !== undefined);
    if (offered.length === 0) console.log(`${owner} has no binary for ${platform}: what needs it will not run`);
    for (const name of offered) wanted.push({ name, version: optionalDependencies[name] });
  }
  if (wanted.every(({ name, version }) => isInstalled(name, version))) return;
  // All of them at once, since npm removes those that neither the lock file nor the command names.
  const packages = wanted.map(({ name, version }) => `${name}@${version}`);
  console.log(`Installing ${packages.join(", ")}`);
  runNpm(["install", "--no-save", "--no-package-lock", "--no-audit", "--no-fund", ...packages]);
}

function isInstalled(name, version) {
  return existsSync(packagePath(name)) && readPackage(name).version === version;
}

function packagePath(name) {
  return join(repository, "node_modules", name, "package.json");
}

function readPackage(name) {
  return JSON.parse(readFileSync(packagePath(name), "utf8"));
}
