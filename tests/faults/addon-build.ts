import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, readFileSync, realpathSync, writeFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { nodeHeaders } from "../support/node-headers.js";
import { choiceSource, type Patch, plantAll } from "../support/planting.js";

/** The addon with faults in it, built in a scratch folder straight with the compiler ($CXX or g++). */
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
    mkdirSync(join(folder, "cuda/include"), { recursive: true });
    cpSync(join(repository, "cuda/include/verbatim_cuda.h"), join(folder, "cuda/include/verbatim_cuda.h"));
    mkdirSync(join(folder, "objects"));
    this.addon = join(folder, "verbatim.node");
    const standard = ["-std=c++20", "-O1", "-fPIC", "-fexceptions", "-fvisibility=hidden", "-w"];
    const definitions = ["NAPI_VERSION=9", "NODE_ADDON_API_DISABLE_CPP_EXCEPTIONS", "NODE_ADDON_API_ENABLE_MAYBE"];
    const headers = [nodeHeaders(), join(repository, "node_modules/node-addon-api")];
    this.flags = [
      ...standard,
      ...definitions.map((definition) => `-D${definition}`),
      ...headers.map((folder) => `-I${folder}`),
    ];
  }

  /** Writes all faults into the copy, each of which is chosen at run time. */
  plant(faults: readonly Patch[]): void {
    const engine = join(this.folder, "native", "engine");
    const planted = plantAll(faults, (file) => readFileSync(join(engine, file), "utf8"));
    for (const [file, text] of planted) writeFileSync(join(engine, file), text);
    writeFileSync(join(engine, "planted_fault.cpp"), choiceSource);
  }

  /** Compiles the sources and links the addon. */
  build(): void {
    const objects = this.sources().map((source) => {
      const object = join(this.folder, "objects", `${relative(this.folder, source).replaceAll(sep, "-")}.o`);
      this.run([...this.flags, "-c", source, "-o", object]);
      return object;
    });
    const loose = process.platform === "darwin" ? ["-undefined", "dynamic_lookup"] : [];
    this.run(["-shared", ...loose, ...objects, "-pthread", "-o", this.addon]);
  }

  private sources(): string[] {
    return ["engine", "addon"].flatMap((part) => {
      const folder = join(this.folder, "native", part);
      const names = readdirSync(folder, { recursive: true }) as string[];
      return names.filter((name) => name.endsWith(".cpp")).map((name) => join(folder, name));
    });
  }

  private run(parameters: readonly string[]): void {
    execFileSync(this.compiler, parameters, { stdio: ["ignore", "inherit", "inherit"] });
  }
}
