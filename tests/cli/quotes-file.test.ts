/** What is read of a saved answer, and what is none. */

import { createHash } from "node:crypto";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { InputError } from "../../lib/base/command-error.js";
import { reportError } from "../../lib/cli/output/error-report.js";
import { parseQuotesFile, quotesFileText } from "../../lib/cli/input/quotes-file.js";

/** A document without content, under the name `a`. */
const EMPTY = { name: "a", sha256: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", bytes: 0 };

test("what is no saved answer: the member that is wrong, and what was expected there", () => {
  const source = (members: object) => ({
    documents: [],
    quotes: [{ text: "", sources: [{ file: "a", lines: [1, 1], bytes: [0, 0], ...members }] }],
  });
  const document = (members: object) => ({ documents: [{ ...EMPTY, ...members }], quotes: [] });
  const quote = (members: object) => ({ documents: [], quotes: [{ text: "", sources: [], ...members }] });
  for (const [value, sentence] of [
    [null, "Expected an object"],
    [[], "Expected an object"],
    ["", "Expected an object"],
    [{}, 'Expected "documents" to be an array'],
    [{ documents: {} }, 'Expected "documents" to be an array'],
    [{ documents: [] }, 'Expected "quotes" to be an array'],
    [{ documents: [null] }, 'Expected "documents[0]" to be an object'],
    [document({ name: 1 }), 'Expected "documents[0].name" to be a string that is not empty'],
    [document({ name: "" }), 'Expected "documents[0].name" to be a string that is not empty'],
    [document({ sha256: "00" }), 'Expected "documents[0].sha256" to be 64 hexadecimal digits'],
    [document({ sha256: `${"0".repeat(64)}\n` }), 'Expected "documents[0].sha256" to be 64 hexadecimal digits'],
    [document({ bytes: "1" }), 'Expected "documents[0].bytes" to be an integer of at least 0'],
    [document({ bytes: 1e300 }), 'Expected "documents[0].bytes" to be an integer of at least 0'],
    [
      { documents: [EMPTY, { ...EMPTY, name: "b" }, { ...EMPTY, bytes: 1 }], quotes: [] },
      'Expected "documents[2].name" to be unlike "documents[0].name"',
    ],
    [{ documents: [], quotes: [[]] }, 'Expected "quotes[0]" to be an object'],
    [quote({ text: undefined }), 'Expected "quotes[0].text" to be a string'],
    [quote({ sources: null }), 'Expected "quotes[0].sources" to be an array'],
    [quote({ path: 1 }), 'Expected "quotes[0].path" to be a JSON pointer'],
    [quote({ path: "name" }), 'Expected "quotes[0].path" to be a JSON pointer'],
    [quote({ path: "/a~" }), 'Expected "quotes[0].path" to be a JSON pointer'],
    [quote({ start: -1, end: 2 }), 'Expected "quotes[0].start" to be an integer of at least 0'],
    [quote({ start: 3, end: 2 }), 'Expected "quotes[0].end" to be an integer of at least 3'],
    [quote({ start: 3 }), 'Expected "quotes[0].end" to be an integer of at least 3'],
    [{ documents: [], quotes: [], answer: 1 }, 'Expected "answer" to be a string'],
    [{ documents: [], quotes: [], sha256: "0" }, 'Expected "sha256" to be 64 hexadecimal digits'],
    [quote({ path: "/a~2" }), 'Expected "quotes[0].path" to be a JSON pointer'],
    [source({ file: null }), 'Expected "quotes[0].sources[0].file" to be a string'],
    [source({ lines: 1 }), 'Expected "quotes[0].sources[0].lines" to be an array of two integers'],
    [source({ lines: [1] }), 'Expected "quotes[0].sources[0].lines" to be an array of two integers'],
    [source({ lines: [0, 1] }), 'Expected "quotes[0].sources[0].lines[0]" to be an integer of at least 1'],
    [source({ lines: [2, 1] }), 'Expected "quotes[0].sources[0].lines[1]" to be an integer of at least 2'],
    [source({ bytes: [-1, 0] }), 'Expected "quotes[0].sources[0].bytes[0]" to be an integer of at least 0'],
    [source({ bytes: [0, 0.5] }), 'Expected "quotes[0].sources[0].bytes[1]" to be an integer of at least 0'],
    [source({ bytes: [5, 4] }), 'Expected "quotes[0].sources[0].bytes[1]" to be an integer of at least 5'],
    [source({ bytes: [0, 1, 2] }), 'Expected "quotes[0].sources[0].bytes" to be an array of two integers'],
  ] as [unknown, string][]) {
    assert.throws(
      () => parseQuotesFile("a.json", Buffer.from(JSON.stringify(value))),
      (error: unknown) => error instanceof InputError && error.message === `a.json: ${sentence}`,
      `${JSON.stringify(value)}: ${sentence}`,
    );
  }
});

test("what is no JSON: a sentence without control characters", () => {
  const message = (content: string | Uint8Array) => {
    try {
      parseQuotesFile("a.json", Buffer.from(content));
    } catch (error) {
      assert.instance(error, InputError);
      return reportError(error, { debug: false }).text;
    }
    return "";
  };
  assert.is(message(Buffer.from("\ufeff{}", "utf16le")), "verbatim: a.json is not UTF-8 text\n");
  for (const content of ["", "{", "\u001b[31m", '{"documents": [], "quotes": []} x']) {
    // eslint-disable-next-line no-control-regex
    assert.match(message(content), /^verbatim: a\.json is not JSON: [^\x00-\x1f]+\n$/);
  }
});

test("what is written is read again, without the members that are not known", () => {
  const documents = [EMPTY];
  const sources = [{ file: "a", lines: [1, 1] as [number, number], bytes: [0, 0] as [number, number] }];
  const quotes = [
    { text: "x\u2028\ud800", sources },
    { text: "", sources: [], path: "/a~1b/0/" },
    { text: "", sources: [], path: "" },
  ];
  const text = quotesFileText({
    data: { quotes: 1 },
    documents: documents.map((document) => ({ ...document, more: [] })),
    quotes: quotes.map((quote) => ({ ...quote, closed: true, begin: "?" })),
    summary: null,
  });
  const data = { quotes: 1 };
  const sha256 = createHash("sha256").update('{"quotes":1}').digest("hex");
  assert.equal(parseQuotesFile("a.json", Buffer.from(text)), { documents, quotes, data, sha256 });
});

test("a byte order mark is skipped; digits of a hash may be capitals", () => {
  const capitals = { ...EMPTY, sha256: EMPTY.sha256.toUpperCase() };
  const text = "\ufeff" + JSON.stringify({ documents: [capitals], quotes: [] });
  assert.equal(parseQuotesFile("a.json", Buffer.from(text)).documents, [EMPTY]);
});

test("a path of megabytes is read as any other", () => {
  const long = "/~0".repeat(2 ** 21);
  const content = (path: string) =>
    Buffer.from(JSON.stringify({ documents: [], quotes: [{ text: "", sources: [], path }] }));
  assert.is(parseQuotesFile("a.json", content(long)).quotes[0].path, long);
  assert.throws(() => parseQuotesFile("a.json", content(`${long}~`)), /to be a JSON pointer$/);
});

test.run();
