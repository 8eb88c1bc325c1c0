import type { LlamaContextSequence, Token } from "node-llama-cpp";
import type { DictionaryEntry } from "../../examples/reference-model/dictionary.js";
import { END_RECALL } from "../../examples/reference-model/vocabulary.js";
import { ANSWER_TOKENS, readAnswer, type Answer } from "./answer.js";
import type { Quoting } from "./llama-ways.js";
import type { SearchedDictionary } from "./searched-dictionary.js";

/** Has the host read the question about an entry but for the last token, which is returned. */
export async function readQuestion(
  host: LlamaContextSequence,
  dictionary: SearchedDictionary,
  entry: DictionaryEntry,
): Promise<Token> {
  const { model } = host;
  const prompt = [...model.tokenize("<|bos|>", true), ...model.tokenize(dictionary.promptFor(entry))];
  const last = prompt.pop()!;
  await host.adaptStateToTokens(prompt, false);
  await host.evaluateWithoutGeneratingNewTokens(prompt.slice(host.nextTokenIndex));
  return last;
}

/** Answers a question to the end of the first quote. */
export async function answer({ sequence, sampling, accept }: Quoting, last: Token): Promise<Answer> {
  const times = [performance.now()];
  const generated: Token[] = [];
  for await (const token of sequence.evaluate([last], sampling())) {
    times.push(performance.now());
    generated.push(token);
    accept?.(token);
    if (token === END_RECALL || generated.length === ANSWER_TOKENS) break;
  }
  return readAnswer(generated, times, (tokens) => sequence.model.detokenize(tokens as Token[]));
}
