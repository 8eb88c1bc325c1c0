import { expectInteger, expectIntegers, expectOptions, type TokenInput } from "../base/arguments.js";
import { DecodingSession, ForkedState } from "../session/decoding-session.js";
import type { SpanOpening } from "./open-span.js";
import { LiveQuotes } from "../session/live-quotes.js";
import { RecallQuote, type TokenQuote } from "../session/quote.js";
import { expectSegmentNames } from "../session/segments.js";
import { checkAppend, type AppendOptions } from "./sequence.js";
import { startSession, type RecallSessionOptions, type TokenSettings } from "./options.js";
import { LiveTokenQuote } from "./live-quote.js";
import { TokenMachine } from "./machine.js";

/** Options of {@link RecallSession.beginSpan}. */
export interface BeginSpanOptions {
  /** Search these segments only. */
  segments?: readonly string[];
  /** Token ids that close the span, in place of the end token. */
  end?: TokenInput;
}

/**
 * One generation: its searchable context, its recall spans, and the mask that keeps each span an exact copy of
 * something in the context (RecaLLM, sections 3.1 and B.1; `docs/semantics.md` settles the details).
 *
 * A verb that throws leaves the session as it was, but where memory runs out while a closed span is to be opened again, by
 * `truncate` or where `acceptAll` or `validate` takes back what it tried: the session then stands before that span.
 * Arguments are read before the session's state is looked at.
 */
export class RecallSession extends DecodingSession {
  /** What a session of either mode is told apart by. */
  readonly mode = "token";
  readonly #settings: TokenSettings;
  readonly #machine: TokenMachine;
  readonly #quotes = new LiveQuotes((opening: SpanOpening) => {
    const view = new LiveTokenQuote(opening, this.#machine, this.#settings.decode, () => this.assertUsable());
    return new RecallQuote(view) as TokenQuote;
  });

  /**
   * @throws TypeError, RangeError for options that are not as {@link RecallSessionOptions} says, or that differ from
   *   those of `context`
   * @throws RecallError `NOT_FROZEN`, `CLOSED` for `context`; `BACKEND_UNAVAILABLE` where `backend: "native"` cannot
   *   be loaded
   */
  constructor(options: RecallSessionOptions);
  /** @internal */
  // eslint-disable-next-line @typescript-eslint/unified-signatures -- what is declared to callers leaves this one out
  constructor(fork: ForkedState<TokenSettings, TokenMachine>);
  constructor(start: RecallSessionOptions | ForkedState<TokenSettings, TokenMachine>) {
    const { settings, machine } = start instanceof ForkedState ? start : startState(start);
    const { setup, maskValue, maxContextTokens: maxContext } = settings;
    const { vocabSize, engine } = setup;
    super(machine, { vocabSize, engine, maskValue, maxContext, unit: "tokens" });
    this.#settings = settings;
    this.#machine = machine;
  }

  /** The token that opens a recall span when it is accepted; `undefined` where only `beginSpan` opens one. */
  get startTokenId(): number | undefined {
    return this.#settings.setup.startTokenId;
  }

  /** The token that closes a recall span; `undefined` where `endSpan` or a span's own `end` does. */
  get endTokenId(): number | undefined {
    return this.#settings.setup.endTokenId;
  }

  /**
   * Tokens appended and accepted, those of the open span and its start token included.
   * @throws RecallError `CLOSED`
   */
  get contextLength(): number {
    this.assertUsable();
    return this.#machine.length;
  }

  /**
   * The quotes of the spans that were closed, in order, and of the open one: each one object, made once, which is always
   * as the quote is now, also where `truncate` opens it again.
   * @throws RecallError `CLOSED`
   */
  get quotes(): readonly TokenQuote[] {
    this.assertUsable();
    return this.#quotes.all(this.#machine.closedSpans, this.#machine.open);
  }

  /**
   * The latest of them, open or closed; `undefined` before the first.
   * @throws RecallError `CLOSED`
   */
  get lastQuote(): TokenQuote | undefined {
    this.assertUsable();
    return this.#quotes.last(this.#machine.closedSpans, this.#machine.open);
  }

  /**
   * Adds tokens to the searchable context: to the current unnamed run, or with `segment` as a document of its own.
   * Delimiters among them open and close nothing; like all barriers they end a run.
   * @throws TypeError, RangeError for arguments
   * @throws RecallError `IN_SPAN`, `SEGMENT_EXISTS`, `CONTEXT_FULL`, `OUT_OF_MEMORY`, `CLOSED`
   */
  append(tokens: TokenInput, options?: AppendOptions): this {
    const checked = checkAppend(tokens, options, this.#settings.setup);
    this.assertOutside("append");
    this.#machine.sequence.append(checked, this.#settings.maxContextTokens);
    return this;
  }

  /**
   * Opens a span without a start token.
   * @throws TypeError, RangeError for arguments
   * @throws RecallError `IN_SPAN`, `SEGMENT_UNKNOWN`, `CLOSED`
   */
  beginSpan(options?: BeginSpanOptions): void {
    const { segments, end } = expectOptions("options", options);
    const names = segments === undefined ? null : expectSegmentNames(segments);
    const ends = end === undefined ? null : expectIntegers("end", end, this.vocabSize);
    this.assertOutside("beginSpan");
    const ranges = names === null ? null : this.#machine.sequence.segments.rangesOf(names);
    this.#machine.begin(ranges, ends === null ? null : Int32Array.from(new Set(ends)).sort());
  }

  /**
   * Undoes tokens, appended and accepted alike: the session is as it was when it last had this length. Cutting into
   * a closed span opens it again.
   * @param length in [length of the shared context or 0, contextLength]
   * @throws TypeError, RangeError for `length`
   * @throws RecallError `CLOSED`
   */
  truncate(length: number): void {
    this.assertUsable();
    expectInteger("length", length, this.#settings.base.length, this.#machine.length + 1);
    this.#machine.truncate(length);
  }

  /**
   * Undoes the last `count` tokens: `truncate(contextLength - count)`.
   * @throws TypeError, RangeError for `count`
   * @throws RecallError `CLOSED`
   */
  rollback(count: number): void {
    this.assertUsable();
    const { length } = this.#machine;
    expectInteger("count", count, 0, length - this.#settings.base.length + 1);
    this.#machine.truncate(length - count);
  }

  /**
   * A copy of the session. The two share what is indexed and nothing that either changes later.
   * @throws RecallError `CLOSED`
   */
  fork(): RecallSession {
    this.assertUsable();
    return new RecallSession(new ForkedState(this.#settings, this.#machine.fork()));
  }
}

function startState(options: RecallSessionOptions) {
  const { settings, sequence } = startSession(options);
  return { settings, machine: new TokenMachine(settings, sequence) };
}
