/** `verbatim verify`: what passes, what fails and how it is told. */

import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { quotesFileText, type QuotesFile } from "../../lib/cli/input/quotes-file.js";
import { formatTable } from "../../lib/cli/output/table.js";
import { verifyQuotes, type VerifyReport } from "../../lib/cli/verification/check-quotes.js";
import { writeReferenceModel } from "../../examples/reference-model/write.js";

const program = fileURLToPath(new URL("../../lib/cli/verbatim.js", import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), "verbatim-verify-"));
process.on("exit", () => rmSync(scratch, { recursive: true, force: true }));

const COLOURS = "red: ff0000\ngreen: 00ff00\nblue: 0000ff\n";
const MENU = "\ufeffcaf\u00e9 \u{1f600}\r\nth\u00e9\r\n";

function describe(name: string, content: string) {
  const bytes = Buffer.from(content);
  return { name, sha256: createHash("sha256").update(bytes).digest("hex"), bytes: bytes.length };
}

/** A saved answer in which all is right; each call makes a new one. */
function good() {
  return {
    question: "?",
    documents: [describe("colours.txt", COLOURS), describe("menu.txt", MENU)],
    quotes: [
      {
        text: "green: 00ff00",
        closed: true,
        sources: [{ file: "colours.txt", lines: [2, 2], bytes: [12, 25] }],
      },
      {
        text: "\u00e9",
        path: "/drinks/0/a~1b",
        sources: [
          { file: "menu.txt", lines: [1, 1], bytes: [6, 8] },
          { file: "menu.txt", lines: [2, 2], bytes: [17, 19] },
        ],
      },
      { text: "\u{1f600}\r\n", sources: [{ file: "menu.txt", lines: [1, 1], bytes: [9, 15] }] },
      { text: "", sources: [] },
    ],
  } as QuotesFile;
}

type Change = (file: QuotesFile) => void;

function check(change: Change, contents: Record<string, string> = {}): Promise<VerifyReport> {
  const file = good();
  change(file);
  const found: Record<string, string | undefined> = { "colours.txt": COLOURS, "menu.txt": MENU, ...contents };
  return verifyQuotes(file, async (name) => {
    const content = found[name];
    return content === undefined ? { problem: "there is no such file" } : Buffer.from(content);
  });
}

interface Run {
  code: number | null;
  stdout: string;
  stderr: string;
}

function verbatim(args: string[], input: string | Uint8Array = "", cwd = scratch): Run {
  const env = { ...process.env, NO_COLOR: undefined, FORCE_COLOR: undefined };
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], {
    cwd,
    env,
    input,
    encoding: "utf8",
  });
  return { code: status, stdout, stderr };
}

function write(name: string, content: string | Uint8Array): void {
  writeFileSync(join(scratch, name), content);
}

function writeGood(change: Change = () => undefined): void {
  const file = good();
  change(file);
  write("colours.txt", COLOURS);
  write("menu.txt", MENU);
  write("answer.json", quotesFileText(file));
}

test("a good file: byte order mark, CRLF, several sources, an empty quote without one", async () => {
  assert.equal(await check(() => undefined), {
    documents: { total: 2, failed: 0 },
    quotes: { total: 4, failed: 0 },
    written: null,
    failures: [],
  });
});

test("a quote that does not stand where it is said to", async () => {
  const colours = { file: "colours.txt", quote: 0 };
  const menu = { file: "menu.txt", quote: 1 };
  for (const [change, failure] of [
    // Tampered quotes.
    [
      ({ quotes }) => (quotes[0].text = "green: 00ff01"),
      { ...colours, problem: "bytes 12 to 25 do not hold the quote, nor do any others" },
    ],
    [
      ({ quotes }) => (quotes[0].text = "green: 00ff0"),
      { ...colours, problem: "bytes 12 to 25 do not hold the quote; bytes 12 to 24 do" },
    ],
    [
      ({ quotes }) => (quotes[0].text = ""),
      { ...colours, problem: "bytes 12 to 25 do not hold the quote; bytes 0 to 0 do" },
    ],
    // Another form of the same letter, and what is no text.
    [
      ({ quotes }) => (quotes[1].text = "e\u0301"),
      [
        { ...menu, problem: "bytes 6 to 8 do not hold the quote, nor do any others" },
        { ...menu, problem: "bytes 17 to 19 do not hold the quote, nor do any others" },
      ],
    ],
    // Moved byte ranges.
    [
      ({ quotes }) => (quotes[0].sources[0].bytes = [13, 26]),
      { ...colours, problem: "bytes 13 to 26 do not hold the quote; bytes 12 to 25 do" },
    ],
    [
      ({ quotes }) => (quotes[0].sources[0].bytes = [12, 41]),
      { ...colours, problem: "bytes 12 to 41 go past the end of the file, at 39" },
    ],
    [
      ({ quotes }) => (quotes[0].sources[0].bytes = [2 ** 40, 2 ** 40 + 13]),
      { ...colours, problem: "bytes 1099511627776 to 1099511627789 go past the end of the file, at 39" },
    ],
    [
      ({ quotes }) => (quotes[1].sources[0].bytes = [7, 8]),
      { ...menu, problem: "bytes 7 to 8 are not whole characters" },
    ],
    [
      ({ quotes }) => (quotes[1].sources[1].bytes = [14, 16]),
      { ...menu, problem: "bytes 14 to 16 do not hold the quote; bytes 6 to 8 do" },
    ],
    // Wrong lines.
    [
      ({ quotes }) => (quotes[0].sources[0].lines = [3, 3]),
      { ...colours, problem: "it stands in line 2, not in line 3" },
    ],
    [
      ({ quotes }) => (quotes[2].sources[0].lines = [1, 2]),
      { file: "menu.txt", quote: 2, problem: "it stands in line 1, not in lines 1 to 2" },
    ],
    // No source, or one of a document that is not there.
    [({ quotes }) => (quotes[0].sources = []), { file: null, quote: 0, problem: "it has no source" }],
    [
      ({ quotes }) => (quotes[0].sources[0].file = "./colours.txt"),
      { file: "./colours.txt", quote: 0, problem: "this is none of the documents" },
    ],
    [
      ({ quotes }) => (quotes[0].sources[0].file = "__proto__"),
      { file: "__proto__", quote: 0, problem: "this is none of the documents" },
    ],
  ] as [Change, object | object[]][]) {
    const { documents, quotes, failures } = await check(change);
    assert.equal(failures, [failure].flat());
    assert.equal([documents.failed, quotes.failed], [0, 1]);
  }
});

test("lines: the last is that of the last byte", async () => {
  const text = "a\nb\n\n";
  const document = describe("a.txt", text);
  for (const [bytes, lines] of [
    [
      [0, 1],
      [1, 1],
    ],
    [
      [0, 2],
      [1, 1],
    ],
    [
      [1, 3],
      [1, 2],
    ],
    [
      [2, 5],
      [2, 3],
    ],
    [
      [4, 5],
      [3, 3],
    ],
    [
      [5, 5],
      [4, 4],
    ],
  ] as [[number, number], [number, number]][]) {
    const quote = { text: text.slice(...bytes), sources: [{ file: "a.txt", bytes, lines }] };
    const report = await verifyQuotes({ documents: [document], quotes: [quote] }, async () => Buffer.from(text));
    assert.equal(report.failures, [], `${bytes}`);
  }
});

test("a lone surrogate is not the replacement character that it would be written as", async () => {
  const quote = { text: "\ud800", sources: [{ file: "a.txt", bytes: [0, 3], lines: [1, 1] }] };
  const file = { documents: [describe("a.txt", "\ufffd")], quotes: [quote] } as QuotesFile;
  const report = await verifyQuotes(file, async () => Buffer.from("\ufffd"));
  assert.is(report.quotes.failed, 1);
});

test("an answer that was changed, or that does not hold a quote where it is said to stand", async () => {
  const document = describe("colours.txt", COLOURS);
  const answer = 'It says "\u{1f600}": green: 00ff00.';
  const saved = {
    answer,
    documents: [document],
    quotes: [
      { text: "green: 00ff00", start: 14, end: 27, sources: [{ file: "colours.txt", lines: [1, 1], bytes: [12, 25] }] },
    ],
  } as QuotesFile;
  saved.quotes[0].sources[0].lines = [2, 2];
  const problems = async (change: (file: QuotesFile) => void) => {
    const file = JSON.parse(quotesFileText(saved)) as QuotesFile;
    change(file);
    const { written, quotes, failures } = await verifyQuotes(file, async () => Buffer.from(COLOURS));
    assert.is(quotes.failed, failures.some(({ quote }) => quote !== null) ? 1 : 0);
    assert.is(written, failures.find(({ quote }) => quote === null)?.problem ?? null);
    return failures.map(({ problem }) => problem);
  };
  const changed = "the answer has changed: its SHA-256 is another";
  assert.equal(await problems(() => undefined), []);
  assert.equal(await problems((file) => (file.answer = answer.replace("says", "said"))), [changed]);
  assert.equal(await problems((file) => (file.answer = answer.replace("00ff", "00fe"))), [
    changed,
    "the answer does not hold it at 14 to 27, nor elsewhere",
  ]);
  for (const [start, end] of [
    [13, 26],
    [14, 26],
    [14, 28],
    [14, 2 ** 40],
  ]) {
    assert.equal(await problems(({ quotes }) => Object.assign(quotes[0], { start, end })), [
      `the answer does not hold it at ${start} to ${end}, but at 14 to 27`,
    ]);
  }
  assert.equal(await problems(({ quotes }) => delete quotes[0].start), [
    "it is not said where it stands in the answer",
  ]);
  // A file that says no SHA-256 is checked by its quotes.
  assert.equal(
    await problems((file) => {
      delete file.sha256;
      file.answer = answer.replace("says", "said");
    }),
    [],
  );
});

test("data that was changed, or that does not hold a quote where its path leads", async () => {
  const saved = {
    data: { "a/b": [{ "~": "green: 00ff00" }], other: 1.5, __proto__: null },
    documents: [describe("colours.txt", COLOURS)],
    quotes: [
      { text: "green: 00ff00", path: "/a~1b/0/~0", sources: [{ file: "colours.txt", lines: [2, 2], bytes: [12, 25] }] },
    ],
  };
  const problems = async (change: (file: typeof saved) => void) => {
    const file = JSON.parse(quotesFileText(saved as QuotesFile)) as typeof saved;
    change(file);
    const { failures } = await verifyQuotes(file as QuotesFile, async () => Buffer.from(COLOURS));
    return failures.map(({ problem }) => problem);
  };
  const changed = "the data has changed: its SHA-256 is another";
  const misplaced = "the data does not hold it there";
  assert.equal(await problems(() => undefined), []);
  assert.equal(await problems(({ data }) => (data.other = 2)), [changed]);
  assert.equal(await problems(({ data }) => (data["a/b"][0]["~"] = "green")), [changed, misplaced]);
  for (const path of ["", "/a~1b", "/a~1b/1/~0", "/a~1b/00/~0", "/a~1b/0/~0/0", "/a~1b/length", "/toString", "/x/y"]) {
    assert.equal(await problems(({ quotes }) => (quotes[0].path = path)), [misplaced], path);
  }
});

test("a document that has changed fails, and the quotes that it no longer holds", async () => {
  const longer = await check(() => undefined, { "colours.txt": `# now with a title\n${COLOURS}` });
  assert.equal(longer.failures, [
    { file: "colours.txt", quote: null, problem: "it has changed: its size in bytes is 58, not 39" },
    { file: "colours.txt", quote: 0, problem: "bytes 12 to 25 do not hold the quote; bytes 31 to 44 do" },
  ]);
  const same = await check(() => undefined, { "colours.txt": COLOURS.replace("ff0000", "ee0000") });
  assert.equal(same.failures, [
    { file: "colours.txt", quote: null, problem: "it has changed: its SHA-256 is another" },
  ]);
  assert.equal([same.documents.failed, same.quotes.failed], [1, 0]);
});

test("a document that is missing fails, once, and its quotes with it", async () => {
  const report = await check(({ documents, quotes }) => {
    documents[1].name = "none.txt";
    for (const source of quotes.flatMap(({ sources }) => sources)) {
      if (source.file === "menu.txt") source.file = "none.txt";
    }
  });
  assert.equal(report, {
    documents: { total: 2, failed: 1 },
    quotes: { total: 4, failed: 2 },
    written: null,
    failures: [{ file: "none.txt", quote: null, problem: "there is no such file" }],
  });
});

test("the table: columns are aligned, and control characters are visible", () => {
  assert.is(
    formatTable(
      ["file", "quote", "what is wrong"],
      [
        ["a\u001b[2J.txt", "line\n\tbreak", "x"],
        ["\u4e2d\u6587", "e\u0301\u{1f600}", "y"],
        ["\u202egnp.txt", "\u2028\u009b\u007f", "z"],
      ],
    ),
    [
      "file       quote        what is wrong",
      "a\u241b[2J.txt  line\u240a\u2409break  x",
      "\u4e2d\u6587       e\u0301\u{1f600}          y",
      "\ufffdgnp.txt   \ufffd\ufffd\u2421          z",
      "",
    ].join("\n"),
  );
});

test("the command: a summary and exit code 0 where all is good, from a file and from standard input", () => {
  writeGood();
  const passed = { code: 0, stdout: "verified: 4 quotes, 2 documents\n", stderr: "" };
  assert.equal(verbatim(["verify", "answer.json"]), passed);
  assert.equal(verbatim(["verify", "-"], quotesFileText(good())), passed);
  assert.equal(verbatim(["verify", "-"], '{"documents":[],"quotes":[{"text":"","sources":[]}]}'), {
    ...passed,
    stdout: "verified: 1 quote, 0 documents\n",
  });
});

test("the command: a table, a summary and exit code 1 where something fails", () => {
  writeGood(({ documents, quotes }) => {
    quotes[0].text = "green: \u001b[31m00ff00\n and so on until nobody wants to read it";
    quotes[1].sources[1].lines = [1, 2];
    quotes.push({ text: "made up", sources: [] });
    documents.push(describe("<stdin>", ""), describe(".", ""), describe("none/a.txt", ""), describe("a\0b", ""));
  });
  const { code, stdout, stderr } = verbatim(["verify", "answer.json"]);
  const lines = stdout.split("\n");
  assert.match(lines.splice(4, 1)[0], /^a␀b +- +it cannot be read: .+null bytes/);
  assert.equal(lines, [
    "file         quote                                                 what is wrong",
    '<stdin>      -                                                     it was standard input: give a copy as --document "<stdin>=<file>"',
    ".            -                                                     it is not a file",
    "none/a.txt   -                                                     there is no such file",
    "colours.txt  quotes[0] “green: ␛[31m00ff00␊ and so on until nob…”  bytes 12 to 25 do not hold the quote, nor do any others",
    "menu.txt     /drinks/0/a~1b “é”                                    it stands in line 2, not in lines 1 to 2",
    "-            quotes[4] “made up”                                   it has no source",
    "not verified: 3 of 5 quotes, 4 of 6 documents",
    "",
  ]);
  assert.equal([code, stderr], [1, ""]);
});

test("nothing outside the folder is read, or said to exist", () => {
  mkdirSync(join(scratch, "inside/deep"), { recursive: true });
  write("secret.txt", "the secret\n");
  write("inside/own.txt", "of one's own\n");
  const links = process.platform === "win32" ? [] : ["link.txt", "linked/secret.txt"];
  if (links.length > 0) {
    rmSync(join(scratch, "inside/link.txt"), { force: true });
    rmSync(join(scratch, "inside/linked"), { force: true });
    symlinkSync("../secret.txt", join(scratch, "inside/link.txt"));
    symlinkSync("..", join(scratch, "inside/linked"));
  }
  const names = [join(scratch, "secret.txt"), "../secret.txt", "deep/../../secret.txt", "../none.txt", "..", ...links];
  const file: QuotesFile = {
    documents: names.map((name) => describe(name, "the secret\n")),
    quotes: names.map((name) => ({ text: "secret", sources: [{ file: name, lines: [1, 1], bytes: [0, 6] }] })),
  };
  const { code, stdout } = verbatim(["verify", "-", "--documents", "inside"], quotesFileText(file));
  const lines = stdout.trimEnd().split("\n").slice(1, -1);
  assert.is(lines.length, names.length);
  for (const line of lines) assert.match(line, /it is outside the folder$/);
  assert.is(code, 1);

  const own = ["own.txt", "deep/../own.txt", join(scratch, "inside/own.txt"), "../inside/own.txt"];
  const allowed = { documents: own.map((name) => describe(name, "of one's own\n")), quotes: [] };
  const run = verbatim(["verify", "-", "--documents", "inside"], quotesFileText(allowed));
  assert.equal([run.code, run.stdout], [0, "verified: 0 quotes, 4 documents\n"]);
});

test("--document: a file that stands for a document, wherever it is", () => {
  write("copy=of stdin.txt", "grey: 888888\n");
  writeGood(({ documents, quotes }) => {
    documents.push(describe("<stdin>", "grey: 888888\n"), describe("../a=b", COLOURS), describe("../a", "x"));
    quotes.push({ text: "grey", sources: [{ file: "<stdin>", lines: [1, 1], bytes: [0, 4] }] });
  });
  const run = (given: string[], input = "") =>
    verbatim(["verify", "answer.json", ...given.flatMap((each) => ["--document", each])], input);
  const others = ["../a=b=colours.txt", "../a=-"];
  const good = { code: 0, stdout: "verified: 5 quotes, 5 documents\n", stderr: "" };
  assert.equal(run(["<stdin>=copy=of stdin.txt", ...others], "x"), good);
  assert.is(run(others, "x").code, 1);
  for (const [given, code, sentence] of [
    [["<stdin>=none.txt"], 3, "Cannot read none.txt: there is no such file"],
    [["b=none.txt"], 2, '--document b=none.txt is not the name of a document, "=" and a file'],
    [["../a=x", "../a=y"], 2, "--document ../a is given twice"],
    [["<stdin>=-", "../a=-"], 2, "Standard input can be read once"],
  ] as [string[], number, string][]) {
    assert.equal(run(given), { code, stdout: "", stderr: `verbatim: ${sentence}\n` });
  }
});

test("a quote or a name of megabytes does not fill the terminal", () => {
  const long = "x".repeat(2 ** 20);
  const file = {
    documents: [describe(long, "")],
    quotes: [{ text: long, path: `/${long}`, sources: [{ file: long, lines: [1, 1], bytes: [0, 1] }] }],
  } as QuotesFile;
  const { code, stdout } = verbatim(["verify", "-"], quotesFileText({ ...file, data: {} }));
  assert.is(code, 1);
  assert.ok(stdout.length < 2000, String(stdout.length));
});

test("--documents: the folder that relative names start from", () => {
  writeGood(({ documents }) => documents.push(describe(join(scratch, "colours.txt"), COLOURS)));
  mkdirSync(join(scratch, "elsewhere"), { recursive: true });
  const run = (folder: string[]) => verbatim(["verify", "../answer.json", ...folder], "", join(scratch, "elsewhere"));
  assert.is(run([]).code, 1);
  assert.match(run([]).stdout, "not verified: 3 of 4 quotes, 3 of 3 documents\n");
  assert.equal(run(["--documents", ".."]), { code: 0, stdout: "verified: 4 quotes, 3 documents\n", stderr: "" });
});

if (process.platform !== "win32") {
  test("a document that was standard input: a file of its name in the folder stands for it", () => {
    writeGood(({ documents }) => documents.push(describe("<stdin>", "grey: 888888\n")));
    assert.is(verbatim(["verify", "answer.json"]).code, 1);
    write("<stdin>", "grey: 888888\n");
    assert.is(verbatim(["verify", "answer.json"]).code, 0);
    rmSync(join(scratch, "<stdin>"));
  });

  test("a pipe or a device is not waited for", () => {
    writeGood(({ documents }) => documents.push(describe("pipe", "")));
    assert.is(spawnSync("mkfifo", [join(scratch, "pipe")]).status, 0);
    const { code, stdout } = verbatim(["verify", "answer.json"]);
    assert.match(stdout, /^pipe +- +it is not a file$/m);
    assert.is(code, 1);
  });

  test("the exit code holds where nobody reads what has failed", () => {
    writeGood(({ quotes }) => (quotes[0].text = "x"));
    const command = `set -o pipefail; "$0" "$1" verify answer.json | true`;
    const shell = spawnSync("bash", ["-c", command, process.execPath, program], { cwd: scratch });
    assert.is(shell.status, 1);
  });
}

test("bad input: one sentence, exit code 3; bad options: exit code 2", () => {
  writeGood();
  write("half.json", quotesFileText(good()).slice(0, 100));
  write("old.json", '{"question": "?", "answer": "", "quotes": []}');
  for (const [args, sentence] of [
    [["none.json"], "Cannot read none.json: there is no such file"],
    [["."], "Cannot read .: it is a directory"],
    [["old.json"], 'old.json: Expected "documents" to be an array'],
    [["-"], "<stdin> is not JSON: Unexpected end of JSON input"],
    [["answer.json", "--documents", "none"], "Cannot read none: there is no such file"],
    [["answer.json", "--documents", "colours.txt"], "colours.txt is not a folder"],
  ] as [string[], string][]) {
    assert.equal(verbatim(["verify", ...args]), { code: 3, stdout: "", stderr: `verbatim: ${sentence}\n` });
  }
  const half = verbatim(["verify", "half.json"]);
  assert.match(half.stderr, /^verbatim: half\.json is not JSON: .+\n$/);
  assert.is(half.code, 3);
  for (const [args, expected] of [
    [[], "missing required argument 'file'"],
    [["a", "b"], "too many arguments"],
    [["a", "--loud"], "unknown option '--loud'"],
  ] as [string[], string][]) {
    const run = verbatim(["verify", ...args]);
    assert.match(run.stderr, expected);
    assert.is(run.code, 2);
  }
});

test("what ask --json wrote is good, until a quote or a document changes", () => {
  writeReferenceModel({ path: join(scratch, "reference.gguf"), sharpness: "sharp" });
  write("colours.txt", COLOURS);
  write("windows.txt", "\ufeffwhite: ffffff\r\nblack: 000000\r\n");
  const ask = (question: string, more: string[] = [], input = "") => {
    const documents = ["-c", "colours.txt", "-c", "windows.txt", ...more];
    const run = verbatim(["ask", "-m", "reference.gguf", "--threads", "1", "--json", ...documents, question], input);
    assert.is(run.code, 0, run.stderr);
    return run.stdout;
  };
  const [green, black] = [ask("green"), ask("black")];
  for (const saved of [green, black]) {
    assert.equal(verbatim(["verify", "-"], saved), {
      code: 0,
      stdout: "verified: 1 quote, 2 documents\n",
      stderr: "",
    });
  }
  assert.is(verbatim(["verify", "-"], green.replaceAll("00ff00", "00ff01")).code, 1);
  assert.match(
    verbatim(["verify", "-"], ask("pink", ["-c", "-"], "pink: ffc0cb\n")).stdout,
    /^<stdin> .*it was standard input.*\nnot verified: 1 of 1 quote, 1 of 3 documents\n$/m,
  );
  write("windows.txt", "white: ffffff\nblack: 000000\n");
  assert.match(verbatim(["verify", "-"], black).stdout, "not verified: 1 of 1 quote, 1 of 2 documents\n");
});

test.run();
