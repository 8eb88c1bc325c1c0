import { COUNT_LIMIT, expectInteger, expectOptions } from "../base/arguments.js";
import { DecodingSession, ForkedState } from "../session/decoding-session.js";
import { LiveQuotes } from "../session/live-quotes.js";
import { RecallQuote, type TextQuote } from "../session/quote.js";
import { expectSegmentNames } from "../session/segments.js";
import { LiveTextQuote } from "./live-quote.js";
import type { TextOpening } from "./open-span.js";
import { checkText, type AppendTextOptions } from "./document.js";
import { TextMachine } from "./machine.js";
import { expectTag, startTextSession, type RecallTextSessionOptions, type TextSettings } from "./options.js";

/** Options of {@link RecallTextSession.beginSpan}. */
export interface BeginTextSpanOptions {
  /** Search these segments only. */
  segments?: readonly string[];
  /** The tag that closes the span, in place of `endTag`; at most 4,096 bytes. */
  end?: string;
}

/**
 * One generation of a model without delimiter tokens: tags in its text open and close recall spans, and each span is an
 * exact copy of bytes in the searchable context, in any tokenisation (`docs/semantics.md`, "Text mode").
 *
 * A verb that throws leaves the session as it was, but where memory runs out while a closed span is to be opened again, by
 * `truncate` or where `acceptAll` or `validate` takes back what it tried: the session then stands before that span.
 * Arguments are read before the session's state is looked at.
 */
export class RecallTextSession extends DecodingSession {
  /** What a session of either mode is told apart by. */
  readonly mode = "text";
  readonly #settings: TextSettings;
  readonly #machine: TextMachine;
  readonly #quotes = new LiveQuotes((opening: TextOpening) => {
    const view = new LiveTextQuote(opening, this.#machine, this.#settings.setup, () => this.assertUsable());
    return new RecallQuote(view) as TextQuote;
  });

  /**
   * @throws TypeError, RangeError for options that are not as {@link RecallTextSessionOptions} says, or that differ
   *   from those of `context`
   * @throws RecallError `NOT_FROZEN`, `CLOSED` for `context`; `BACKEND_UNAVAILABLE` where `backend: "native"` cannot
   *   be loaded
   */
  constructor(options: RecallTextSessionOptions);
  /** @internal */
  // eslint-disable-next-line @typescript-eslint/unified-signatures -- what is declared to callers leaves this one out
  constructor(fork: ForkedState<TextSettings, TextMachine>);
  constructor(start: RecallTextSessionOptions | ForkedState<TextSettings, TextMachine>) {
    const { settings, machine } = start instanceof ForkedState ? start : startState(start);
    const { setup, maskValue, maxContextBytes: maxContext } = settings;
    const { vocabulary, rows: engine } = setup;
    super(machine, { vocabSize: vocabulary.size, engine, maskValue, maxContext, unit: "bytes" });
    this.#settings = settings;
    this.#machine = machine;
  }

  /**
   * Bytes appended and accepted, those of the open span and of tags included; in JSON mode of escaped text.
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
  get quotes(): readonly TextQuote[] {
    this.assertUsable();
    return this.#quotes.all(this.#machine.closedSpans, this.#machine.open);
  }

  /**
   * The latest of them, open or closed; `undefined` before the first.
   * @throws RecallError `CLOSED`
   */
  get lastQuote(): TextQuote | undefined {
    this.assertUsable();
    return this.#quotes.last(this.#machine.closedSpans, this.#machine.open);
  }

  /**
   * Adds text, or UTF-8 bytes, to the searchable context: to the current unnamed run, or with `segment` as a document
   * of its own. Tags in it open and close nothing.
   * @throws TypeError, RangeError for arguments
   * @throws RecallError `IN_SPAN`, `SEGMENT_EXISTS`, `CONTEXT_FULL`, `OUT_OF_MEMORY`, `CLOSED`
   */
  append(text: string | Uint8Array, options?: AppendTextOptions): this {
    const checked = checkText(text, options, this.#settings.setup);
    this.assertOutside("append");
    this.#machine.append(checked);
    return this;
  }

  /**
   * Opens a span without an opening tag.
   * @throws TypeError, RangeError for arguments
   * @throws RecallError `IN_SPAN`, `SEGMENT_UNKNOWN`, `CLOSED`
   */
  beginSpan(options?: BeginTextSpanOptions): void {
    const { segments, end } = expectOptions("options", options);
    const names = segments === undefined ? null : expectSegmentNames(segments);
    const tag = end === undefined ? null : expectTag("end", end);
    this.assertOutside("beginSpan");
    this.#machine.begin(names === null ? null : this.#machine.sequence.segments.rangesOf(names), tag);
  }

  /**
   * Undoes text and tokens, appended and accepted alike: the session is as it was when it last had this length. Cutting
   * into a closed span opens it again. The cut is at the edge of a token, or anywhere in appended text.
   * @param length in bytes, at most `contextLength`; with a shared context at least that context's length
   * @throws TypeError, RangeError for `length`
   * @throws RecallError `CLOSED`
   */
  truncate(length: number): void {
    this.assertUsable();
    expectInteger("length", length, this.#settings.base.length, this.#machine.length + 1);
    if (!this.#machine.truncate(length)) throw new RangeError('Expected "length" not to be inside a generated token');
  }

  /**
   * Undoes the last `count` accepted tokens, and what happened since the first of them.
   * @throws TypeError, RangeError for `count`
   * @throws RecallError `CLOSED`
   */
  rollback(count: number): void {
    this.assertUsable();
    const { history } = this.#machine;
    const steps = history.countBefore(expectInteger("count", count, 0, COUNT_LIMIT));
    if (steps === -1) expectInteger("count", count, 0, history.countTokens() + 1);
    if (count > 0) this.#machine.restore(steps);
  }

  /**
   * A copy of the session. The two share what is indexed and nothing that either changes later.
   * @throws RecallError `CLOSED`
   */
  fork(): RecallTextSession {
    this.assertUsable();
    return new RecallTextSession(new ForkedState(this.#settings, this.#machine.fork()));
  }
}

function startState(options: RecallTextSessionOptions) {
  const { settings, sequence } = startTextSession(options);
  return { settings, machine: new TextMachine(settings, sequence) };
}
