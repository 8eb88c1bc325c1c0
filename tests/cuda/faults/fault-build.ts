import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import {
  atOnce,
  buildPrograms,
  compileLibrary,
  compileObject,
  kernelsSource,
  link,
} from "../support/emulated-build.js";

/** Builds the test programs with one file of the CUDA sources changed. */
export class FaultBuild {
  readonly #repository: string;
  readonly #folder = mkdtempSync(join(tmpdir(), "verbatim-cuda-faults-"));
  /** The sound objects by their sources. */
  #library = new Map<string, string>();
  /** The sound programs by their names. */
  readonly #programs = new Map<string, string>();

  constructor(repository: string) {
    this.#repository = repository;
  }

  /** Builds the programs without a fault. */
  async prepare(programs: readonly string[]): Promise<void> {
    this.#library = await compileLibrary("plain");
    const paths = await buildPrograms(
      "plain",
      programs.map((program) => `tests/cuda/${program}.cpp`),
    );
    programs.forEach((program, index) => this.#programs.set(program, paths[index]));
  }

  /** A program without a fault. */
  sound(program: string): string {
    return this.#programs.get(program)!;
  }

  /** Builds a program with `content` in the place of `file`, which is under cuda/, and returns its path. */
  async build(file: string, content: string, program: string): Promise<string> {
    cpSync(join(this.#repository, "cuda"), join(this.#folder, "cuda"), { recursive: true });
    writeFileSync(join(this.#folder, "cuda", file), content);
    const objects = new Map(this.#library);
    await atOnce(this.#sourcesWith(file), async (source) => {
      const object = join(this.#folder, `${basename(source)}.o`);
      // The file of kernels names them by cuda/: it stands for the changed ones here.
      const changed = source.startsWith("cuda/") ? join(this.#folder, source) : source;
      await compileObject("plain", changed, object, this.#folder);
      objects.set(source, object);
    });
    const path = join(this.#folder, program);
    await link("plain", [`${this.sound(program)}.cpp.o`, ...objects.values()], path);
    return path;
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** What has to be compiled again where a file changes. */
  #sourcesWith(file: string): string[] {
    if (file.endsWith(".cpp")) return [`cuda/${file}`];
    if (file.startsWith("kernels/")) return [kernelsSource("plain")];
    return [...this.#library.keys()].filter((source) => source.startsWith("cuda/host/"));
  }
}
