import type { LlamaContextSequence, Token } from "node-llama-cpp";

/**
 * A sequence that says it holds a document before all that it does hold. `RecallSampler` searches what its sequence
 * holds; with this, it searches as much as one likes while the model's passes stay as they are.
 */
export function withUnreadDocument(sequence: LlamaContextSequence, document: readonly Token[]): LlamaContextSequence {
  return new Proxy(sequence, {
    get(target, property) {
      if (property === "contextTokens") return [...document, ...target.contextTokens];
      const value: unknown = Reflect.get(target, property, target);
      return typeof value === "function" ? (value.bind(target) as unknown) : value;
    },
  });
}
