import type { Backend } from "../../engine/load.js";
import type { QuotePlan } from "../../schema/plan/plan.js";
import type { Snap } from "../../session/snap-edges.js";
import { RecallTextContext } from "../../text-mode/context.js";
import { RecallTextSession } from "../../text-mode/session.js";
import { checkText, type CheckedText } from "../../text-mode/document.js";
import { checkTextSetup } from "../../text-mode/setup.js";
import type { TokenVocabulary } from "../../vocabulary/token-vocabulary.js";
import { edgesForQuotes, type QuoteLimits } from "./starts.js";
import { QuoteReading } from "./reading.js";

/** How documents are quoted. */
export interface QuotingOptions {
  readonly vocabulary: TokenVocabulary;
  readonly snap: Snap | undefined;
  readonly backend: Backend | undefined;
  /** Longest quote, in bytes of JSON text. */
  readonly maxQuoteBytes: number;
}

/** The documents for quotes of one kind. */
interface Quotable {
  readonly limits: QuoteLimits;
  readonly context: RecallTextContext;
  readonly hasStart: boolean;
}

/** Documents that JSON strings are copied from, indexed once for each kind of quote when it is first asked for. */
export class QuotableDocuments {
  readonly #options: QuotingOptions;
  readonly #documents: readonly CheckedText[];
  readonly #byLimits = new Map<string, Quotable>();

  /** @throws TypeError, RangeError for the options; RecallError `BACKEND_UNAVAILABLE` */
  constructor(documents: readonly { readonly name: string; readonly text: string }[], options: QuotingOptions) {
    this.#options = options;
    const setup = checkTextSetup({ ...options, json: true });
    this.#documents = documents.map(({ name, text }) => checkText(text, { segment: name }, setup));
  }

  /** Whether there is a quote of that kind. */
  isQuotable(plan: QuotePlan): boolean {
    return plan.minLength === 0 || this.#of(plan).hasStart;
  }

  /** A quote that begins. */
  begin(plan: QuotePlan): QuoteReading {
    const { limits, context } = this.#of(plan);
    const session = new RecallTextSession({ context, maxSpanBytes: limits.maxBytes });
    session.beginSpan();
    return new QuoteReading(session, limits, this.#options.vocabulary);
  }

  close(): void {
    for (const { context } of this.#byLimits.values()) context.close();
    this.#byLimits.clear();
  }

  #of(plan: QuotePlan): Quotable {
    const key = `${plan.minLength} ${plan.maxLength}`;
    let quotable = this.#byLimits.get(key);
    if (quotable === undefined) this.#byLimits.set(key, (quotable = this.#index(plan)));
    return quotable;
  }

  #index({ minLength, maxLength }: QuotePlan): Quotable {
    const { vocabulary, snap, backend, maxQuoteBytes } = this.#options;
    // At the edges of words and the like a quote has to reach one within its limits, which the engine knows in bytes.
    const maxBytes = snap === undefined ? maxQuoteBytes : Math.min(maxLength, maxQuoteBytes);
    const limits = { minLength, maxLength, maxBytes };
    const context = new RecallTextContext({ vocabulary, json: true, snap, backend });
    try {
      let hasStart = false;
      for (const document of this.#documents) {
        const found = edgesForQuotes(document, limits);
        context.appendChecked({ ...document, edges: found.edges });
        hasStart ||= found.hasStart;
      }
      return { limits, context: context.freeze(), hasStart };
    } catch (error) {
      context.close();
      throw error;
    }
  }
}
