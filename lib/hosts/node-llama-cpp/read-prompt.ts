import type { LlamaContextSequence, Token } from "node-llama-cpp";

/** Tokens that are read between two reports of progress. */
const CHUNK_TOKENS = 512;

/**
 * Reads all of a prompt but its last token, from which a text is generated; what the sequence holds is kept as far as
 * the prompt begins with it. Where it is interrupted it stops reading, and says how far it has come.
 * Yields how many of the tokens have been read, before each part and at the end; there the last one counts too.
 */
export async function* readPrompt(
  sequence: LlamaContextSequence,
  prompt: readonly Token[],
  interrupt: AbortSignal | undefined,
): AsyncGenerator<number> {
  const last = prompt.length - 1;
  await sequence.adaptStateToTokens(prompt.slice(0, last), false);
  while (sequence.nextTokenIndex < last && interrupt?.aborted !== true) {
    const at = sequence.nextTokenIndex;
    yield at;
    await sequence.evaluateWithoutGeneratingNewTokens(prompt.slice(at, Math.min(at + CHUNK_TOKENS, last)));
  }
  yield sequence.nextTokenIndex + 1;
}
