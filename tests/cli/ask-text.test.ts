/** `verbatim ask` on a model without recall tokens: quotes between tags in its text. */

import { spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Token } from "node-llama-cpp";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { AnswerEvent, QuoteSource } from "../../lib/answer/reader.js";
import type { QuotedDocument } from "../../lib/cli/input/quotes-file.js";
import { searchTags, TagAnswerReader } from "../../lib/answer/tag-reader.js";
import { DEFAULT_TEMPLATE, expectTags, readTemplate, TagPrompt } from "../../lib/answer/tag-prompt.js";
import { DEFAULT_TAGS } from "../../lib/text-mode/options.js";
import { TokenVocabulary } from "../../lib/entry/index.js";
import { scratch } from "../support/llama.js";
import { ENGLISH, writeTinyModel } from "../support/tiny-model.js";

const program = fileURLToPath(new URL("../../lib/cli/verbatim.js", import.meta.url));
const CONTROL = ["<|bos|>", "<|eos|>", "<|user|>", "<|assistant|>"];
const CHATML = `{% for message in messages %}<|user|>{{ message.role }}
{{ message.content }}<|eos|>
{% endfor %}{% if add_generation_prompt %}<|assistant|>{% endif %}`;
/** Tags that a model of random weights writes by itself, again and again. */
const TAGS = ["--start-tag", "e", "--end-tag", "t"];

writeTinyModel({ path: join(scratch, "plain.gguf"), controlTokens: CONTROL });
writeTinyModel({ path: join(scratch, "chat.gguf"), controlTokens: CONTROL, chatTemplate: CHATML });
writeTinyModel({ path: join(scratch, "recall.gguf") });
writeFileSync(join(scratch, "prose.txt"), ENGLISH.slice(0, 1500));
writeFileSync(join(scratch, "german.txt"), "\ufeffZwölf Straßen.\r\nEine Lärche – grün 🌲.\r\n".repeat(4));

interface Run {
  code: number | null;
  stdout: string;
  stderr: string;
}

function verbatim(args: string[]): Promise<Run> {
  const child = spawn(process.execPath, [program, ...args], { cwd: scratch });
  const run = { stdout: "", stderr: "" };
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => (run.stdout += chunk));
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => (run.stderr += chunk));
  child.stdin.end();
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, ...run }));
  });
}

function ask(...more: string[]): Promise<Run> {
  const documents = ["--context", "prose.txt", "--context", "german.txt"];
  return verbatim(["ask", "--model", "plain.gguf", ...documents, "--threads", "1", ...more, "What?"]);
}

interface Answer {
  answer: string;
  documents: QuotedDocument[];
  quotes: { text: string; start: number; end: number; closed: boolean; sources: QuoteSource[] }[];
  summary: { quotes: number };
}

const DRAWS = ["--temperature", "1", "--seed", "5", "--max-tokens", "200"];

async function askJson(...more: string[]): Promise<Answer> {
  const run = await ask("--json", ...DRAWS, ...more);
  assert.is(run.code, 0, run.stderr);
  writeFileSync(join(scratch, "answer.json"), run.stdout);
  return JSON.parse(run.stdout) as Answer;
}

function expectExact({ answer, quotes, summary }: Answer): void {
  assert.is(quotes.length, summary.quotes);
  for (const { text, start, end, sources } of quotes) {
    assert.is(answer.slice(start, end), text);
    assert.ok(text === "" || sources.length > 0, JSON.stringify(text));
    for (const { file, lines, bytes } of sources) {
      const content = readFileSync(join(scratch, file));
      assert.is(content.subarray(...bytes).toString(), text);
      assert.is(content.subarray(0, bytes[0]).toString().split("\n").length, lines[0]);
    }
  }
}

test("quotes between tags are exact, and come with their places; verify finds them", async () => {
  const answer = await askJson(...TAGS);
  assert.ok(answer.quotes.length > 3, `${answer.quotes.length} quotes`);
  assert.ok(answer.quotes.some(({ text }) => text.length > 3));
  expectExact(answer);
  const checked = await verbatim(["verify", "answer.json"]);
  assert.is(checked.code, 0, checked.stdout + checked.stderr);
});

test("people see the quotes, not the tags", async () => {
  const { stdout, stderr, code } = await ask(...DRAWS, ...TAGS);
  assert.is(code, 0, stderr);
  assert.match(stdout, /“[^”]+” \[(prose|german)\.txt:\d+/);
  // A token that ends a quote may go on: in that, no tag is looked for.
  assert.not(stdout.replaceAll(/“[^”]*” \[[^\]]*\][a-z]*/g, "").includes("e"), "an opening tag is shown");
});

test("--snap word: quotes are words", async () => {
  const answer = await askJson("--snap", "word", ...TAGS);
  expectExact(answer);
  const whole = answer.quotes.filter(({ text, closed }) => closed && text !== "");
  assert.ok(whole.length > 0);
  for (const { text, sources } of whole) {
    const { file, bytes } = sources[0];
    const content = readFileSync(join(scratch, file));
    const around = [content.subarray(0, bytes[0]).toString().at(-1), content.subarray(bytes[1]).toString()[0]];
    const inWord = (a = " ", b = " ") => /\p{L}/u.test(a) && /\p{L}/u.test(b);
    assert.not(inWord(around[0], text[0]) || inWord(text.at(-1), around[1]), JSON.stringify(text));
  }
});

test("--no-constraint: quotes are found by their tags, exact or not", async () => {
  const { answer, quotes } = await askJson("--no-constraint", ...TAGS);
  assert.ok(quotes.length > 3);
  assert.ok(quotes.some(({ text, sources }) => text !== "" && sources.length === 0));
  for (const { text, start, end } of quotes) assert.is(answer.slice(start, end), text);
});

test("the default tags and a chat template", async () => {
  const args = ["--context", "prose.txt", "--max-tokens", "10", "--json", "What?"];
  const prompts = new Set<unknown>();
  for (const more of [[], ["--raw"]]) {
    const run = await verbatim(["ask", "--model", "chat.gguf", ...args, ...more]);
    assert.is(run.code, 0, run.stderr);
    prompts.add((JSON.parse(run.stdout) as { summary: { promptTokens: number } }).summary.promptTokens);
  }
  assert.is(prompts.size, 2);
});

test("a model with recall tokens quotes between tags with --mode text", async () => {
  const args = ["ask", "--model", "recall.gguf", "--context", "prose.txt", ...DRAWS, ...TAGS, "What?"];
  const run = await verbatim([...args, "--mode", "text"]);
  assert.is(run.code, 0, run.stderr);
  assert.match(run.stdout, "[prose.txt:");
  const refused = await verbatim(args);
  assert.is(refused.code, 2);
  assert.is(
    refused.stderr,
    "verbatim: recall.gguf has recall tokens, and --template, --start-tag and --end-tag are for quotes between tags: " +
      "add --mode text\n",
  );
});

test("a template of one's own", async () => {
  writeFileSync(join(scratch, "template.txt"), "{documents}\nTags: {startTag} {endTag} {other}\n{question}\n");
  const run = await ask("--template", "template.txt", "--max-tokens", "5");
  assert.is(run.code, 0, run.stderr);
  writeFileSync(join(scratch, "lacking.txt"), "{documents} {startTag}");
  writeFileSync(join(scratch, "latin1.txt"), Buffer.from("caf\xe9", "latin1"));
  const lacking = await ask("--template", "lacking.txt");
  assert.is(lacking.stderr, "verbatim: lacking.txt lacks {question} and {endTag}\n");
  assert.is(lacking.code, 3);
  for (const [path, sentence] of [
    ["none.txt", "there is no such file"],
    ["latin1.txt", "is not UTF-8 text"],
  ]) {
    const message = await readTemplate(join(scratch, path)).catch((error: Error) => error.message);
    assert.match(message, sentence);
  }
  assert.throws(() => expectTags({ start: "", end: "|" }), "Expected tags that are not empty");
  assert.throws(() => expectTags({ start: "|", end: "|" }), "Expected the tags to differ");
  const { code, stderr } = await ask("--snap", "page");
  assert.match(stderr, "Allowed choices are");
  assert.is(code, 2);
});

test("placeholders are filled once: braces in documents and questions stay", () => {
  const documents = [
    { name: "a.txt", text: "{question} $& {documents}" },
    { name: "b.txt", text: "{startTag}" },
  ];
  const prompt = new TagPrompt({ start: "«", end: "»" }, "{documents}|{question}|{startTag}{endTag}|{x}");
  assert.is(
    prompt.text(documents, "{endTag}?", "chat"),
    "a.txt:\n{question} $& {documents}\n\nb.txt:\n{startTag}|{endTag}?|«»|{x}",
  );
  const [chat, raw] = (["chat", "raw"] as const).map((form) => new TagPrompt(DEFAULT_TAGS).text([], "Why?", form));
  assert.match(chat, "Question: Why?");
  assert.is(raw, chat + "\n\nAnswer:");
  assert.match(chat, "<recall>words copied from the document</recall>");
  assert.is(DEFAULT_TEMPLATE.split("{documents}").length, 2);
});

test("the reader: tags across tokens, cut off, and text that only begins like one", () => {
  const vocabulary = new TokenVocabulary({ vocabSize: 256, tokenBytes: (id) => Uint8Array.of(id) });
  const read = (text: string) => {
    const reader = new TagAnswerReader(vocabulary, DEFAULT_TAGS, searchTags(DEFAULT_TAGS), () => []);
    const events: AnswerEvent[] = [];
    for (const byte of Buffer.from(text)) events.push(...reader.read(byte as Token));
    events.push(...reader.end());
    const shown = events.map((event) => {
      if (event.type === "quote-start") return "[";
      if (event.type === "quote-end") return event.quote.closed ? `]${event.quote.text}.` : `…${event.quote.text}.`;
      return event.text;
    });
    return shown.join("");
  };
  assert.is(read("a<recall>bé🌲</recall>c"), "a[bé🌲]bé🌲.c");
  assert.is(read("<recall></recall><recall>x</recall>"), "[].[x]x.");
  assert.is(read("a < b <rec <recall>c </rec d</recall><recal"), "a < b <rec [c </rec d]c </rec d.<recal");
  assert.is(read("a<recall>b"), "a[b…b.");
  assert.is(read("</recall>a<<recall>b<</recall>"), "</recall>a<[b<]b<.");
  assert.is(read(""), "");
});

test.run();
