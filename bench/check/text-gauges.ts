import { strict as assert } from "node:assert";
import o200k from "gpt-tokenizer/bpeRanks/o200k_base";
import { decode } from "gpt-tokenizer/encoding/cl100k_base";
import { encode } from "gpt-tokenizer/encoding/o200k_base";
import { loadTextEngine } from "../../lib/engine/load-text.js";
import type { EngineTextContext, EngineTextMatcher } from "../../lib/engine/text-engine.js";
import { TokenVocabulary } from "../../lib/index.js";
import { tokenText } from "../token-texts.js";
import type { Gauge } from "./gauge.js";
import { inTurns, each, type Work } from "./in-turns.js";
import { yardsticks } from "./yardsticks.js";

const BYTES = 200_000;
const SPANS = 200;
const SPAN = 32;
const CLOSING = Buffer.from("</recall>");

/** Text mode with the native engine, against plain work on a row. */
export function textGauges(): Gauge[] {
  const vocabulary = new TokenVocabulary({
    vocabSize: o200k.length,
    tokenBytes: o200k.map((token) => (typeof token === "string" ? Buffer.from(token) : Uint8Array.from(token))),
  });
  const engine = loadTextEngine("native");
  const text = someText();
  const bytes = Buffer.from(text);
  const getReady = () => {
    const context = engine.createTextContext(vocabulary.table);
    context.append(bytes, { searchable: true, newRun: true, json: false, edges: null });
    const matcher = context.matcher();
    begin(matcher);
    assert.ok(matcher.allowed().length > 0);
    return { context, matcher };
  };
  const spans = Array.from({ length: SPANS }, (_, i) => {
    const start = (i * 7919) % (text.length - 400);
    return encode(text.slice(start, start + 400), { disallowedSpecial: new Set() }).slice(0, SPAN);
  });
  const { argmax } = yardsticks(o200k.length);
  const size = `${BYTES / 1000} KB`;
  return [
    { name: "text mode: a step against reading a row", read: inTurns(stepsAgain(getReady(), spans), argmax) },
    {
      name: "text mode: a step in a new context against reading a row",
      read: inTurns(stepsInNew(getReady, spans), argmax),
    },
    {
      name: `text mode: ${size} ready against reading a row`,
      read: inTurns(
        each(() => getReady().context.close()),
        argmax,
      ),
    },
  ];
}

interface Ready {
  readonly context: EngineTextContext;
  readonly matcher: EngineTextMatcher;
}

/** In a context where the same quotes were found before. */
function stepsAgain({ matcher }: Ready, spans: readonly number[][]): Work {
  return {
    run(times) {
      let done = 0;
      for (; done < times; done += SPANS * SPAN) for (const span of spans) walk(matcher, span);
      return done;
    },
  };
}

function stepsInNew(getReady: () => Ready, spans: readonly number[][]): Work {
  let ready = getReady();
  return {
    prepare() {
      ready.context.close();
      ready = getReady();
    },
    run() {
      for (const span of spans) walk(ready.matcher, span);
      return SPANS * SPAN;
    },
  };
}

/** Of one-byte characters, so that a quote may begin anywhere. */
function someText(): string {
  const tokens = tokenText("natural text", 100_000).tokens.subarray(0, BYTES / 2);
  return decode(tokens)
    .replaceAll(/[^\n -~]/g, "?")
    .slice(0, BYTES);
}

function begin(matcher: EngineTextMatcher): void {
  matcher.begin({ ranges: null, tag: CLOSING, minBytes: 0, maxBytes: 2 ** 30 });
}

function walk(matcher: EngineTextMatcher, span: readonly number[]): void {
  begin(matcher);
  for (const token of span) {
    assert.ok(matcher.advance(token));
    matcher.allowed();
  }
}
