/**
 * Runs the programs of tests/cuda on the library's real sources, compiled for the CPU: plainly, under AddressSanitizer
 * with UndefinedBehaviorSanitizer, or under ThreadSanitizer, with threads and streams in another order each time.
 */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { whileLocked } from "./build-lock.js";
import { buildPrograms, type Variant } from "./emulated-build.js";

interface Run {
  program: string;
  /** Arguments before the seed and after it; a program without a seed has none of either. */
  before: readonly string[];
  after?: readonly string[];
  takesSeed?: false;
  prints: RegExp;
}

export const run = promisify(execFile);

/** Sanitizers make everything ten times slower: they get less to do. */
const SHARES: Record<Variant, number> = { plain: 1, address: 0.02, thread: 0.005 };

function runsOf(variant: Variant, part: number): Run[] {
  const amount = (count: number) => [String(Math.round(count * SHARES[variant] * part))];
  return [
    { program: "differential", before: [...amount(200_000)], prints: /^ok \d+/m },
    { program: "differential", before: [...amount(4_000)], after: ["large"], prints: /^ok \d+/m },
    { program: "graphs", before: [...amount(200)], prints: /^ok \d+/m },
    { program: "masked_fill", before: [...amount(2_000)], prints: /^ok \d+/m },
    { program: "sample_allowed", before: [...amount(300)], prints: /^ok \d+/m },
    { program: "failures", before: [], takesSeed: false, prints: /^ok / },
  ];
}

/** Registers the tests of one variant. @param part how much of the variant's work is done */
export function testPrograms(variant: Variant, part = 1): void {
  const seed = String(1 + Math.floor(Math.random() * 1e9));
  console.log(`seed ${seed}`);
  const runs = runsOf(variant, part);
  const names = [...new Set(runs.map(({ program }) => program))];
  const paths = new Map<string, string>();

  test(`the programs build: ${variant}`, async () => {
    const built = await whileLocked(() =>
      buildPrograms(
        variant,
        names.map((name) => `tests/cuda/programs/${name}.cpp`),
      ),
    );
    names.forEach((name, index) => paths.set(name, built[index]));
  });

  for (const { program, before, after = [], takesSeed = true, prints } of runs) {
    const args = takesSeed ? [...before, seed, ...after] : before;
    test(`${variant}: ${program} ${args.join(" ")}`, async () => {
      const env = { ...process.env, CUDA_ON_CPU_SEED: seed, TSAN_OPTIONS: "halt_on_error=1" };
      const { stdout, stderr } = await run(paths.get(program)!, args, { env, maxBuffer: 1 << 26 });
      assert.match(stdout, prints);
      assert.not.match(stdout, /^not run/m, "all of it runs under the emulation");
      assert.is(stderr, "");
    });
  }
}
