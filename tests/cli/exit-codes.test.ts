/** How every failure reaches whoever ran the program: one line and an exit code, as docs/cli.md says. */

import { readFileSync } from "node:fs";
import { CommanderError } from "commander";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { CommandError, InputError, ModelError, UsageError } from "../../lib/base/command-error.js";
import { makeProgram } from "../../lib/cli/commands.js";
import { reportError } from "../../lib/cli/output/error-report.js";
import { EXIT_CODES } from "../../lib/cli/exit-codes.js";
import { RecallError, type RecallErrorCode } from "../../lib/base/errors.js";
import { ExtractionError } from "../../lib/extract/extraction-error.js";
import { SchemaError } from "../../lib/schema/schema-error.js";

const quiet = (error: unknown) => reportError(error, { debug: false });

test("docs/cli.md and --help have the table of exit codes", () => {
  const page = readFileSync(new URL("../../../docs/cli.md", import.meta.url), "utf8");
  const rows = [...page.matchAll(/^\| (\d+) +\| (.*?) +\|$/gm)].map(([, code, meaning]) => [Number(code), meaning]);
  const table = Object.values(EXIT_CODES).map(({ code, meaning }) => [code, meaning]);
  assert.equal(rows, table);
  assert.is(new Set(table.map(([code]) => code)).size, table.length);
  let help = "";
  const program = makeProgram(() => undefined).configureOutput({ writeOut: (text) => (help += text) });
  program.outputHelp();
  assert.equal(
    [...help.matchAll(/^ {2}(\d+) +(.*)$/gm)].map(([, code, meaning]) => [Number(code), meaning]),
    table,
  );
});

test("what was thrown decides the exit code, and its message is one line", () => {
  const recall = (code: RecallErrorCode) => new RecallError(code, "It\nfails");
  for (const [error, outcome, line] of [
    [new UsageError("No"), "usage", "No"],
    [new InputError("a\u001b[2J\n\u202eb"), "input", "a␛[2J␊�b"],
    [new ModelError("No"), "model", "No"],
    [new CommandError("output", "No"), "output", "No"],
    [new SchemaError("/a", "no"), "input", 'The schema at "/a": no'],
    [new ExtractionError("NO_QUOTE", "No"), "input", "No"],
    [new ExtractionError("MAX_TOKENS", "No"), "model", "No"],
    [recall("NOT_ENFORCED"), "model", "It fails"],
    [recall("OUT_OF_MEMORY"), "model", "It fails"],
    [recall("IN_SPAN"), "internal", "internal error: It fails (--debug shows where)"],
    [new RangeError("Array buffer allocation failed"), "model", "Array buffer allocation failed"],
    [new TypeError("x is\nnot"), "internal", "internal error: x is not (--debug shows where)"],
    ["thrown", "internal", "internal error: thrown (--debug shows where)"],
    [undefined, "internal", "internal error: undefined (--debug shows where)"],
    [new CommanderError(1, "commander.error", "error: bad\n(Did you mean good?)"), "usage", "bad (Did you mean good?)"],
  ] as const) {
    assert.equal(quiet(error), { outcome, text: `verbatim: ${line}\n` });
  }
  assert.equal(quiet(new CommanderError(0, "commander.version", "1")), { outcome: "ok", text: "" });
});

test("--debug adds the trace, which does not steer a terminal either", () => {
  const cause = new Error("\u001b[2Jcause");
  const { text } = reportError(new InputError("No", { cause }), { debug: true });
  assert.match(text, /^verbatim: No\nInputError: No\n {4}at .*exit-codes\.test/);
  assert.match(text, "␛[2Jcause");
});

test.run();
