import { execFile } from "node:child_process";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { whileLocked } from "./support/build-lock.js";
import { buildWithoutLibrary, type Variant } from "./support/emulated-build.js";

const ALL_VARIANTS: readonly Variant[] = ["plain", "address", "thread"];
const PROGRAMS = ["broken_kernels", "broken_streams", "emulated_runtime"];
const SEEDS = [1, 2, 3, 4, 5, 6, 7, 8];

interface Outcome {
  /** Exit status; null: a signal ended it. */
  status: number | null;
  output: string;
}

/** The programs' paths by variant and name. */
const paths = new Map<string, string>();

function run(program: string, variant: Variant, args: string[], seed = 1): Promise<Outcome> {
  const env = { ...process.env, CUDA_ON_CPU_SEED: String(seed) };
  return new Promise((done) => {
    const child = execFile(paths.get(`${variant} ${program}`)!, args, { env }, (error, stdout, stderr) => {
      done({ status: error === null ? 0 : child.exitCode, output: stdout + stderr });
    });
  });
}

async function build(variant: Variant): Promise<void> {
  const built = await buildWithoutLibrary(
    variant,
    PROGRAMS.map((program) => `tests/cuda/programs/${program}.cpp`),
  );
  PROGRAMS.forEach((program, index) => paths.set(`${variant} ${program}`, built[index]));
}

function runRule(program: string, variant: Variant, rule: string, twin: string, seed?: number): Promise<Outcome> {
  return run(program, variant, [rule, twin], seed);
}

/** A correct program is right in every variant, whatever the seed. */
async function expectRight(program: string, rule: string): Promise<void> {
  for (const variant of ALL_VARIANTS) {
    for (const seed of variant === "plain" ? SEEDS : [1]) {
      const outcome = await runRule(program, variant, rule, "correct", seed);
      assert.equal(outcome, { status: 0, output: "right\n" }, `${rule}, ${variant}, seed ${seed}`);
    }
  }
}

/** What ends the broken program in one variant. */
async function expectReport(program: string, rule: string, variant: Variant, report: RegExp): Promise<void> {
  const { status, output } = await runRule(program, variant, rule, "broken");
  assert.is.not(status, 0, `${rule}, ${variant}: ${output}`);
  assert.match(output, report, `${rule}, ${variant}`);
}

/** The emulator sees in any variant which rule a kernel breaks, and says so in one sentence. */
const SENTENCES = {
  "divergent-barrier": /^cuda_on_cpu: threads of one block wait at different barriers: \S+:\d+ and \S+:\d+$/m,
  "warp-deadlock": /^cuda_on_cpu: deadlock: 32 threads wait at the barrier at \S+:\d+, and 32 .* in warp operations/m,
  "strange-mask": /^cuda_on_cpu: a lane calls a warp operation whose mask 0x0000ffff does not name it$/m,
  "exited-lane": /^cuda_on_cpu: .*(lane exited that the mask of|which names a lane that exited)/m,
  "mixed-operations": /^cuda_on_cpu: lanes of one mask meet in different warp operations$/m,
};

/** What a sanitizer reports. */
const REPORTS: { program: string; rule: string; variant: Variant; report: RegExp }[] = [
  { program: "broken_kernels", rule: "missing-barrier", variant: "thread", report: /data race/ },
  { program: "broken_kernels", rule: "block-race", variant: "thread", report: /data race/ },
  { program: "broken_kernels", rule: "last-block", variant: "thread", report: /data race/ },
  { program: "broken_kernels", rule: "shared-overrun", variant: "address", report: /global-buffer-overflow/ },
  { program: "broken_kernels", rule: "local-overrun", variant: "address", report: /stack-buffer-overflow/ },
  { program: "broken_kernels", rule: "device-overrun", variant: "address", report: /heap-buffer-overflow/ },
  { program: "broken_kernels", rule: "use-after-free", variant: "address", report: /heap-use-after-free/ },
  { program: "broken_streams", rule: "missing-event", variant: "thread", report: /data race/ },
  { program: "broken_streams", rule: "missing-event-in-graph", variant: "thread", report: /data race/ },
  { program: "broken_streams", rule: "early-record", variant: "thread", report: /data race/ },
  { program: "broken_streams", rule: "early-reuse", variant: "thread", report: /data race/ },
  { program: "broken_streams", rule: "early-host-write", variant: "thread", report: /data race/ },
  { program: "broken_streams", rule: "early-host-read", variant: "thread", report: /data race/ },
  { program: "broken_streams", rule: "early-host-free", variant: "address", report: /heap-use-after-free/ },
  { program: "broken_streams", rule: "host-dereference", variant: "address", report: /use-after-poison/ },
];

/** What gives a wrong result, under some seed at least. */
const WRONG_RESULTS = [
  { program: "broken_kernels", rule: "missing-barrier" },
  { program: "broken_kernels", rule: "garbage" },
  { program: "broken_kernels", rule: "ungiven-value" },
  { program: "broken_streams", rule: "missing-event" },
  { program: "broken_streams", rule: "missing-event-in-graph" },
  { program: "broken_streams", rule: "early-record" },
  { program: "broken_streams", rule: "early-reuse" },
  { program: "broken_streams", rule: "early-host-write" },
  { program: "broken_streams", rule: "early-host-read" },
];

test.before(() =>
  whileLocked(async () => {
    for (const variant of ALL_VARIANTS) await build(variant);
  }),
);

for (const variant of ALL_VARIANTS) {
  test(`the emulated runtime answers as CUDA's does: ${variant}`, async () => {
    const { status, output } = await run("emulated_runtime", variant, []);
    assert.is(status, 0, output);
    assert.match(output, /^ok \d{3,}\n$/);
  });
}

for (const [rule, sentence] of Object.entries(SENTENCES)) {
  test(`a kernel ends with a sentence: ${rule}`, async () => {
    for (const variant of ALL_VARIANTS) await expectReport("broken_kernels", rule, variant, sentence);
  });
}

for (const { program, rule, variant, report } of REPORTS) {
  test(`a sanitizer reports: ${rule}, ${variant}`, () => expectReport(program, rule, variant, report));
}

for (const { program, rule } of WRONG_RESULTS) {
  test(`some seed gives a wrong result: ${rule}`, async () => {
    const outputs = await Promise.all(SEEDS.map((seed) => runRule(program, "plain", rule, "broken", seed)));
    assert.ok(outputs.some(({ output }) => output === "wrong\n"));
    assert.ok(outputs.every(({ status }) => status === 0));
  });
}

const RULES = new Map([
  ...Object.keys(SENTENCES).map((rule) => [rule, "broken_kernels"] as const),
  ...[...REPORTS, ...WRONG_RESULTS].map(({ rule, program }) => [rule, program] as const),
  ["early-exit", "broken_kernels"] as const,
]);

for (const [rule, program] of RULES) {
  test(`the correct twin is right: ${rule}`, () => expectRight(program, rule));
}

test("a seed repeats a run", async () => {
  const results = await Promise.all(
    [3, 3, 3, 4, 5, 6, 7, 8].map((seed) => runRule("broken_kernels", "plain", "missing-barrier", "values", seed)),
  );
  const outputs = results.map(({ output }) => output);
  assert.is(outputs[0], outputs[1]);
  assert.is(outputs[0], outputs[2]);
  assert.ok(new Set(outputs).size > 1);
});

test.run();
