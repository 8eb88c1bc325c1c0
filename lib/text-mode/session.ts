import { COUNT_LIMIT, expectInteger, expectOptions } from "../base/arguments.js";
import { DecodingSession, ForkedState } from "../session/decoding-session.js";
import { LiveSpans } from "../session/live-spans.js";
import { expectSegmentNames } from "../session/segments.js";
import { LiveTextSpan } from "./live-span.js";
import type { TextOpening } from "./open-span.js";
import { checkText, type AppendTextOptions } from "./document.js";
import { TextMachine } from "./machine.js";
import { expectTag, startTextSession, type RecallTextSessionOptions, type TextSettings } from "./options.js";
import { RecallTextSpan } from "./span.js";

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
  readonly #settings: TextSettings;
  readonly #machine: TextMachine;
  readonly #spans = new LiveSpans((opening: TextOpening) => {
    return new RecallTextSpan(
      new LiveTextSpan(opening, this.#machine, this.#settings.setup, () => this.assertUsable()),
    );
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
   * The spans that were closed, in order, and the open one: each one object, made once, which is always as the span is
   * now, also where `truncate` opens it again.
   * @throws RecallError `CLOSED`
   */
  get spans(): readonly RecallTextSpan[] {
    this.assertUsable();
    return this.#spans.of(this.#machine.closedSpans, this.#machine.open);
  }

  /**
   * Adds text, or UTF-8 bytes, to the searchable context: to the current unnamed run, or with `segment` as a document
   * of its own. Tags in it open and close nothing.
   * @throws TypeError, RangeError for arguments
   * @throws RecallError `IN_SPAN`, `SEGMENT_EXISTS`, `CONTEXT_FULL`, `OUT_OF_MEMORY`, `CLOSED`
   */
  append(text: string | Uint8Array, options?: AppendTextOptions): void {
    const checked = checkText(text, options, this.#settings.setup);
    this.assertOutside("append");
    this.#machine.append(checked);
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
