/** `verbatim eval` as a program and from within: its figures, on models whose behaviour is known. */

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { writeReferenceModel } from "../../examples/reference-model/write.js";
import { evalPrompt } from "../../lib/evaluation/prompt.js";
import { evalText } from "../../lib/cli/output/eval-report.js";
import { evaluate, type EvalPlan, type EvalRow } from "../../lib/evaluation/measure-model.js";
import { generateExamples, promptText, WORKLOAD_TASKS } from "../../lib/evaluation/workload/example.js";
import { loadModel, scratch } from "../support/llama.js";
import { writeTinyModel } from "../support/tiny-model.js";

const program = fileURLToPath(new URL("../../lib/cli/verbatim.js", import.meta.url));
const CHATML = `{% for message in messages %}<|user|>{{ message.role }}
{{ message.content }}<|eos|>
{% endfor %}{% if add_generation_prompt %}<|assistant|>{% endif %}`;

const path = (name: string) => join(scratch, name);
writeReferenceModel({ path: path("sharp.gguf"), sharpness: "sharp" });
writeReferenceModel({ path: path("diluted.gguf"), sharpness: "diluted" });
writeTinyModel({ path: path("chat.gguf"), chatTemplate: CHATML, contextLength: 1024 });
writeTinyModel({ path: path("plain.gguf"), controlTokens: ["<|bos|>", "<|eos|>", "<|user|>", "<|assistant|>"] });

const PLAN: EvalPlan = {
  workload: "lookup",
  sizes: [{ entries: 10 }],
  dictionaries: 2,
  questions: 3,
  seed: 1,
  temperature: 0,
  maxTokens: 60,
  raw: false,
  threads: 1,
};

async function rows(name: string, plan: Partial<EvalPlan>, signal = new AbortController().signal) {
  const model = await loadModel(path(name));
  const found: EvalRow[] = [];
  let answers = 0;
  for await (const row of evaluate(model, { ...PLAN, ...plan }, signal, () => answers++)) found.push(row);
  await model.dispose();
  return { rows: found, answers };
}

function run(...args: string[]): { code: number | null; stdout: string; stderr: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, "eval", ...args], {
    cwd: scratch,
    encoding: "utf8",
  });
  return { code: status, stdout, stderr };
}

/** What programs may rely on, as docs/cli.md says. */
const RATE = { value: "number", low: "number", high: "number", count: "number" };
const ROW = {
  ...{ model: "string", entries: "number", length: "number", constrained: "boolean", promptTokens: "number" },
  ...{ answered: RATE, right: RATE, recallUsed: RATE, exactQuotes: RATE, wrongEntry: RATE, reward: RATE },
  tokensPerSecond: RATE,
};
const EVAL_JSON = {
  plan: {
    ...{ workload: "string", sizes: [{ tokens: "number" }], dictionaries: "number", questions: "number" },
    ...{ seed: "number", temperature: "number", maxTokens: "number", raw: "boolean", threads: "number" },
  },
  results: [ROW, ROW],
};

/** The names of a value's members, and their types; a figure that there is none of has the type of one. */
function shapeOf(value: unknown): unknown {
  if (value === null) return RATE;
  if (Array.isArray(value)) return value.map(shapeOf);
  if (typeof value !== "object") return typeof value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, shapeOf(member)]));
}

test("sharp: right, free and constrained; diluted: free it makes values up, constrained it does not", async () => {
  const sharp = await rows("sharp.gguf", {});
  assert.is(sharp.answers, 12);
  assert.equal(
    sharp.rows.map(({ constrained, entries, length, right, exactQuotes, reward }) => {
      return [constrained, entries, length, right!.value, right!.count, exactQuotes!.value, reward!.value];
    }),
    [
      [false, 10, null, 1, 6, 1, 1],
      [true, 10, null, 1, 6, 1, 1],
    ],
  );
  const diluted = await rows("diluted.gguf", { sizes: [{ entries: 150 }], dictionaries: 1, questions: 6 });
  const [free, constrained] = diluted.rows as [EvalRow, EvalRow];
  assert.ok(free.right!.value <= 0.5 && free.exactQuotes!.value <= 0.5, JSON.stringify(free));
  assert.is(free.recallUsed!.value, 1);
  assert.ok(constrained.right!.value >= 0.8, JSON.stringify(constrained));
  assert.is(constrained.exactQuotes!.value, 1);
  assert.is(constrained.exactQuotes!.count, 6);
  assert.ok(constrained.reward!.value > free.reward!.value);
  assert.ok(free.tokensPerSecond!.low > 0);
});

test("the same seed gives the same figures but for the speed; a table for people, JSON for programs", async () => {
  const args = [
    "-m",
    "chat.gguf",
    "--workload",
    "reasoning-retrieval",
    "--lengths",
    "600",
    "--dictionaries",
    "2",
    "--raw",
  ];
  const sampling = ["--temperature", "2", "--max-tokens", "30", "--threads", "1", "--seed", "5"];
  const { code, stdout, stderr } = run(...args, ...sampling, "--json");
  assert.is(code, 0, stderr);
  assert.is(stderr, "");
  const { plan, results } = JSON.parse(stdout) as { plan: EvalPlan; results: (EvalRow & { model: string })[] };
  assert.equal(shapeOf(JSON.parse(stdout)), EVAL_JSON);
  const timeless = (row: EvalRow) => ({ ...row, model: "chat", tokensPerSecond: null });
  const again = await rows("chat.gguf", plan);
  assert.equal(results.map(timeless), again.rows.map(timeless));
  for (const { model, length, promptTokens } of results) {
    assert.equal([model, length], ["chat", 600]);
    assert.ok(promptTokens <= 600 && promptTokens > 550, String(promptTokens));
  }
  const lines = evalText(plan, results).split("\n");
  assert.is(lines[0], "reasoning-retrieval: per row 1 question about each of 2 dictionaries; seed 5");
  assert.match(lines[3]!, /^model +entries +tokens +decoding +right answers +recall used +exact quotes +wrong entry +/);
  assert.match(lines[4]!, /^chat +\d+ +\d+ +free +0 \(0–66\) +\d+ /);
  assert.match(lines[5]!, /^chat +\d+ +\d+ +constrained +0 \(0–66\) +.* \d+ \(\d+–\d+\)$/);
  assert.is(lines.length, 7);
});

test("the table of docs/evaluation.md is one that this command writes", () => {
  const page = readFileSync(new URL("../../../docs/evaluation.md", import.meta.url), "utf8");
  const [, command] = /verbatim\.js eval (--model sharp\.gguf .*)\n```/.exec(page)!;
  const option = (name: string) => new RegExp(`--${name} (\\S+)`).exec(command!)![1]!;
  const entries = option("entries").split(",");
  const plan = { ...PLAN, dictionaries: Number(option("dictionaries")), questions: Number(option("questions")) };
  const [first, second, , header] = evalText(plan, []).split("\n");
  const table = page
    .slice(page.indexOf(`${first}\n${second}\n\n`))
    .split("```")[0]!
    .trimEnd()
    .split("\n")
    .slice(3);
  assert.equal(table.shift()!.split(/ {2,}/), header!.split(/ {2,}/));
  const rows = ["sharp", "diluted"].flatMap((model) =>
    entries.flatMap((count) => ["free", "constrained"].map((decoding) => [model, count, decoding])),
  );
  assert.equal(
    table.map((line) => line.split(/ {2,}/)).map(([model, count, , decoding]) => [model, count, decoding]),
    rows,
  );
});

test("a model without recall tokens is told about tags, and quotes between them", async () => {
  const { rows: found } = await rows("plain.gguf", {
    ...{ workload: "retrieval", sizes: [{ entries: 4 }], dictionaries: 1, questions: 2, maxTokens: 10 },
  });
  assert.equal(
    found.map(({ right, constrained }) => [right!.count, constrained]),
    [
      [2, false],
      [2, true],
    ],
  );
});

test("a prompt is the example's text, in the model's chat template, with tags explained where they are needed", async () => {
  const chat = await loadModel(path("chat.gguf"));
  const plain = await loadModel(path("plain.gguf"));
  for (const task of WORKLOAD_TASKS) {
    const [example] = generateExamples({ task, entries: 5, seed: 2 });
    const text = promptText(example!);
    const shown = (model: typeof chat, form: "chat" | "raw", tags: { start: string; end: string } | null) =>
      model.detokenize(evalPrompt(model, example!, form, tags), true);
    assert.ok(shown(chat, "raw", null).startsWith(`<|bos|>${text}`));
    assert.is(shown(chat, "chat", null).includes("<|user|>"), task !== "lookup");
    assert.ok(shown(chat, "chat", null).includes(text));
    const tagged = shown(plain, "raw", { start: "<q>", end: "</q>" });
    assert.is(/write <q>, .* then <\/q>\.\n\n$/.test(tagged), task !== "lookup");
  }
  await chat.dispose();
  await plain.dispose();
});

test("what is complete is written also where a later size is more than the model reads", () => {
  const args = ["-m", "chat.gguf", "--raw", "--entries", "4,400", "--dictionaries", "1", "--max-tokens", "4"];
  const { code, stdout, stderr } = run(...args, "--threads", "1");
  assert.match(stderr, /^verbatim: The documents and the question take [\d,]+ tokens, and with 4 for the answer /);
  assert.is(code, 4);
  assert.match(stdout, /\nchat +4 .*\nchat +4 .*\n$/);
});

test("an interruption ends it, and unfinished figures are not shown", async () => {
  const controller = new AbortController();
  controller.abort();
  assert.equal(await rows("sharp.gguf", {}, controller.signal), { rows: [], answers: 0 });
});

test("what does not work is said in a sentence", async () => {
  const fails = (args: string[], message: RegExp) => {
    const { code, stdout, stderr } = run(...args);
    assert.match(stderr, message);
    assert.equal([code, stdout], [2, ""]);
  };
  const missing = ["-m", "missing.gguf"];
  fails([...missing, "--lengths", "1k", "--entries", "10"], /^verbatim: Expected --lengths or --entries, not both\n$/);
  fails([...missing, "--lengths", "1k,x"], /Expected sizes of at least 1, such as 1k,4k or 10,100\.\n$/);
  fails([...missing, "--workload", "lookup", "--form", "csv"], /^verbatim: A lookup has one form: leave out --form/);
  fails([...missing, "--workload", "reasoning-retrieval", "--questions", "2"], /answers one question: leave out --q/);
  const plan = { workload: "retrieval", sizes: [{ tokens: 20 }], questions: 1, raw: true } as const;
  const thrown = await rows("chat.gguf", plan).catch(String);
  assert.match(String(thrown), /^UsageError: A prompt takes at least \d+ tokens, not 20$/);
});

test.run();
