import type { Token } from "node-llama-cpp";
import type { Plan } from "../../schema/extract-plan.js";
import { below } from "../../schema/json-pointer.js";
import type { HostSchema } from "../../schema/free-schema.js";
import { RecallError } from "../../errors.js";
import type { RecallSource } from "../../session/document-layout.js";
import type { RecallTextContext } from "../../text-context.js";
import { RecallTextSession } from "../../text-session.js";
import type { TokenVocabulary } from "../../vocabulary/token-vocabulary.js";
import { ExtractionError } from "./extraction-error.js";
import { decodeGenerated } from "./generated-text.js";
import type { GuidedGeneration } from "./guided-generation.js";
import type { JsonGrammars } from "./json-grammars.js";
import { ValueEnd } from "./value-end.js";

/** A string of the data that was copied. */
export interface ExtractedQuote {
  /** Where it stands in the data: a JSON pointer. */
  path: string;
  text: string;
  /** Every place in the documents that holds it, as far as they were listed; none for an empty quote. */
  sources: RecallSource[];
}

/** The character that a value with quotes in it begins with. */
const FIRST = { quote: '"', object: "{", array: "[" } as const;

/** Writes the JSON text of a plan: what the plan leaves no choice about is forced, the rest sampled. */
export class JsonExtractor {
  readonly quotes: ExtractedQuote[] = [];
  readonly #generation: GuidedGeneration;
  readonly #grammars: JsonGrammars;
  readonly #vocabulary: TokenVocabulary;
  readonly #documents: RecallTextContext;
  readonly #maxQuoteBytes: number;

  /** @param options.documents frozen, in JSON mode */
  constructor(options: {
    generation: GuidedGeneration;
    grammars: JsonGrammars;
    vocabulary: TokenVocabulary;
    documents: RecallTextContext;
    maxQuoteBytes: number;
  }) {
    this.#generation = options.generation;
    this.#grammars = options.grammars;
    this.#vocabulary = options.vocabulary;
    this.#documents = options.documents;
    this.#maxQuoteBytes = options.maxQuoteBytes;
  }

  /** @param path of the value, as a JSON pointer */
  async write(plan: Plan, path: string): Promise<void> {
    switch (plan.type) {
      case "quote":
        return this.#quote(plan, path);
      case "object":
        return this.#object(plan.properties, path);
      case "array":
        return this.#array(plan, path);
      case "nullable":
        if ((await this.#choose(["n", FIRST[plan.value.type]])) !== "n") return this.write(plan.value, path);
        return this.#generation.force("null");
      case "free":
        return this.#free(plan.schema, path);
    }
  }

  async #object(properties: readonly (readonly [string, Plan])[], path: string): Promise<void> {
    this.#generation.force("{");
    for (const [i, [key, plan]] of properties.entries()) {
      this.#generation.force(`${i > 0 ? "," : ""}${JSON.stringify(key)}:`);
      await this.write(plan, below(path, key));
    }
    this.#generation.force("}");
  }

  async #array(plan: Plan & { type: "array" }, path: string): Promise<void> {
    const { items, minItems, maxItems } = plan;
    this.#generation.force("[");
    for (let i = 0; i < maxItems; i++) {
      if (i >= minItems && (await this.#choose(["]", ...(i > 0 ? [","] : firstsOf(items))])) === "]") break;
      if (i > 0) this.#generation.force(",");
      await this.write(items, below(path, i));
    }
    this.#generation.force("]");
  }

  /** Samples a token that begins with one of these characters, and says which. What else it has is not written. */
  async #choose(characters: readonly string[]): Promise<string> {
    const token = await this.#generation.sample({ grammar: await this.#grammars.choice(characters) });
    const [byte] = this.#vocabulary.bytes(token);
    const chosen = characters.find((character) => character.charCodeAt(0) === byte);
    if (chosen === undefined) throw notEnforced(token);
    return chosen;
  }

  async #quote({ minBytes, maxBytes }: Plan & { type: "quote" }, path: string): Promise<void> {
    const maxSpanBytes = Math.min(maxBytes ?? Infinity, this.#maxQuoteBytes);
    const session = new RecallTextSession({ context: this.#documents, maxSpanBytes, minSpanBytes: minBytes });
    try {
      this.#generation.force('"');
      session.beginSpan();
      while (session.inSpan) {
        const token = await this.#nextOf(session, path);
        session.accept(token);
        this.#generation.keep(token);
      }
      const [span] = session.spans;
      if (span.bytes.length < minBytes) throw noQuote(path);
      this.quotes.push({ path, text: span.text, sources: span.sources() });
    } finally {
      session.close();
    }
  }

  /** Where only one token is allowed, there is nothing to sample. */
  async #nextOf(session: RecallTextSession, path: string): Promise<Token> {
    const allowed = session.allowed()!;
    if (allowed.length === 0) throw noQuote(path);
    return allowed.length === 1 ? (allowed[0] as Token) : this.#generation.sample({ span: session });
  }

  async #free(schema: HostSchema, path: string): Promise<void> {
    const grammar = await this.#grammars.value(schema);
    const end = new ValueEnd();
    const value: Uint8Array[] = [];
    for (;;) {
      const token = await this.#generation.sample({ grammar });
      const bytes = this.#vocabulary.bytes(token);
      // A token without bytes is the model's end.
      const length = bytes.length === 0 ? 0 : end.find(bytes);
      value.push(bytes.subarray(0, length ?? bytes.length));
      if (length === null || length === bytes.length) {
        if (bytes.length > 0) this.#generation.keep(token);
      } else this.#generation.force(textOf(bytes.subarray(0, length), token));
      if (length !== null) break;
    }
    expectJson(Buffer.concat(value), path);
  }
}

/** The characters that a value of the plan may begin with. */
function firstsOf(plan: Plan): string[] {
  if (plan.type === "nullable") return ["n", FIRST[plan.value.type]];
  return plan.type === "free" ? VALUE_FIRSTS : [FIRST[plan.type]];
}

const VALUE_FIRSTS = Array.from('"{[-0123456789tfn');

function textOf(bytes: Uint8Array, token: Token): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw notEnforced(token);
  }
}

function expectJson(bytes: Uint8Array, path: string): void {
  try {
    JSON.parse(decodeGenerated(bytes));
  } catch (cause) {
    const message = `What the host sampled at ${JSON.stringify(path)} is not JSON`;
    throw new RecallError("NOT_ENFORCED", message, { cause });
  }
}

function notEnforced(token: Token): RecallError {
  return new RecallError("NOT_ENFORCED", `The host sampled token ${token}, which its grammar forbids`);
}

function noQuote(path: string): ExtractionError {
  return new ExtractionError("NO_QUOTE", `The documents have nothing that can be quoted at ${JSON.stringify(path)}`);
}
