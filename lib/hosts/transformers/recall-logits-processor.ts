import type { PreTrainedTokenizer, Tensor } from "@huggingface/transformers";
import { expectIntegers, expectOptions, typedArrayName } from "../../base/arguments.js";
import { RecallError } from "../../base/errors.js";
import type { AnySession } from "../shared/any-session.js";
import { expectDocuments, type RecallDocument } from "../shared/document-locator.js";
import { draftSource, type DraftSource } from "../shared/drafts/source.js";
import { expectQuotable, follow, startSession } from "../shared/following.js";
import type { HistoryOptions } from "../shared/token-history.js";
import type { HostVocabulary } from "../shared/host-vocabulary.js";
import { delimiterIds } from "../shared/delimiters.js";
import { PaddingIds } from "../shared/padding-ids.js";
import { chooseMode } from "../shared/choose-mode.js";
import type { RecallMode } from "../shared/mode.js";
import type { GivenOptions, ModeOptions, QuoteOf, QuotingOptions, SessionOf } from "../shared/recall-options.js";
import { Callable } from "./callable.js";
import { Row, type RowOptions } from "./row.js";
import { vocabularyOf } from "./tokenizer-vocabulary.js";

type GivenProcessorOptions = Omit<GivenOptions, "documents"> & ProcessorOptions;

interface ProcessorOptions {
  /**
   * Documents that stand in every prompt, by the names that quotes shall report; for prompts with documents of their
   * own, a function from a row's index to what stands in its prompt. They are found by their text, wherever a chat
   * template puts it; with documents given, nothing else of the prompt can be quoted unless `recallPrompt` says so. In
   * text mode they can be quoted from the start, whether or not the prompt shows them.
   */
  documents?: readonly RecallDocument[] | ((row: number) => readonly RecallDocument[]);
  /**
   * The tokens with which a row of a batch ends while others go on: the model's `generation_config.eos_token_id`.
   * @defaultValue the tokenizer's
   */
  eosTokenIds?: number | readonly number[];
}

/** Options of {@link RecallLogitsProcessor}. */
export type RecallLogitsProcessorOptions<Mode extends RecallMode = "auto"> = Omit<QuotingOptions<Mode>, "documents"> &
  ModeOptions<Mode> &
  ProcessorOptions;

/**
 * Constrains `generate` of transformers.js: inside a recall span each row generates exact substrings of what it has
 * read.
 *
 * ```ts
 * const recall = new RecallLogitsProcessor(tokenizer);
 * const processors = new LogitsProcessorList();
 * processors.push(recall);
 * const output = await model.generate({ ...tokenizer(prompt), max_new_tokens: 100, logits_processor: processors });
 * for (const quote of recall.quotes) console.log(quote.text, quote.sources()); // where each was copied from
 * ```
 *
 * Every sampled token is checked against its session: one that is not allowed is refused at the next step, or where
 * `session` is read. The next call goes on from what its ids and the last ones begin with, and reads the rest; another
 * conversation begins with nothing of this one. Give `generate` all ids of a conversation, also where
 * `past_key_values` has the first of them: what it is not given is not known here.
 */
export class RecallLogitsProcessor<Mode extends RecallMode = "auto"> extends Callable {
  /** Whether quotes stand between tokens or between tags. */
  readonly mode: "token" | "text";
  /** The one that the constructor was given. */
  readonly tokenizer: PreTrainedTokenizer;
  readonly #vocabulary: HostVocabulary;
  readonly #options: GivenOptions;
  readonly #history: HistoryOptions;
  readonly #rowOptions: RowOptions;
  /** Where each row has its own. */
  readonly #documentsOf: ((row: number) => readonly RecallDocument[]) | null;
  /** What each row's session begins as, but for documents of its own. */
  readonly #beginning: AnySession;
  #rows: Row[] = [];
  #maskMilliseconds = 0;

  /**
   * @throws TypeError, RangeError for arguments
   * @throws RecallError `NO_RECALL_TOKENS` where the mode is `"token"` and the tokenizer lacks the delimiters;
   *   `BACKEND_UNAVAILABLE`
   */
  constructor(tokenizer: PreTrainedTokenizer, options?: RecallLogitsProcessorOptions<Mode>) {
    super();
    const { documents, ...others } = expectOptions<GivenProcessorOptions>("options", options);
    this.#documentsOf = typeof documents === "function" ? documents : null;
    const given = { ...others, documents: typeof documents === "function" ? [] : documents };
    const quotable = expectQuotable(given);
    const vocabulary = vocabularyOf(tokenizer);
    this.mode = chooseMode(vocabulary, given);
    this.#rowOptions = {
      padTokenId: tokenizer.pad_token_id ?? undefined,
      eosTokenIds: expectEosTokens(given.eosTokenIds ?? tokenizer.eos_token_id ?? [], vocabulary.size),
      paddingIds: new PaddingIds(vocabulary, this.mode === "token" ? delimiterIds(vocabulary, given) : []),
    };
    this.tokenizer = tokenizer;
    this.#options = given;
    this.#vocabulary = vocabulary;
    this.#history = { ...quotable, onContextShift: null };
    // Documents are found by their bytes, and a decoder that cannot be read is named before anything is generated.
    if (this.#documentsOf !== null || quotable.documents.length > 0) void vocabulary.tokenVocabulary;
    this.#beginning = startSession(this.mode, vocabulary, given, quotable.documents);
  }

  /**
   * The searchable context and the quotes of the first row, with all that was generated so far: read it again after
   * the next call. The processor feeds it; its readers and `endSpan` are for everybody.
   * @throws RecallError `NOT_ENFORCED` where a token was sampled last that was not allowed
   */
  get session(): SessionOf<Mode> {
    return this.#row(0).session as SessionOf<Mode>;
  }

  /** The quotes of the first row, in order, the open one last; see {@link session}. */
  get quotes(): readonly QuoteOf<Mode>[] {
    return this.session.quotes as readonly QuoteOf<Mode>[];
  }

  /** The latest of them; `undefined` before the first. */
  get lastQuote(): QuoteOf<Mode> | undefined {
    return this.session.lastQuote as QuoteOf<Mode> | undefined;
  }

  /** The sessions of all rows that were in the last call. */
  get sessions(): SessionOf<Mode>[] {
    return this.#rows.map((row) => row.session as SessionOf<Mode>);
  }

  /** Time spent in `generate` since construction: finding the allowed tokens, and following those that were sampled. */
  get maskMilliseconds(): number {
    return this.#maskMilliseconds;
  }

  /**
   * What `generate` calls: masks logits in place.
   * @param inputIds the ids of each row, left padding included; `generate` appends to these very arrays
   * @param logits float32, of shape `[rows, width]`
   * @throws TypeError, RangeError for arguments
   * @throws RecallError `NOT_ENFORCED`; `SEGMENT_UNKNOWN` for a document that is not in the prompt; `CONTEXT_FULL`
   */
  override _call(inputIds: bigint[][], logits: Tensor): Tensor {
    const start = performance.now();
    const rows = expectLogits(logits, inputIds.length);
    this.#rowOptions.paddingIds.seeWidth(logits.dims[1]);
    this.follow(inputIds);
    rows.forEach((row, i) => this.#row(i).mask(row));
    this.#maskMilliseconds += performance.now() - start;
    return logits;
  }

  /** @internal Brings the rows to what comes before their next tokens. */
  follow(inputIds: bigint[][]): void {
    this.#rows.splice(inputIds.length).forEach((row) => row.close());
    inputIds.forEach((ids, i) => {
      if (!this.#row(i).isReplacedBy(ids) || !this.#rows.some((row) => row.isFollowedBy(ids))) return;
      throw new RecallError(
        "NOT_ENFORCED",
        "A row goes on with the tokens of another one: beam search is not supported",
      );
    });
    inputIds.forEach((ids, i) => this.#row(i).follow(ids, inputIds.length > 1));
  }

  /** @internal What the first row may want to copy next. */
  get draftSource(): DraftSource {
    const tokenize = (text: string) => this.tokenizer.encode(text, { add_special_tokens: false });
    return draftSource(this.session, this.#vocabulary, tokenize);
  }

  /** Forgets everything read and generated. */
  reset(): void {
    this.#rows.splice(0).forEach((row) => row.close());
  }

  /** Frees the sessions. */
  close(): void {
    this.reset();
    this.#beginning.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #row(index: number): Row {
    let row = this.#rows[index];
    if (row === undefined) {
      const history = { ...this.#history, documents: this.#documentsFor(index) };
      const session = this.#begin(history.documents);
      row = new Row(session, follow(session, this.#vocabulary, history), this.#rowOptions);
      this.#rows[index] = row;
    }
    return row;
  }

  #documentsFor(row: number): readonly RecallDocument[] {
    return this.#documentsOf === null ? this.#history.documents : expectDocuments(this.#documentsOf(row));
  }

  #begin(documents: readonly RecallDocument[]): AnySession {
    const session = this.#beginning.fork();
    if (this.#documentsOf === null || this.mode === "token") return session;
    // A session of text mode is built on its documents; one of token mode finds them in its prompt.
    session.close();
    return startSession(this.mode, this.#vocabulary, this.#options, documents);
  }
}

function expectEosTokens(ids: number | readonly number[], vocabSize: number): ReadonlySet<number> {
  return new Set(expectIntegers("eosTokenIds", typeof ids === "number" ? [ids] : ids, vocabSize));
}

/** The rows of a tensor of logits: views of its data. */
function expectLogits({ type, dims, data }: Tensor, count: number): Float32Array[] {
  if (type !== "float32" || typedArrayName(data) !== "Float32Array") {
    throw new TypeError('Expected "logits" to be of type float32, on the CPU: logits.to("float32") converts them');
  }
  if (dims.length !== 2 || dims[0] !== count)
    throw new RangeError(`Expected "logits" to be of shape [${count}, width]`);
  const width = dims[1];
  return Array.from({ length: count }, (_, i) => (data as Float32Array).subarray(i * width, (i + 1) * width));
}
