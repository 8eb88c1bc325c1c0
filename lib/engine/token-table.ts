/** The bytes of every token of a vocabulary, as engines take them. */
export interface EngineVocabulary {
  /** Ids are in [0, vocabSize). */
  readonly vocabSize: number;
  /** vocabSize + 1 offsets: the bytes of token i are bytes [offsets[i], offsets[i + 1]). None: it is in no quote. */
  readonly offsets: Int32Array;
  readonly bytes: Uint8Array;
}
