/**
 * The processor for web-llm, driven in the order of web-llm's own calls. Its engine needs WebGPU, which neither Node nor
 * a browser on a machine without a GPU has, so `WebLlmPipeline` stands in for it and says what it was taken from;
 * `browser.test.ts` does the same in a browser.
 */

import type { LogitProcessor } from "@mlc-ai/web-llm";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { tokenizerJson as jsonOf } from "../../examples/reference-model/tokenizer-files.js";
import { RecallLogitProcessor, type RecallLogitProcessorOptions } from "../../lib/entry/web-llm.js";
import { seedOfRun } from "../support/random.js";
import { thrownBy, untyped } from "../support/thrown.js";
import { BOS, END, ENGLISH, START } from "../support/tiny-model.js";
import { tinyLlama } from "../support/tiny-llama.js";
import { llamaJson, readTokenizer } from "../support/tokenizers.js";
import { checkQuotes, converseInText, converseInTokens } from "./support/web-llm-conversations.js";

const seed = seedOfRun();

/** Its tokens lie across tags too, as those of real vocabularies do. */
const TAGGED = ENGLISH.replace(/\b(The|a|it)\b/g, "<recall>$1</recall>.");
const tokenizerJson = jsonOf(tinyLlama({ corpus: `${ENGLISH}${TAGGED}北京é🙂 北京é🙂` }).tokenizer);
const tokenizer = readTokenizer(tokenizerJson as Record<string, unknown>);
const encode = (text: string) => tokenizer.encode(text, { add_special_tokens: false }).ids;

const documents = [
  { name: "harbour.md", text: ENGLISH.slice(0, 700) },
  { name: "signs", text: "北京é🙂\nThe red ball — naïve “quotes”.\r\n\n北京 the end" },
];

test("text mode: thousands of quotes, every step by the definition", () => {
  const { masked, comparedRows, quotes } = converseInText({
    ...{ tokenizerJson, documents, width: 520, seed },
    ...{ steps: 40_000, rowEvery: 40 },
  });
  const { found, sources } = checkQuotes(quotes, documents);
  console.log(`text: ${masked} rows masked, ${comparedRows} compared, ${found} quotes, ${sources} sources`);
  assert.ok(found > 1000 && masked > 10_000);
});

for (const asTokens of [true, false]) {
  test(`token mode, documents as ${asTokens ? "tokens" : "text"}: thousands of quotes, every step by the definition`, () => {
    const { masked, comparedRows, quotes } = converseInTokens({
      ...{ tokenizerJson, documents, width: 520, seed, encode, asTokens },
      ...{ steps: 20_000, rowEvery: 40 },
    });
    const { found, sources } = checkQuotes(quotes, documents);
    console.log(`tokens: ${masked} rows masked, ${comparedRows} compared, ${found} quotes, ${sources} sources`);
    assert.ok(found > 1000 && masked > 10_000);
  });
}

test("an id that the row has and the tokenizer lacks stands for nothing outside a quote, and is masked inside one", () => {
  const width = 600;
  for (const mode of ["text", "token"] as const) {
    const recall = new RecallLogitProcessor<"token" | "text">({
      ...{ tokenizerJson, mode, documents: [{ name: "d", text: "the ball" }] },
      ...(mode === "token" && { encode }),
    });
    const step = (id: number) => {
      recall.processLogits(new Float32Array(width));
      recall.processSampledToken(id);
    };
    const [opening, closing] = mode === "token" ? [[START], [END]] : [encode("<recall>"), encode("</recall>")];
    for (const id of [...encode("red"), width - 1, width - 2, ...encode("cat"), ...opening]) step(id);
    const row = recall.processLogits(new Float32Array(width));
    assert.ok(row.subarray(512).every((logit) => logit < -1e29));
    assert.match(
      thrownBy(() => recall.processSampledToken(width - 1)),
      /^NOT_ENFORCED: .*token 599/,
    );
    // What the padding stands between is not one text.
    const across = encode("redcat");
    const refused = across.findIndex((id: number) => {
      if (!recall.session.allows(id)) return true;
      step(id);
      return false;
    });
    assert.ok(refused !== -1, mode);
    recall.session.endSpan();
    for (const id of [...opening, ...encode("the ball"), ...closing]) step(id);
    assert.is(recall.quotes.at(-1)!.sources()[0].segment, "d");
    for (const id of [width, -1, 1.5, NaN])
      assert.match(
        thrownBy(() => recall.processSampledToken(id)),
        /^RangeError: /,
      );
    recall.close();
  }
});

/** The ids of a text, token by token as the tiny model would write them. */
function say(recall: LogitProcessor, ...ids: number[]): void {
  for (const id of ids) {
    recall.processLogits(new Float32Array(512));
    recall.processSampledToken(id);
  }
}

test("a conversation that goes on keeps its quotes, another one starts with the documents alone", () => {
  for (const mode of ["text", "token"] as const) {
    const recall = new RecallLogitProcessor({ tokenizerJson, documents, mode, encode });
    const quote =
      mode === "text"
        ? encode("<recall>The harbour</recall>.")
        : [START, ...encode("Lower Wick is"), END, ...encode(".")];
    const texts = () => recall.quotes.map(({ text }) => text);
    const quoted = mode === "text" ? "The harbour" : "Lower Wick is";
    recall.resetState();
    say(recall, ...quote);
    say(recall, ...quote);
    assert.equal(texts(), [quoted, quoted]);
    assert.equal(recall.quotes[1].sources()[0].segment, "harbour.md");
    recall.resetState();
    assert.equal(texts(), []);
    say(recall, ...quote);
    assert.equal(texts(), [quoted]);
    assert.equal(recall.quotes[0].sources().map(({ segment }) => segment)[0], "harbour.md");
  }
});

test("what the model wrote can be quoted, unless it shall not", () => {
  const written = encode("Zanzibar ");
  const open = encode("<recall>");
  for (const recallGenerated of [true, false]) {
    const recall = new RecallLogitProcessor({ tokenizerJson, documents, mode: "text", recallGenerated });
    say(recall, ...written, ...open);
    assert.is(recall.session.allows(written[0]), recallGenerated);
  }
});

test("a reply that stopped inside a quote is closed by endSpan", () => {
  const recall = new RecallLogitProcessor({ tokenizerJson, documents, mode: "text" });
  say(recall, ...encode("<recall>The"));
  recall.session.endSpan();
  assert.not(recall.session.inSpan);
  assert.equal(
    recall.quotes.map(({ text, open }) => [text, open]),
    [["The", false]],
  );
});

test("an added space before a text is none of the text", () => {
  const json = llamaJson();
  const llama = readTokenizer(json);
  const vocabulary = Object.entries((json.model as { vocab: Record<string, number> }).vocab);
  const idOf = (piece: string) => vocabulary.find(([text]) => text === piece)![1];
  const recall = new RecallLogitProcessor({
    ...{ tokenizerJson: json, mode: "token" as const, startToken: 1, endToken: 2 },
    documents: [{ name: "a", text: "The cat\nsat" }],
    encode: (text) => llama.encode(text, { add_special_tokens: false }).ids,
  });
  recall.processSampledToken(1);
  recall.processSampledToken(idOf("▁The"));
  recall.processSampledToken(idOf("▁cat"));
  recall.processSampledToken(2);
  assert.equal(recall.quotes[0].sources(), [
    { segment: "a", start: 0, end: 2, bytes: [0, 7], chars: [0, 7], lines: [1, 1] },
  ]);
});

test("masked logits stay finite, however cold the sampling", () => {
  const recall = new RecallLogitProcessor({ tokenizerJson, documents, mode: "text" });
  say(recall, ...encode("<recall>"));
  const LOWEST_TEMPERATURE = 1e-6;
  const row = recall.processLogits(new Float32Array(520).fill(1));
  const masked = row.filter((logit) => logit !== 1);
  assert.ok(masked.length > 100 && masked.length < 520);
  assert.ok(masked.every((logit) => Number.isFinite(Math.fround(logit / Math.fround(LOWEST_TEMPERATURE)))));
  const own = new RecallLogitProcessor({ tokenizerJson, documents, mode: "text", maskValue: -1e4 });
  say(own, ...encode("<recall>"));
  assert.is(Math.min(...own.processLogits(new Float32Array(520))), -1e4);
});

test("a token that the mask forbids is not shown", () => {
  const recall = new RecallLogitProcessor({ tokenizerJson, documents, mode: "text" });
  say(recall, ...encode("<recall>"));
  const before = recall.session.contextLength;
  assert.match(
    thrownBy(() => recall.processSampledToken(START)),
    /^NOT_ENFORCED: web-llm sampled token 2/,
  );
  assert.match(
    thrownBy(() => recall.processSampledToken(BOS)),
    /^NOT_ENFORCED/,
  );
  assert.is(recall.session.contextLength, before);
  recall.processSampledToken(encode("The")[0]);
  assert.is(recall.quotes[0].text, "The");
});

test("bad arguments are named", () => {
  const make = (options: Partial<RecallLogitProcessorOptions<"auto">>) =>
    thrownBy(() => new RecallLogitProcessor({ tokenizerJson, documents, mode: "text", ...options } as never));
  const json = tokenizerJson as Record<string, unknown>;
  assert.is(
    thrownBy(() => new RecallLogitProcessor(untyped(null))),
    'TypeError: Expected "options" to be an object',
  );
  assert.is(make({ tokenizerJson: undefined }), 'TypeError: Expected "tokenizerJson" to be an object');
  assert.is(make({ tokenizerJson: { ...json, model: 1 } }), 'TypeError: Expected "model" to be an object');
  assert.is(make({ documents: untyped(undefined) }), 'TypeError: Expected "documents" to be an array');
  assert.is(make({ documents: untyped([1]) }), 'TypeError: Expected "documents[0]" to be an object');
  assert.is(make({ documents: untyped([{ text: "a" }]) }), 'TypeError: Expected "documents[0].name" to be a string');
  assert.is(make({ documents: untyped([{ name: "a" }]) }), 'TypeError: Expected "documents[0].text" to be a string');
  assert.is(
    make({ documents: [documents[0], documents[0]] }),
    'RangeError: Expected "documents[1].name" to differ from the names of the other documents',
  );
  assert.is(
    make({ documents: [{ name: "a", tokens: [1, 512] }] }),
    'RangeError: Expected "documents[0].tokens[1]" to be an integer in [0, 512)',
  );
  assert.match(make({ mode: untyped("tags") }), 'RangeError: Expected "mode" to be one of "auto", "token", "text"');
  assert.match(make({ maskValue: NaN }), 'RangeError: Expected "maskValue" to be a number');
  assert.match(make({ startTag: "" }), 'RangeError: Expected "startTag" not to be empty');
  assert.match(make({ mode: "token" as "auto" }), 'TypeError: Expected "encode" to be a function');
  assert.is(
    make({ mode: "token" as "auto", encode: () => [5, 6] }),
    'RangeError: Expected "encode(documents[0].text)" to give tokens that spell the text',
  );
  assert.match(
    make({ mode: "token" as "auto", encode: untyped(() => "text") }),
    'TypeError: Expected "encode(documents[0].text)" to be an Int32Array',
  );
  assert.match(make({ mode: "token" as "auto", encode, startToken: "<|quote|>" }), "NO_RECALL_TOKENS: ");
});

test("a row that is too short and an id that is none are refused, and nothing changes", () => {
  const recall = new RecallLogitProcessor({ tokenizerJson, documents, mode: "text" });
  const before = recall.session.contextLength;
  assert.is(
    thrownBy(() => recall.processLogits(new Float32Array(511))),
    'RangeError: Expected "logits" to have at least 512 entries',
  );
  assert.match(
    thrownBy(() => recall.processLogits(untyped([1]))),
    'TypeError: Expected "logits" to be a Float32Array',
  );
  assert.match(
    thrownBy(() => recall.processSampledToken(512)),
    'RangeError: Expected "token" to be an integer',
  );
  assert.is(recall.session.contextLength, before);
  recall.close();
  recall.close();
  assert.match(
    thrownBy(() => recall.processLogits(new Float32Array(512))),
    "CLOSED",
  );
  assert.match(
    thrownBy(() => recall.resetState()),
    "CLOSED",
  );
});

test("auto takes what the tokenizer has", () => {
  const tagged = jsonOf(tinyLlama({ controlTokens: ["<|bos|>", "<|eos|>"] }).tokenizer);
  const auto = (json: unknown) => new RecallLogitProcessor({ tokenizerJson: json, documents, mode: "auto", encode });
  assert.is(auto(tokenizerJson).mode, "token");
  assert.is(auto(tagged).mode, "text");
  assert.is(new RecallLogitProcessor({ tokenizerJson: tagged, documents }).mode, "text");
  assert.match(
    thrownBy(() => new RecallLogitProcessor({ tokenizerJson, documents })),
    'TypeError: Expected "encode"',
  );
});

test.run();
