import { LlamaGrammarEvaluationState, type LlamaGrammar, type LlamaModel } from "node-llama-cpp";
import { RecallError } from "../../errors.js";
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
const WHOLE = `"-"? ("0" | [1-9] [0-9]{0,15})`;
/** What the host's grammars for these hold: it is all that is adapted of them. */
const HOST_NUMBERS = [
  ["number", WHOLE + FRACTION + HOST_EXPONENT],
  ["integer", WHOLE + HOST_EXPONENT],
] as const;

/** The host's grammars for pieces of JSON text, each made once. */
export class JsonGrammars {
  readonly #model: LlamaModel;
  readonly #values = new Map<HostSchema, LlamaGrammar>();
  readonly #choices = new Map<string, LlamaGrammar>();
  #checked: Promise<void> | undefined;

  constructor(model: LlamaModel) {
    this.#model = model;
  }

  /**
   * Generates a value for the schema, and perhaps something after it.
   * @throws RecallError `BACKEND_UNAVAILABLE` where the host's grammars are not those that are adapted here
   */
  async value(schema: HostSchema): Promise<LlamaGrammarEvaluationState> {
    let grammar = this.#values.get(schema);
    if (grammar === undefined) {
      await (this.#checked ??= this.#expectKnownNumbers());
      const text = adaptRoot(await this.#hostGrammar(schema));
      grammar = await this.#model.llama.createGrammar({ grammar: adaptNumbers(text) });
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

  async #hostGrammar(schema: HostSchema): Promise<string> {
    return (await this.#model.llama.createGrammarForJsonSchema(schema as { type: "null" })).grammar;
  }

  /** Another version of the host may write numbers in another way, and these would stay as they are. */
  async #expectKnownNumbers(): Promise<void> {
    for (const [type, expected] of HOST_NUMBERS) {
      if (!(await this.#hostGrammar({ type })).split(" ::= ").includes(expected)) throw unknownGrammar();
    }
  }
}

/** @throws RecallError `BACKEND_UNAVAILABLE` */
function adaptRoot(grammar: string): string {
  if (!HOST_ROOT.test(grammar)) throw unknownGrammar();
  return grammar.replace(HOST_ROOT, FOLLOWED_ROOT);
}

function adaptNumbers(grammar: string): string {
  return grammar.replaceAll(FRACTION + HOST_EXPONENT, FRACTION + EXPONENT).replaceAll(HOST_EXPONENT, "");
}

function unknownGrammar(): RecallError {
  return new RecallError(
    "BACKEND_UNAVAILABLE",
    "The installed node-llama-cpp writes its grammars for JSON in a way that is not known here, so values without " +
      "quotes cannot be generated: take an earlier version of it, or a later one of verbatim-runtime",
  );
}
