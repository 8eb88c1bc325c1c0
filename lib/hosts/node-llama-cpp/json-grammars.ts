import { LlamaGrammarEvaluationState, type LlamaGrammar, type LlamaModel } from "node-llama-cpp";
import type { HostSchema } from "../../schema/free-schema.js";

/** How the host's grammars end. */
const HOST_ROOT = /^root ::= (.*) "(?:\\n)+" \[\\n\]\*$/m;
/** How ours do: with what follows a value in JSON, so that a number ends where the model would end it. */
const FOLLOWED_ROOT = "root ::= ($1) ([ \\t\\n\\r,}\\]] .*)?";

/** The host's exponents: of 16 digits, and in integers too, where 1e-5 is none. */
const HOST_EXPONENT = ` ([eE] [-+]? ("0" | [1-9] [0-9]{0,15}))?`;
const FRACTION = ` ("." [0-9]{1,16})?`;
/** Ours: numbers stay finite. */
const EXPONENT = " ([eE] [-+]? [0-9]{1,2})?";

/** The host's grammars for pieces of JSON text, each made once. */
export class JsonGrammars {
  readonly #model: LlamaModel;
  readonly #values = new Map<HostSchema, LlamaGrammar>();
  readonly #choices = new Map<string, LlamaGrammar>();

  constructor(model: LlamaModel) {
    this.#model = model;
  }

  /** Generates a value for the schema, and perhaps something after it. */
  async value(schema: HostSchema): Promise<LlamaGrammarEvaluationState> {
    let grammar = this.#values.get(schema);
    if (grammar === undefined) {
      const { llama } = this.#model;
      const host = await llama.createGrammarForJsonSchema(schema as { type: "null" });
      grammar = await llama.createGrammar({ grammar: adapt(host.grammar) });
      this.#values.set(schema, grammar);
    }
    return new LlamaGrammarEvaluationState({ model: this.#model, grammar });
  }

  /** Generates something that begins with one of these characters. */
  async choice(characters: readonly string[]): Promise<LlamaGrammarEvaluationState> {
    const key = characters.join("");
    let grammar = this.#choices.get(key);
    if (grammar === undefined) {
      const alternatives = characters.map((character) => JSON.stringify(character)).join(" | ");
      grammar = await this.#model.llama.createGrammar({ grammar: `root ::= (${alternatives}) .*` });
      this.#choices.set(key, grammar);
    }
    return new LlamaGrammarEvaluationState({ model: this.#model, grammar });
  }
}

function adapt(grammar: string): string {
  return grammar
    .replace(HOST_ROOT, FOLLOWED_ROOT)
    .replaceAll(FRACTION + HOST_EXPONENT, FRACTION + EXPONENT)
    .replaceAll(HOST_EXPONENT, "");
}
