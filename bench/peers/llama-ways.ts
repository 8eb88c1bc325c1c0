import {
  LlamaGrammarEvaluationState,
  type LlamaContextSequence,
  type SequenceEvaluateOptions,
  type Token,
} from "node-llama-cpp";
import { END_RECALL, START_RECALL } from "../../examples/reference-model/vocabulary.js";
import { RecallSampler } from "../../lib/entry/node-llama-cpp.js";
import { NO_CONSTRAINT } from "./answer.js";
import type { SearchedDictionary } from "./searched-dictionary.js";
import { everyPlaceGrammar, sentenceGrammar } from "./sentence-grammar.js";
import { RescanningBias, type BiasKind } from "./rescanning-bias.js";
import { withUnreadDocument } from "./unread-document.js";

/** A way to quote in node-llama-cpp. */
export interface LlamaWay {
  readonly name: string;
  /** What of a document it can quote. */
  readonly quotes: string;
  /** @param tokens of the document: a host has them of its prompt */
  setUp(host: LlamaContextSequence, dictionary: SearchedDictionary, tokens: readonly Token[]): Promise<Quoting>;
}

/** A way that is ready. */
export interface Quoting {
  readonly sequence: LlamaContextSequence;
  /** How to sample one more answer. */
  sampling(): SequenceEvaluateOptions;
  /** Is told each token of the answer. */
  accept?(token: Token): void;
  close?(): void;
}

const delimiters = { start: START_RECALL, end: END_RECALL };

export const LLAMA_WAYS: readonly LlamaWay[] = [
  {
    name: NO_CONSTRAINT,
    quotes: "anything, and what is not there",
    setUp: (sequence) => Promise.resolve({ sequence, sampling: () => ({ temperature: 0 }) }),
  },
  grammarWay("a grammar of the entries", "whole entries", ({ entries }) =>
    sentenceGrammar(
      entries.map(({ line }) => line),
      delimiters,
    ),
  ),
  grammarWay("a grammar of every place", "anything", ({ document }) => everyPlaceGrammar(document, delimiters)),
  biasWay("a rescan, the others banned", "ban the others"),
  biasWay("a rescan, the allowed raised", "raise the allowed"),
  verbatimWay("Verbatim, no drafts", 0),
  verbatimWay("Verbatim", 32),
];

function grammarWay(name: string, quotes: string, write: (dictionary: SearchedDictionary) => string): LlamaWay {
  return {
    name,
    quotes,
    async setUp(sequence, dictionary) {
      const { model } = sequence;
      const grammar = await model.llama.createGrammar({ grammar: write(dictionary) });
      const state = new LlamaGrammarEvaluationState({ model, grammar });
      return { sequence, sampling: () => ({ temperature: 0, grammarEvaluationState: state.clone() }) };
    },
  };
}

function biasWay(name: string, kind: BiasKind): LlamaWay {
  return {
    name,
    quotes: "anything",
    setUp(sequence, _dictionary, tokens) {
      const bias = new RescanningBias(sequence.model, tokens, kind);
      const sampling = () => {
        bias.beginAnswer();
        return { temperature: 0, tokenBias: () => bias.next() };
      };
      return Promise.resolve({ sequence, sampling, accept: (token) => bias.accept(token) });
    },
  };
}

function verbatimWay(name: string, maxDraftTokens: number): LlamaWay {
  return {
    name,
    quotes: "anything",
    setUp(host, { document }, tokens) {
      const all = withUnreadDocument(host, tokens);
      const documents = [{ name: "dictionary", text: document }];
      const recall = new RecallSampler(all, { documents, maxDraftTokens, recallGenerated: false });
      const close = () => recall.close();
      return Promise.resolve({ sequence: recall.sequence, sampling: () => ({ temperature: 0 }), close });
    },
  };
}
