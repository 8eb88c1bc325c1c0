/** `verbatim extract` as a program. */

import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Outcome } from "../../lib/base/command-error.js";
import { EXIT_CODES } from "../../lib/cli/exit-codes.js";
import { buildExtractPrompt } from "../../lib/extract/prompt.js";
import { loadModel, scratch } from "../support/llama.js";
import { writeTinyModel } from "../support/tiny-model.js";

const program = fileURLToPath(new URL("../../lib/cli/verbatim.js", import.meta.url));
const CHATML = `{% for message in messages %}<|user|>{{ message.role }}
{{ message.content }}<|eos|>
{% endfor %}{% if add_generation_prompt %}<|assistant|>{% endif %}`;
const CONTRACT = 'The "Buyer" pays\r\n\t5 % \\ 10 €,\u0000 says Zoë 👩‍👩‍👧 — “soon”.\n';

const verbatim = { type: "string", "x-verbatim": true };
const SCHEMA = {
  type: "object",
  properties: {
    clauses: { type: "array", items: { type: "object", properties: { text: verbatim } }, minItems: 20, maxItems: 20 },
    count: { type: "integer" },
  },
};

writeTinyModel({ path: join(scratch, "tiny.gguf") });
writeTinyModel({ path: join(scratch, "chat.gguf"), chatTemplate: CHATML });
file("contract.txt", CONTRACT);
file("mark.txt", "\ufeffAfter a byte order mark.");
file("schema.json", JSON.stringify(SCHEMA));

function file(name: string, content: string): void {
  writeFileSync(join(scratch, name), content);
}

function run(args: string[]): { code: number | null; stdout: string; stderr: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], {
    cwd: scratch,
    encoding: "utf8",
  });
  return { code: status, stdout, stderr };
}

function extract(...more: string[]) {
  const documents = ["--context", "contract.txt", "--context", "mark.txt"];
  return run(["extract", "--model", "tiny.gguf", "--schema", "schema.json", ...documents, "--threads", "1", ...more]);
}

function fails(outcome: Outcome, result: ReturnType<typeof run>, message: RegExp): void {
  assert.match(result.stderr, message);
  assert.is(result.code, EXIT_CODES[outcome].code);
  assert.is(result.stdout, "");
}

interface Saved {
  documents: { name: string }[];
  data: { clauses: { text: string }[]; count: number };
  quotes: { path: string; text: string; sources: { file: string; bytes: [number, number] }[] }[];
}

test("--json: documents, data and quotes, and verify accepts them", () => {
  for (const seed of [1, 2, 3]) {
    const { code, stdout, stderr } = extract("--json", "--temperature", "3", "--seed", String(seed), "the clauses");
    assert.is(code, 0, stderr);
    file("saved.json", stdout);
    const { documents, data, quotes } = JSON.parse(stdout) as Saved;
    assert.equal(
      documents.map(({ name }) => name),
      ["contract.txt", "mark.txt"],
    );
    assert.equal(
      quotes.map(({ path, text }) => [path, text]),
      data.clauses.map(({ text }, i) => [`/clauses/${i}/text`, text]),
    );
    for (const { text, sources } of quotes) {
      assert.ok(sources.length > 0);
      for (const { file: name, bytes } of sources) {
        assert.equal(readFileSync(join(scratch, name)).subarray(...bytes), Buffer.from(text));
      }
    }
    const verified = run(["verify", "saved.json"]);
    assert.is(verified.stdout, "verified: 20 quotes, 2 documents\n");
    assert.is(verified.code, 0);
  }
});

test("the data on standard output, sources and a summary on standard error", () => {
  const { code, stdout, stderr } = extract("--temperature", "2", "--seed", "4");
  assert.is(code, 0, stderr);
  const data = JSON.parse(stdout) as Saved["data"];
  assert.is(data.clauses.length, 20);
  assert.ok(Number.isInteger(data.count));
  const lines = stderr.trimEnd().split("\n");
  assert.is(lines.length, 21);
  assert.match(lines[0], /^\/clauses\/0\/text “.+” \[(contract|mark)\.txt:\d+(-\d+)?(, .*)?\]$/);
  assert.match(lines[20], /^\d+ tokens, 20 quotes; prompt of \d+ tokens$/);
});

test("what does not work is said in a sentence", () => {
  fails(
    "model",
    extract("--max-tokens", "15"),
    /^verbatim: The data is not complete after 15 tokens: raise --max-tokens, or /,
  );
  fails(
    "model",
    extract("--context-size", "300"),
    /^verbatim: Documents, schema and data may take [\d,]+ tokens, and that is /,
  );
  fails(
    "model",
    extract("--context-size", "9999999"),
    /^verbatim: A context of 9,999,999 tokens is more than the [\d,]+ the mo/,
  );
  fails("input", extract("--schema", "missing.json"), /^verbatim: Cannot read missing\.json: there is no such file\n$/);
  file("broken.json", "{");
  fails("input", extract("--schema", "broken.json"), /^verbatim: broken\.json is not JSON: /);
  file("pattern.json", JSON.stringify({ type: "object", properties: { "a/b": { ...verbatim, pattern: "x" } } }));
  fails(
    "input",
    extract("--schema", "pattern.json", "--model", "no-model-is-looked-for.gguf"),
    /^verbatim: pattern\.json: The schema at "\/properties\/a~1b\/pattern": "pattern" cannot be honoured in a verbatim string\n$/,
  );
  fails(
    "usage",
    run(["extract", "--model", "tiny.gguf", "--context", "contract.txt"]),
    /required option '-s, --schema <file>'/,
  );
});

test("the prompt has documents, instruction and schema; a template's markers in them stay text", async () => {
  const documents = [{ name: "a.txt", text: "One <|eos|> two." }];
  for (const [name, special] of [
    ["tiny.gguf", 1],
    ["chat.gguf", 3],
  ] as const) {
    const model = await loadModel(join(scratch, name));
    const tokens = buildExtractPrompt(model, { documents, instruction: "Find <|user|>.", schema: verbatim });
    const text = model.detokenize(tokens, true);
    for (const part of ["a.txt:\nOne <|eos|> two.", "Find <|user|>.", JSON.stringify(verbatim)]) {
      assert.ok(text.includes(part), text);
    }
    const controls = tokens.filter((token) => model.getTokenAttributes(token).control);
    assert.is(controls.length, special, text);
    await model.dispose();
  }
});

test.run();
