import type { LogitProcessor } from "@mlc-ai/web-llm";
import { expectNumber, expectOptions } from "../../base/arguments.js";
import { RecallError } from "../../base/errors.js";
import { delimiterIds } from "../shared/delimiters.js";
import { PaddingIds } from "../shared/padding-ids.js";
import { JsonVocabulary } from "../shared/json-vocabulary.js";
import { chooseMode } from "../shared/choose-mode.js";
import type { RecallMode } from "../shared/mode.js";
import type { QuoteOf, SessionOf } from "../shared/recall-options.js";
import type { GivenProcessorOptions, RecallLogitProcessorOptions } from "./options.js";
import { startSession } from "./sessions.js";

/**
 * What masked logits become. WebGPU's shading language lets a device assume that there are no infinities; this stays
 * finite when web-llm divides it by its lowest temperature, 1e-6.
 */
const MASKED = -1e30;

/**
 * Constrains a model in web-llm: inside a recall span it generates exact substrings of the documents, or of what it
 * wrote before.
 *
 * ```ts
 * const recall = new RecallLogitProcessor({ tokenizerJson, documents: [{ name: "report.md", text }] });
 * const engine = new MLCEngine({ logitProcessorRegistry: new Map([[modelId, recall]]) });
 * await engine.reload(modelId);
 * await engine.chat.completions.create({ messages });
 * for (const quote of recall.quotes) console.log(quote.text, quote.sources()); // where each was copied from
 * ```
 *
 * One processor serves one model of one engine. Every sampled token is checked before it is shown. In a worker, the
 * registry is for `WebWorkerMLCEngineHandler.setLogitProcessorRegistry`: the page's engine ignores its own. A reply that
 * a stop string of the request ended inside a quote leaves it open: `session.endSpan()` closes it before the next turn.
 */
export class RecallLogitProcessor<Mode extends RecallMode = "auto"> implements LogitProcessor {
  /** The searchable context and the quotes. The processor feeds it; its readers and `endSpan` are for everybody. */
  readonly session: SessionOf<Mode>;
  /** Whether quotes stand between tokens or between tags. */
  readonly mode: "token" | "text";
  readonly #paddingIds: PaddingIds;

  /**
   * @throws TypeError, RangeError for options
   * @throws RecallError `NO_RECALL_TOKENS` where the mode is `"token"` and the tokenizer lacks the delimiters
   */
  constructor(options: RecallLogitProcessorOptions<Mode>) {
    const given = expectOptions<GivenProcessorOptions>("options", options as GivenProcessorOptions);
    const { tokenizerJson, maskValue = MASKED } = given;
    const vocabulary = JsonVocabulary.of(expectOptions("tokenizerJson", (tokenizerJson ?? null) as object));
    this.mode = chooseMode(vocabulary, { ...given, documents: undefined });
    this.#paddingIds = new PaddingIds(vocabulary, this.mode === "token" ? delimiterIds(vocabulary, given) : []);
    const masked = expectNumber("maskValue", maskValue, -Infinity, Infinity);
    this.session = startSession(this.mode, vocabulary, given, masked) as SessionOf<Mode>;
  }

  /** The quotes of the conversation, in order, the open one last. */
  get quotes(): readonly QuoteOf<Mode>[] {
    return this.session.quotes as readonly QuoteOf<Mode>[];
  }

  /** The latest of them; `undefined` before the first. */
  get lastQuote(): QuoteOf<Mode> | undefined {
    return this.session.lastQuote as QuoteOf<Mode> | undefined;
  }

  /**
   * For web-llm: masks the logits in place and returns them.
   * @throws TypeError, RangeError for what is not a row of at least as many entries as the tokenizer has ids
   */
  processLogits(logits: Float32Array): Float32Array {
    this.session.apply(logits);
    this.#paddingIds.seeWidth(logits.length);
    return logits;
  }

  /**
   * For web-llm: follows the token that was sampled.
   * @throws TypeError, RangeError for an id that neither the tokenizer nor the row of logits has
   * @throws RecallError `NOT_ENFORCED` for a token that the mask forbids; `CONTEXT_FULL`
   */
  processSampledToken(token: number): void {
    const known = this.#paddingIds.forSession(token);
    if (!this.session.allows(known)) {
      throw new RecallError(
        "NOT_ENFORCED",
        `web-llm sampled token ${token}, which does not continue any quote: something in the request, such as ` +
          '"response_format" or "logit_bias", overrides the recall constraint',
      );
    }
    this.session.accept(known);
  }

  /** For web-llm: forgets what was generated, before another conversation. The documents stay. */
  resetState(): void {
    this.session.reset();
  }

  /** Frees the session. */
  close(): void {
    this.session.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
