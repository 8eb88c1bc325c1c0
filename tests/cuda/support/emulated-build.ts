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
  const library = await compileSources(variant, [...librarySources(variant), emulationSource(variant)]);
  return linkPrograms(variant, sources, library);
}

/** The same for programs that use the emulation, and not the library. */
export async function buildWithoutLibrary(variant: Variant, sources: readonly string[]): Promise<string[]> {
  return linkPrograms(variant, sources, await compileSources(variant, [emulationSource(variant)]));
}

/** Builds the shared library, with what tests need of the emulation exported too, and returns its path. */
export async function buildSharedLibrary(variant: Variant): Promise<string> {
  const path = join(buildFolder(variant), "libverbatim_cuda.so");
  const objects = await compileSources(variant, [...librarySources(variant), emulationSource(variant)]);
  await link(variant, [...objects, "-shared"], path);
  return path;
}

/** Builds the shared library at `path` as it is with another header in the place of verbatim_cuda.h. */
export async function buildSharedLibraryWith(header: string, path: string): Promise<void> {
  const variant = "plain";
  const [kernels, host] = librarySources(variant);
  const others = await compileSources(variant, [kernels, emulationSource(variant)]);
  const object = `${path}.o`;
  // Included first, it stands for the header that the sources include; kernels know none of what may differ.
  await compile([...FLAGS, ...includeFolders("."), "-O0", "-include", header, "-c", host, "-o", object]);
  await link(variant, [object, ...others, "-shared"], path);
}

/** @param root the folder that cuda/ is in: another than the repository holds a changed copy */
export function compileObject(variant: Variant, source: string, object: string, root = "."): Promise<void> {
  return compile([...FLAGS, ...includeFolders(root), ...SANITIZERS[variant], "-c", source, "-o", object]);
}

function includeFolders(root: string): string[] {
  return ["-I", "tests/cuda/emulation", "-I", join(root, "cuda/include"), "-I", root];
}

export function link(variant: Variant, objects: readonly string[], output: string): Promise<void> {
  return compile([...SANITIZERS[variant], ...objects, "-o", output]);
}

/** One source with all kernels, and one with the host's files: together, they take a fraction of the time. */
export function librarySources(variant: Variant): string[] {
  const listed = listedSources();
  return [
    joined(variant, "kernels", listed.filter(isKernel)),
    joined(
      variant,
      "host",
      listed.filter((source) => !isKernel(source)),
    ),
  ];
}

/** One source with all files of the emulation. */
export function emulationSource(variant: Variant): string {
  const names = readdirSync(join(repository, "tests/cuda/emulation")).filter((name) => name.endsWith(".cpp"));
  return joined(
    variant,
    "emulation",
    names.sort().map((name) => `tests/cuda/emulation/${name}`),
  );
}

/** Throws unless each of the host's files compiles by itself: joined, one could lack what another includes. */
export async function checkHostSources(): Promise<void> {
  const host = listedSources().filter((source) => !isKernel(source));
  await atOnce(host, (source) => compile([...FLAGS, ...includeFolders("."), "-fsyntax-only", source]));
}

const isKernel = (source: string) => source.endsWith(".cu");

function listedSources(): string[] {
  return readFileSync(join(repository, "cuda/sources.txt"), "utf8").trim().split("\n");
}

/** Writes a source that includes others, and returns its path. */
function joined(variant: Variant, name: string, sources: readonly string[]): string {
  const path = join(buildFolder(variant), `${name}.cpp`);
  writeFileSync(path, sources.map((source) => `#include "${source}"\n`).join(""));
  return path;
}

async function linkPrograms(
  variant: Variant,
  sources: readonly string[],
  library: readonly string[],
): Promise<string[]> {
  return atOnce(await compileSources(variant, sources), async (object) => {
    const program = object.replace(/\.c(pp)?\.o$/, "");
    await link(variant, [object, ...library], program);
    return program;
  });
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
      else reject(new Error(`The compiler failed on ${args.join(" ")}:\n${output}`));
    });
  });
}
