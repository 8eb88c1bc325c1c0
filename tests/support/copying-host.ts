import type { ControlledEvaluateIndexOutput, LlamaContextSequence, LlamaModel, Token } from "node-llama-cpp";

/**
 * A sequence whose model copies: whatever it has read, it samples the next token of `script`. It samples as the masks
 * of a sampler demand only where the script does.
 * @param start position of the script's first token
 */
export function copyingHost(model: LlamaModel, start: number, script: readonly Token[]): LlamaContextSequence {
  let held: Token[] = [];
  const read = (tokens: readonly Token[]) => {
    held = [...held, ...tokens];
    return script[held.length - start];
  };
  const host = {
    model,
    contextSize: 4096,
    context: { batchSize: 512 },
    disposed: false,
    needsCheckpoints: false,
    get contextTokens() {
      return held.slice();
    },
    get nextTokenIndex() {
      return held.length;
    },
    async *evaluateWithMetadata(tokens: Token[]) {
      let unread = tokens;
      for (;;) {
        const token = read(unread);
        const replacement = (yield Promise.resolve({ token })) as Token | Token[] | undefined;
        unread = [replacement ?? token].flat();
      }
    },
    controlledEvaluate(items: readonly (Token | [Token, object])[]) {
      const outputs = items.map((item): ControlledEvaluateIndexOutput => ({
        next: { token: read([item].flat(1).slice(0, 1) as Token[]) },
      }));
      return Promise.resolve(outputs);
    },
    eraseContextTokenRanges([{ start: from, end }]: { start: number; end: number }[]) {
      held.splice(from, end - from);
      return Promise.resolve();
    },
  };
  return host as unknown as LlamaContextSequence;
}
