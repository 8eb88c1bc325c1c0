import { execFileSync } from "node:child_process";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import type { TokenText } from "../token-texts.js";
import type { Measurement } from "./results.js";

/** Compiles `bench/<name>.cpp` with the engine, where that is out of date; returns the program's path. */
export function compileProgram(name: string): string {
  const program = join("build", "bench", name);
  execFileSync("make", ["-s", `-j${availableParallelism()}`, "-f", join("bench", "Makefile"), program], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  return program;
}

/** The figures that a program prints of a text, for contexts of so many of its tokens. */
export function runProgram(
  program: readonly string[],
  text: TokenText,
  sizes: readonly number[],
  vocabulary: number,
): Measurement[] {
  const [command, ...first] = program;
  const output = execFileSync(command!, [...first, String(vocabulary), text.path, ...sizes.map(String)], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
  const lines = output.trim().split("\n");
  return lines.map((line) => ({ text: text.name, vocabulary, ...(JSON.parse(line) as Measurement) }));
}
