/** An adapter for a runtime that gives logits: all that it has to do. */

import { ConstrainedSampler, RecallSession } from "verbatim-runtime";

/** What the runtime brings. */
export interface Host {
  readonly vocabSize: number;
  readonly startTokenId: number;
  readonly endTokenId: number;
  readonly endOfTextId: number;
  /** Reads these tokens after those that it has read, and gives the logits of what comes next: `vocabSize` or more. */
  read(tokens: readonly number[]): Promise<Float32Array>;
}

export async function generate(host: Host, prompt: readonly number[], maxTokens = 256, seed = 1) {
  const { vocabSize, startTokenId, endTokenId, endOfTextId } = host;
  const session = new RecallSession({ vocabSize, startTokenId, endTokenId, barrierTokenIds: [endOfTextId] });
  const sampler = new ConstrainedSampler({ temperature: 0.7, seed });
  session.append([...prompt]); // what can be quoted
  const answer: number[] = [];
  for (let next = prompt; answer.length < maxTokens; next = answer.slice(-1)) {
    const token = sampler.sample(await host.read(next), session); // inside a quote, from the allowed tokens only
    if (token === endOfTextId) break;
    session.accept(token);
    answer.push(token);
  }
  return { answer, quotes: session.quotes };
}
