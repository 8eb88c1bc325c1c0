import { TokenBias, type LlamaModel, type Token } from "node-llama-cpp";
import { END_RECALL, START_RECALL } from "../../examples/reference-model/vocabulary.js";
import { continuations } from "./rescan.js";

/** How a token bias is made to leave only some tokens. */
export type BiasKind = "ban the others" | "raise the allowed";

/**
 * A quote by node-llama-cpp's token bias: in a quote, all that does not go on with it in the document is banned; or, by
 * one who knows what that costs, what does is raised above all else.
 */
export class RescanningBias {
  readonly #model: LlamaModel;
  readonly #document: readonly Token[];
  readonly #kind: BiasKind;
  readonly #vocabulary: readonly Token[];
  #quote: Token[] | null = null;

  constructor(model: LlamaModel, document: readonly Token[], kind: BiasKind) {
    this.#model = model;
    this.#document = document;
    this.#kind = kind;
    this.#vocabulary = [...model.iterateAllTokens()];
  }

  beginAnswer(): void {
    this.#quote = null;
  }

  /** Is told each token that was generated. */
  accept(token: Token): void {
    if (token === START_RECALL) this.#quote = [];
    else if (token === END_RECALL) this.#quote = null;
    else this.#quote?.push(token);
  }

  /** The bias for the next token. */
  next(): TokenBias {
    const bias = TokenBias.for(this.#model);
    if (this.#quote === null) return bias;
    const allowed = continuations(this.#document, this.#quote).add(END_RECALL as Token);
    if (this.#kind === "raise the allowed") return bias.set([...allowed], { logit: 500 });
    return bias.set(
      this.#vocabulary.filter((token) => !allowed.has(token)),
      "never",
    );
  }
}
