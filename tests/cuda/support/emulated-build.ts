/**
 * Builds the CUDA sources for the CPU, with tests/cuda/emulation in the place of the CUDA runtime. What is up to date
 * is not built again.
 */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** This file is dist/tests/cuda/support/emulated-build.js. */
const repository = fileURLToPath(new URL("../../../../", import.meta.url));

/** How everything is compiled. A library and the programs with it are built in one variant. */
export type Variant = "plain" | "address" | "thread";

const SANITIZERS: Record<Variant, readonly string[]> = {
  plain: ["-O2"],
  address: ["-O1", "-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=all", "-fno-omit-frame-pointer"],
  thread: ["-O1", "-g", "-fsanitize=thread", "-fno-omit-frame-pointer"],
};

/** A block of two warps has all that a larger one has, and takes less time here. */
const FLAGS = ["-std=c++20", "-x", "c++", "-fPIC", "-fvisibility=hidden", "-DVBT_SEQUENCE_THREADS=64", "-DCUDA_ON_CPU"];

/** Files whose change makes everything out of date. */
const FOLDERS = ["cuda", "tests/cuda", "examples/cuda"];

/** The folder that a variant is built in. */
export function buildFolder(variant: Variant): string {
  const folder = join(repository, "build", "cuda-emulated", variant);
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** Builds programs, given as paths of their one source each, and returns their paths. */
export async function buildPrograms(variant: Variant, sources: readonly string[]): Promise<string[]> {
  const library = await compileSources(variant, librarySources(variant));
  const programs = await compileSources(variant, sources);
  return atOnce(programs, async (object) => {
    const program = object.replace(/\.c(pp)?\.o$/, "");
    await link(variant, [object, ...library], program);
    return program;
  });
}

/** Builds the shared library, with what tests need of the emulation exported too, and returns its path. */
export async function buildSharedLibrary(variant: Variant): Promise<string> {
  const path = join(buildFolder(variant), "libverbatim_cuda.so");
  await link(variant, [...(await compileSources(variant, librarySources(variant))), "-shared"], path);
  return path;
}

/** The objects of the library and of the emulation by the sources they were compiled from, up to date. */
export async function compileLibrary(variant: Variant): Promise<Map<string, string>> {
  const sources = librarySources(variant);
  const objects = await compileSources(variant, sources);
  return new Map(sources.map((source, index) => [source, objects[index]]));
}

/** @param root the folder that cuda/ is in: another than the repository holds a changed copy */
export function compileObject(variant: Variant, source: string, object: string, root = "."): Promise<void> {
  const folders = ["-I", "tests/cuda/emulation", "-I", join(root, "cuda"), "-I", root];
  return compile([...FLAGS, ...folders, ...SANITIZERS[variant], "-c", source, "-o", object]);
}

export function link(variant: Variant, objects: readonly string[], output: string): Promise<void> {
  return compile([...SANITIZERS[variant], ...objects, "-o", output]);
}

/** The one source that holds all kernels: together, they take a tenth of the time. */
function kernelsSource(variant: Variant): string {
  return join(buildFolder(variant), "kernels.cpp");
}

/** The sources of the library and of the emulation. */
function librarySources(variant: Variant): string[] {
  const listed = readFileSync(join(repository, "cuda/sources.txt"), "utf8").trim().split("\n");
  const kernels = listed.filter((source) => source.endsWith(".cu"));
  const host = listed.filter((source) => !source.endsWith(".cu"));
  const emulation = readdirSync(join(repository, "tests/cuda/emulation"))
    .filter((name) => name.endsWith(".cpp"))
    .map((name) => `tests/cuda/emulation/${name}`);
  writeFileSync(kernelsSource(variant), kernels.map((source) => `#include "${source}"\n`).join(""));
  return [kernelsSource(variant), ...host, ...emulation];
}

/** Compiles sources to objects, those that are out of date, and returns the objects' paths. */
export async function compileSources(variant: Variant, sources: readonly string[]): Promise<string[]> {
  const folder = buildFolder(variant);
  const fingerprint = fingerprintOf(variant);
  return atOnce(sources, async (source) => {
    const object = join(folder, `${source.replace(folder, "").replaceAll("/", "-")}.o`);
    const stamp = `${object}.stamp`;
    if (existsSync(object) && existsSync(stamp) && readFileSync(stamp, "utf8") === fingerprint) return object;
    await compileObject(variant, source, object);
    writeFileSync(stamp, fingerprint);
    return object;
  });
}

/** A digest of all that may be compiled, and how. */
function fingerprintOf(variant: Variant): string {
  const digest = createHash("sha256").update(JSON.stringify([FLAGS, SANITIZERS[variant]]));
  for (const folder of FOLDERS) {
    const files = readdirSync(join(repository, folder), { recursive: true, encoding: "utf8" });
    for (const file of files.filter((name) => /\.(cu|cuh|c|cpp|hpp|h|txt)$/.test(name)).sort()) {
      digest.update(file).update(readFileSync(join(repository, folder, file)));
    }
  }
  return digest.digest("hex");
}

/** Works on items, as many at once as there are processors, and returns the results in order. */
export async function atOnce<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  let next = 0;
  const worker = async () => {
    while (next < items.length) {
      const index = next++;
      results[index] = await work(items[index]);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
  return results;
}

function compile(args: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const compiler = spawn(process.env.CXX ?? "c++", args, { cwd: repository, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    compiler.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
    compiler.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
    compiler.on("error", reject);
    compiler.on("close", (status) => {
      if (status === 0) resolve();
      else reject(new Error(`The compiler failed on ${args.at(-3)}:\n${output}`));
    });
  });
}
