import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { repository } from "../support/repository.mjs";
import { runNpm } from "../support/run.mjs";
import { fingerprintOfContent, isStamped, writeStamp } from "../support/stamp.mjs";

const STAMP = "node_modules/.verbatim-stamp";

/** Node's platform and architecture to the package that holds node-llama-cpp's CPU build. */
const LLAMA_PACKAGES = {
  "linux-x64": "linux-x64",
  "linux-arm64": "linux-arm64",
  "darwin-x64": "mac-x64",
  "darwin-arm64": "mac-arm64-metal",
  "win32-x64": "win-x64",
};

/** Installs what package-lock.json names, where that has changed. */
export function installDependencies() {
  const fingerprint = fingerprintOfContent("package-lock.json");
  if (!isStamped(STAMP, fingerprint)) {
    console.log("Installing dependencies");
    runNpm(["ci", "--no-audit", "--no-fund"]);
    writeStamp(STAMP, fingerprint);
  }
  installLlamaBinary();
}

/**
 * The binaries of node-llama-cpp are its optional dependencies, 640 MB in all. They are left out (.npmrc), and the one
 * for the CPU of this machine is added.
 */
function installLlamaBinary() {
  const host = `${process.platform}-${process.arch}`;
  const platform = LLAMA_PACKAGES[host];
  if (platform === undefined) {
    console.log(`node-llama-cpp has no package for ${host}: what needs a model will not run`);
    return;
  }
  const name = `@node-llama-cpp/${platform}`;
  const { version } = readPackage("node-llama-cpp");
  if (existsSync(packagePath(name)) && readPackage(name).version === version) return;
  console.log(`Installing ${name} ${version}`);
  runNpm(["install", "--no-save", "--no-package-lock", "--no-audit", "--no-fund", `${name}@${version}`]);
}

function packagePath(name) {
  return join(repository, "node_modules", name, "package.json");
}

function readPackage(name) {
  return JSON.parse(readFileSync(packagePath(name), "utf8"));
}
