import { decode } from "gpt-tokenizer/encoding/cl100k_base";
import { getReady, SPAN_TOKENS, spanAt, tokens, walk, type ReadyText } from "../text/quoted-bytes.js";
import { tokenText } from "../token-texts.js";
import type { Gauge } from "./gauge.js";
import { inTurns, each, type Work } from "./in-turns.js";
import { yardsticks } from "./yardsticks.js";

const BYTES = 200_000;
const SPANS = 200;

/** Text mode with the native engine, against plain work on a row. */
export function textGauges(): Gauge[] {
  const text = someText();
  const bytes = Buffer.from(text);
  const getContextReady = () => getReady(bytes);
  const spans = Array.from({ length: SPANS }, (_, i) => spanAt(text, (i * 7919) % (text.length - 400)));
  const { argmax } = yardsticks(tokens.length);
  const size = `${BYTES / 1000} KB`;
  return [
    { name: "text mode: a step against reading a row", read: inTurns(stepsAgain(getContextReady(), spans), argmax) },
    {
      name: "text mode: a step in a new context against reading a row",
      read: inTurns(stepsInNew(getContextReady, spans), argmax),
    },
    {
      name: `text mode: ${size} ready against reading a row`,
      read: inTurns(
        each(() => getContextReady().context.close()),
        argmax,
      ),
    },
  ];
}

/** In a context where the same quotes were found before. */
function stepsAgain({ matcher }: ReadyText, spans: readonly number[][]): Work {
  return {
    run(times) {
      let done = 0;
      for (; done < times; done += SPANS * SPAN_TOKENS) for (const span of spans) walk(matcher, span);
      return done;
    },
  };
}

function stepsInNew(getContextReady: () => ReadyText, spans: readonly number[][]): Work {
  let ready = getContextReady();
  return {
    prepare() {
      ready.context.close();
      ready = getContextReady();
    },
    run() {
      for (const span of spans) walk(ready.matcher, span);
      return SPANS * SPAN_TOKENS;
    },
  };
}

/** Of one-byte characters, so that a quote may begin anywhere. */
function someText(): string {
  return decode(tokenText("natural text", 100_000).tokens.subarray(0, BYTES / 2))
    .replaceAll(/[^\n -~]/g, "?")
    .slice(0, BYTES);
}
