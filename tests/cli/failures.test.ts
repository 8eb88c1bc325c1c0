/** What a user can do wrong, with every command: one line, and the exit code of its kind. */

import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Outcome } from "../../lib/base/command-error.js";
import { EXIT_CODES } from "../../lib/cli/exit-codes.js";
import { childrenOf, shell, startVerbatim, verbatim, type ProgramRun } from "../support/program.js";
import { scratch } from "../support/scratch.js";
import { writeTinyModel } from "../support/tiny-model.js";

writeTinyModel({ path: join(scratch, "tiny.gguf") });
mkdirSync(join(scratch, "folder"));
const FILES: Record<string, string | Buffer> = {
  "a.txt": "red: ff0000\n",
  "empty.txt": "",
  "latin1.txt": Buffer.from("caf\xe9", "latin1"),
  "nul.txt": "a\0b\n",
  "schema.json": '{"type": "integer"}',
  "hostile.gguf": Buffer.from("GGUF\u0003\0\0\0\0\0\0\0\0\0\0@\0\0\0\0\0\0\0@", "latin1"),
  "saved.json": '{"documents": [], "quotes": []}',
};
for (const [name, content] of Object.entries(FILES)) writeFileSync(join(scratch, name), content);

/** A command line that works, as far as it gets without a model. */
const ASK = ["ask", "-m", "none.gguf", "-c", "a.txt", "x"];
const EXTRACT = ["extract", "-m", "none.gguf", "-s", "schema.json", "-c", "a.txt"];
const EVAL = ["eval", "-m", "none.gguf"];
const VERIFY = ["verify", "saved.json"];

function expectFailure({ code, stdout, stderr }: ProgramRun, outcome: Outcome, sentence: RegExp, of: string): void {
  assert.match(stderr, sentence, of);
  // eslint-disable-next-line no-control-regex
  assert.match(stderr, /^verbatim: [^\x00-\x1f\x7f-\x9f\p{Bidi_Control}]+\n$/u, of);
  assert.is(stdout, "", of);
  assert.is(code, EXIT_CODES[outcome].code, of);
}

/** The command line with one word in place of another. */
function having(args: string[], word: string, other: string): string[] {
  assert.ok(args.includes(word));
  return args.map((each) => (each === word ? other : each));
}

for (const [outcome, sentence, commands] of [
  ["usage", /unknown option '--loud'/, [ASK, EXTRACT, EVAL, VERIFY].map((command) => [...command, "--loud"])],
  [
    "usage",
    /Expected a(n integer| number) (from|of)/,
    [ASK, EXTRACT, EVAL]
      .flatMap((command) =>
        [
          ["--max-tokens", "x"],
          ["--temperature", "-1"],
          ["--threads", "1e9"],
          ["--seed", "1.5"],
        ].map((more) => [...command, ...more]),
      )
      .filter((_, i) => i % 3 !== 1),
  ],
  [
    "usage",
    /too many arguments/,
    [
      [...VERIFY, "more"],
      [...ASK, "more"],
    ],
  ],
  ["usage", /unknown command 'te␛ll'/, [["te\u001bll"]]],
  [
    "input",
    /there is no such file/,
    [
      having(ASK, "a.txt", "none\n\u202e.txt"),
      having(EXTRACT, "schema.json", "none"),
      having(VERIFY, "saved.json", "none"),
    ],
  ],
  [
    "input",
    /is a directory/,
    [having(ASK, "a.txt", "folder"), having(EXTRACT, "a.txt", "folder"), having(VERIFY, "saved.json", "folder")],
  ],
  ["input", /is not UTF-8 text/, [having(ASK, "a.txt", "latin1.txt"), having(VERIFY, "saved.json", "latin1.txt")]],
  ["input", /is not JSON/, [having(EXTRACT, "schema.json", "nul.txt"), having(VERIFY, "saved.json", "empty.txt")]],
  ["input", /The documents are empty/, [having(ASK, "a.txt", "empty.txt"), [...having(ASK, "a.txt", "-"), "-c", "-"]]],
  ["model", /there is no such file/, [ASK, EXTRACT, EVAL]],
  [
    "model",
    /is not a GGUF file/,
    [ASK, EXTRACT, EVAL].flatMap((command) => ["a.txt", "folder"].map((path) => having(command, "none.gguf", path))),
  ],
  [
    "model",
    /it claims .* tensors/,
    [ASK, EXTRACT, EVAL].map((command) => having(command, "none.gguf", "hostile.gguf")),
  ],
] as [Outcome, RegExp, string[][]][]) {
  test(`${outcome}: ${sentence.source}`, () => {
    for (const args of commands) expectFailure(verbatim(args), outcome, sentence, args.join(" "));
  });
}

test("--debug shows where, before the command and after it", () => {
  for (const args of [
    ["--debug", ...ASK],
    [...ASK, "--debug"],
    ["--debug", ...VERIFY.slice(0, 1), "none"],
  ]) {
    const { code, stderr } = verbatim(args);
    assert.match(stderr, /^verbatim: Cannot read none.*\n\w+Error: Cannot read none.*\n {4}at /);
    assert.is(code, EXIT_CODES[args.includes("ask") ? "model" : "input"].code);
  }
});

if (process.platform === "linux") {
  test("a reader that goes away early is no failure, of any command", () => {
    const model = "-m tiny.gguf --threads 1 --max-tokens 4";
    for (const command of [
      "--help",
      "ask --help",
      `ask ${model} -c a.txt x`,
      `ask ${model} -c a.txt --json x`,
      `extract ${model} -c a.txt -s schema.json --max-tokens 100`,
      `eval ${model} --workload lookup --entries 2 --dictionaries 1 --json`,
      "verify saved.json",
    ]) {
      const { code, stderr } = shell(`verbatim ${command} | true`);
      assert.is(code, 0, `${command}: ${stderr}`);
      assert.not.match(stderr, /verbatim:|EPIPE/);
    }
  });

  test("what cannot be written is said, by any command", () => {
    for (const command of ["--version", "verify --help", "verify saved.json"]) {
      const run = shell(`verbatim ${command} > /dev/full`);
      expectFailure(run, "output", /^verbatim: Cannot write the answer: .*no space left on device/, command);
    }
  });

  test("closed streams", () => {
    expectFailure(shell("verbatim ask -m none.gguf -c - x <&-"), "input", /The documents are empty/, "stdin");
    assert.is(shell("verbatim verify saved.json >&-").code, 0);
    assert.is(shell("verbatim verify none.json 2>&-").code, EXIT_CODES.input.code);
  });

  test("Ctrl-C and SIGTERM while a model is loaded: no word, and no process that goes on", async () => {
    for (const [signal, outcome] of [
      ["SIGINT", "interrupted"],
      ["SIGTERM", "terminated"],
    ] as const) {
      const run = startVerbatim(having(ASK, "none.gguf", "tiny.gguf"));
      const model = await modelProcess(run.process.pid!);
      run.process.kill(signal);
      assert.equal(await run.ended, { code: EXIT_CODES[outcome].code, stdout: "", stderr: "" });
      await gone(model);
    }
  });

  test("Ctrl-C while standard input is waited for", async () => {
    const run = startVerbatim(having(ASK, "a.txt", "-"));
    await setTimeout(1000);
    run.process.kill("SIGINT");
    const { code, stdout, stderr } = await run.ended;
    // Where the machine is so busy that it is not waited for yet, the signal ends the program itself.
    assert.ok(code === EXIT_CODES.interrupted.code || code === null, String(code));
    assert.equal([stdout, stderr], ["", ""]);
  });

  test("the process that runs a model does not outlive the program", async () => {
    const run = startVerbatim([...having(ASK, "none.gguf", "tiny.gguf"), "--max-tokens", "7000"]);
    const model = await modelProcess(run.process.pid!);
    run.process.kill("SIGKILL");
    await run.ended;
    await gone(model);
  });
}

/** The process that a run has its model in, once there is one. */
async function modelProcess(pid: number): Promise<number> {
  for (;;) {
    const [child] = childrenOf(pid);
    if (child !== undefined) return child;
    await setTimeout(10);
  }
}

/** Waits for the end of a process; the test's own time limit ends that where it does not come. */
async function gone(pid: number): Promise<void> {
  while (existsSync(`/proc/${pid}`)) await setTimeout(20);
}

test.run();
