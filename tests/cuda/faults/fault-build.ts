import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { choiceSource, type Patch, plantAll } from "../../support/planting.js";
import {
  atOnce,
  compileObject,
  compileSources,
  emulationSource,
  librarySources,
  link,
} from "../support/emulated-build.js";

/** Builds the test programs with faults in a copy of the CUDA sources, each of which is chosen at run time. */
export class FaultBuild {
  readonly #repository: string;
  readonly #folder = mkdtempSync(join(tmpdir(), "verbatim-cuda-faults-"));

  constructor(repository: string) {
    this.#repository = repository;
  }

  /** Writes all faults into the copy. */
  plant(faults: readonly Patch[]): void {
    const copy = join(this.#folder, "cuda");
    cpSync(join(this.#repository, "cuda"), copy, { recursive: true });
    const planted = plantAll(faults, (file) => readFileSync(join(copy, file), "utf8"));
    for (const [file, text] of planted) writeFileSync(join(copy, file), text);
    writeFileSync(join(copy, "planted_fault.cpp"), choiceSource);
  }

  /** Builds programs of tests/cuda, given by their names. */
  async build(programs: readonly string[]): Promise<void> {
    const sources = [...librarySources("plain"), join(this.#folder, "cuda/planted_fault.cpp")];
    const library = await atOnce(sources, async (source) => {
      const object = join(this.#folder, `${basename(source)}.o`);
      // The library's sources name files by cuda/: it stands for those of the copy here.
      await compileObject("plain", source, object, this.#folder);
      return object;
    });
    const [emulation] = await compileSources("plain", [emulationSource("plain")]);
    const objects = await compileSources(
      "plain",
      programs.map((program) => `tests/cuda/programs/${program}.cpp`),
    );
    await atOnce(programs, (program) =>
      link("plain", [objects[programs.indexOf(program)], ...library, emulation], this.path(program)),
    );
  }

  path(program: string): string {
    return join(this.#folder, program);
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
