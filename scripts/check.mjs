/**
 * Checks style and lint of all languages; with --fix, changes what can be changed by a program.
 * Usage: npm run check, npm run format
 */
import { execFile, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { checkApiReport } from "./api/report.mjs";
import { filesUnder } from "./support/files.mjs";
import { repository } from "./support/repository.mjs";

const fix = process.argv.includes("--fix");
const sources = ["native", "cuda", "tests", "bench"].flatMap((folder) => filesUnder(folder, /\.(cpp|hpp|h|cu|cuh)$/));
const units = sources.filter((file) => file.startsWith("native/") && file.endsWith(".cpp"));
/** As binding.gyp has it. */
const NODE_ADDON_API = [
  "-isystem",
  "node_modules/node-addon-api",
  "-DNAPI_VERSION=9",
  "-DNODE_ADDON_API_DISABLE_CPP_EXCEPTIONS",
  "-DNODE_ADDON_API_ENABLE_MAYBE",
  "-DVERBATIM_STATIC",
];
let failures = 0;

function report(name, failed) {
  console.log(`${name}: ${failed ? "FAILED" : "ok"}`);
  if (failed) failures += 1;
}

function check(name, command, args) {
  const { status, error } = spawnSync(command, args, { cwd: repository, stdio: "inherit" });
  if (error !== undefined) console.error(error.message);
  report(name, status !== 0);
}

function checkWithNode(name, script, args) {
  check(name, process.execPath, [script, ...args]);
}

/** The one list of a folder's sources names every file there is. */
function checkSourceList(file, listed, folder, pattern) {
  const present = filesUnder(folder, pattern);
  const isComplete = JSON.stringify(listed) === JSON.stringify(present);
  if (!isComplete) console.error(`${file} should list, in this order:\n${present.join("\n")}`);
  report(file, !isComplete);
}

function checkSourceLists() {
  const read = (file) => readFileSync(join(repository, file), "utf8");
  const engine = "native/engine/sources.gypi";
  checkSourceList(engine, JSON.parse(read(engine)).variables.engine_sources, "native/engine", /\.cpp$/);
  const cuda = "cuda/sources.txt";
  checkSourceList(cuda, read(cuda).trim().split("\n"), "cuda", /\.(cpp|cu)$/);
}

/** One process a source, as many at once as there are processors; what it says of system headers is left out. */
async function checkWithClangTidy() {
  if (spawnSync("clang-tidy", ["--version"]).error !== undefined) {
    console.log("clang-tidy: NOT CHECKED, it is not installed");
    if (process.env.CI !== undefined) failures += 1;
    return;
  }
  const nodeHeaders = join(dirname(dirname(process.execPath)), "include/node");
  const flags = ["-std=c++20", `-I${nodeHeaders}`, ...NODE_ADDON_API];
  const waiting = [...units];
  let failed = false;
  const worker = async () => {
    for (let unit = waiting.shift(); unit !== undefined; unit = waiting.shift()) {
      try {
        await promisify(execFile)("clang-tidy", ["--quiet", unit, "--", ...flags], { cwd: repository });
      } catch (error) {
        failed = true;
        console.error(error.stdout || error.message);
      }
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
  report("clang-tidy", failed);
}

async function checkPublicSurface() {
  let isAsReported = false;
  try {
    isAsReported = await checkApiReport({ fix });
  } catch (error) {
    console.error(error.message);
  }
  report("public API", !isAsReported);
}

checkSourceLists();
checkWithNode("eslint", "node_modules/eslint/bin/eslint.js", fix ? [".", "--fix"] : ["."]);
checkWithNode("imports", "node_modules/dependency-cruiser/bin/dependency-cruise.mjs", [
  "lib",
  "--config",
  ".dependency-cruiser.mjs",
]);
checkWithNode("prettier", "node_modules/prettier/bin/prettier.cjs", [
  ".",
  fix ? "--write" : "--check",
  "--log-level=warn",
]);
checkWithNode(
  "clang-format",
  "node_modules/clang-format/index.js",
  fix ? ["-i", ...sources] : ["-n", "-Werror", ...sources],
);
await checkPublicSurface();
if (!fix) await checkWithClangTidy();
process.exitCode = failures === 0 ? 0 : 1;
