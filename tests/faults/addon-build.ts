import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, realpathSync } from "node:fs";
import { homedir } from "node:os";
import { basename, dirname, join } from "node:path";

/**
 * The addon, built in a scratch folder straight with the compiler ($CXX or g++): node-gyp would compile everything
 * again for every fault.
 */
export class AddonBuild {
  private readonly compiler = process.env.CXX ?? "g++";
  private readonly flags: readonly string[];
  readonly addon: string;

  /** Copies native/ of the repository to `folder`. */
  constructor(
    repository: string,
    private readonly folder: string,
  ) {
    // The real files, not links to them: what is planted in the copy must not reach the repository.
    cpSync(realpathSync(join(repository, "native")), join(folder, "native"), { recursive: true, dereference: true });
    // The addon is written against the CUDA library's header, where native/ expects it.
    mkdirSync(join(folder, "cuda"));
    cpSync(join(repository, "cuda/verbatim_cuda.h"), join(folder, "cuda/verbatim_cuda.h"));
    for (const objects of ["objects", "faulty"]) mkdirSync(join(folder, objects));
    this.addon = join(folder, "verbatim.node");
    const standard = ["-std=c++20", "-O1", "-fPIC", "-fexceptions", "-fvisibility=hidden", "-w"];
    const definitions = ["NAPI_VERSION=9", "NODE_ADDON_API_DISABLE_CPP_EXCEPTIONS", "NODE_ADDON_API_ENABLE_MAYBE"];
    const headers = [nodeHeaders(), join(repository, "node_modules/node-addon-api")];
    this.flags = [
      ...standard,
      ...definitions.map((definition) => `-D${definition}`),
      ...headers.map((folder) => `-I${folder}`),
      "-MMD",
    ];
  }

  /** Where a file of the engine's lies in the scratch folder, and nowhere else. */
  engineFile(name: string): string {
    const path = join(realpathSync(this.folder), "native", "engine", name);
    if (realpathSync(path) !== path) throw new Error(`Expected ${path} to be a copy, not a link`);
    return path;
  }

  /** Compiles the sound sources and links the addon. */
  build(): void {
    for (const source of this.sources()) this.compile(source, this.objectOf(source));
    this.link((source) => this.objectOf(source));
  }

  /** Links the addon with what includes a file that has a fault now; the sound objects are kept for the next fault. */
  buildWith(faulty: string): void {
    const affected = this.sources().filter((source) => dependsOn(this.objectOf(source), faulty));
    for (const source of affected) this.compile(source, this.objectOf(source, "faulty"));
    this.link((source) => this.objectOf(source, affected.includes(source) ? "faulty" : "objects"));
  }

  private compile(source: string, object: string): void {
    this.run([...this.flags, "-c", source, "-o", object]);
  }

  private link(objectOf: (source: string) => string): void {
    const loose = process.platform === "darwin" ? ["-undefined", "dynamic_lookup"] : [];
    this.run(["-shared", ...loose, ...this.sources().map(objectOf), "-pthread", "-o", this.addon]);
  }

  private sources(): string[] {
    return ["engine", "addon"].flatMap((part) => {
      const folder = join(this.folder, "native", part);
      const names = readdirSync(folder).filter((name) => name.endsWith(".cpp"));
      return names.map((name) => join(folder, name));
    });
  }

  private objectOf(source: string, folder: "objects" | "faulty" = "objects"): string {
    return join(this.folder, folder, basename(source, ".cpp") + ".o");
  }

  private run(parameters: readonly string[]): void {
    execFileSync(this.compiler, parameters, { stdio: ["ignore", "inherit", "inherit"] });
  }
}

/** Whether the object was compiled from that file, by the compiler's own account. */
function dependsOn(object: string, file: string): boolean {
  const rule = readFileSync(object.replace(/\.o$/, ".d"), "utf8");
  return rule.split(/\s+/).some((path) => basename(path) === basename(file));
}

function nodeHeaders(): string {
  const candidates = [
    join(dirname(process.execPath), "..", "include", "node"),
    join(homedir(), ".cache", "node-gyp", process.versions.node, "include", "node"),
    join(homedir(), "Library", "Caches", "node-gyp", process.versions.node, "include", "node"),
  ];
  const found = candidates.find((folder) => existsSync(join(folder, "node_api.h")));
  if (!found) throw new Error(`Node's headers are in none of these folders: ${candidates.join(", ")}`);
  return found;
}
