/**
 * Builds the addon as it is published, for this platform; on Linux once for glibc and once for musl, by Zig's compiler,
 * which brings the headers of old releases of both. The CUDA library goes beside it where npm run build:cuda made one.
 * Usage: npm run prebuilds
 * ZIG: the command that Zig is started by, `python3 -m ziglang` unless given (PyPI's package ziglang).
 */
import { copyFileSync, existsSync, mkdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { repository } from "./support/repository.mjs";
import { runNode } from "./support/run.mjs";
import { OLDEST_GLIBC, problemsOf, requirementsOf } from "./support/shared-library.mjs";

const ZIG = process.env.ZIG ?? "python3 -m ziglang";
const ARCHITECTURES = { x64: "x86_64", arm64: "aarch64" };
const LIBCS = { glibc: `gnu.${OLDEST_GLIBC}`, musl: "musl" };

const folder = join(repository, `prebuilds/${process.platform}-${process.arch}`);

function buildForLinux(libc) {
  const target = `${ARCHITECTURES[process.arch]}-linux-${LIBCS[libc]}`;
  console.log(`Building for ${target}`);
  // The level is for the C++ library too, which Zig compiles when it links.
  const compilers = { CC: `${ZIG} cc -target ${target} -O3`, CXX: `${ZIG} c++ -target ${target} -O3` };
  prebuildify(["--tag-libc"], { ...compilers, PREBUILD_LIBC: libc });
  const problems = problemsOf(requirementsOf(join(folder, `verbatim-runtime.${libc}.node`)), libc);
  if (problems.length > 0) throw new Error(`The addon for ${libc} will not load: ${problems.join(", ")}`);
}

function prebuildify(flags, environment = {}) {
  const prefix = dirname(dirname(process.execPath));
  // The headers that came with this Node, where they did: without them node-gyp downloads its own.
  const headers = existsSync(join(prefix, "include/node/node_api.h")) ? { npm_config_nodedir: prefix } : {};
  const env = { ...process.env, npm_config_jobs: "max", ...headers, ...environment };
  runNode(["node_modules/prebuildify/bin.js", "--napi", "--strip", ...flags], { env });
}

function addCudaLibrary() {
  const library = join(repository, "build-cuda/Release/libverbatim_cuda.so");
  if (!existsSync(library)) {
    return console.log(`${library} was not built: the package will have no CUDA library for this platform`);
  }
  copyFileSync(library, join(folder, "libverbatim_cuda.so"));
  console.log(`Copied the CUDA library to ${folder}`);
}

rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
if (process.platform === "linux") Object.keys(LIBCS).forEach(buildForLinux);
else prebuildify([]);
addCudaLibrary();
