import type { LlamaContextSequence } from "node-llama-cpp";
import { RecallSampler } from "../../lib/entry/node-llama-cpp.js";
import { remarkOn } from "./answer.js";
import { Figures, inTurns, probeAll, type Round } from "./figures.js";
import { answer, readQuestion } from "./llama-answer.js";
import { LLAMA_WAYS, type LlamaWay, type Quoting } from "./llama-ways.js";
import { measureMemory } from "./memory.js";
import type { SearchedDictionary } from "./searched-dictionary.js";

/** All ways at one size, in turns; with memory, those that fail there or take too long are left out. */
export async function measureLlama(
  host: LlamaContextSequence,
  dictionary: SearchedDictionary,
  withMemory: boolean,
): Promise<Figures[]> {
  const vocabulary = [...host.model.iterateAllTokens()].length;
  const figures = LLAMA_WAYS.map(({ name }) => new Figures(name));
  if (withMemory) {
    const probed = { host: "node-llama-cpp", size: dictionary.entries.length, vocabulary } as const;
    await probeAll(figures, (way) => measureMemory({ ...probed, way }));
  }
  await inTurns(figures, (way, round) => measureRound(LLAMA_WAYS[way]!, host, dictionary, round));
  return figures;
}

/**
 * Sets a way up and has it answer two questions: about an entry that the model has read, and about one that it has
 * not, where the constraint alone knows what comes next.
 */
async function measureRound(
  way: LlamaWay,
  host: LlamaContextSequence,
  dictionary: SearchedDictionary,
  round: number,
): Promise<Round> {
  const { document, read, unread } = dictionary;
  const tokens = host.model.tokenize(document);
  const question = await readQuestion(host, dictionary, read[round % read.length]!);
  const start = performance.now();
  const quoting = await way.setUp(host, dictionary, tokens);
  const setUp = performance.now() - start;
  try {
    const known = await answer(quoting, question);
    const astray = await answer(quoting, await readQuestion(host, dictionary, unread[round % unread.length]!));
    const remarks = [known, astray].map((one) => remarkOn(one, document));
    return {
      figures: {
        "set-up": setUp + known.first,
        "opening a quote": known.opening,
        "time per token": known.perToken,
        "time per token, astray": astray.perToken,
        "exact quotes": remarks.filter((one) => one === null).length / remarks.length,
      },
      remark: remarks.find((one) => one !== null) ?? null,
    };
  } finally {
    quoting.close?.();
  }
}

/** Sets a way up and has it quote an entry that the model has read and one that it has not. */
export async function useOnce(
  way: LlamaWay,
  host: LlamaContextSequence,
  dictionary: SearchedDictionary,
): Promise<Quoting> {
  const tokens = host.model.tokenize(dictionary.document);
  const quoting = await way.setUp(host, dictionary, tokens);
  for (const [entry] of [dictionary.read, dictionary.unread]) {
    await answer(quoting, await readQuestion(host, dictionary, entry!));
  }
  return quoting;
}

/** Milliseconds that the first sampler of a model, which reads its vocabulary, takes more than the next. */
export function firstSampler(host: LlamaContextSequence): number {
  const [first, second] = [0, 1].map(() => {
    const start = performance.now();
    new RecallSampler(host, { documents: [] }).close();
    return performance.now() - start;
  });
  return first! - second!;
}
