/**
 * The functions of the addon, which native/addon implements. Handles are small integers. What a call returns is 0 or
 * more where it succeeded, otherwise one of `Failure`.
 */
export interface NativeAddon {
  /** VERBATIM_ABI_VERSION of its header: major × 65,536 + minor. */
  abiVersion(): number;

  createContext(vocabSize: number, barriers: Int32Array): number;
  forkContext(context: number): number;
  closeContext(context: number): number;
  appendTokens(context: number, tokens: Int32Array, flags: number): number;
  /** The same with an edge (1) or none (0) before each token. */
  appendTokensWithEdges(context: number, tokens: Int32Array, edges: Uint8Array, flags: number): number;
  /** The same for one token, without the cost of an array. */
  appendToken(context: number, token: number, flags: number): number;
  truncateContext(context: number, length: number): number;
  /** Fills `tokens` from position `start` on. */
  readContext(context: number, start: number, tokens: Int32Array): number;
  compactContext(context: number): number;
  /**
   * The same on another thread; `done` is called with its result. The context must not change until then. It can be read
   * and forked meanwhile, and be closed: the result is `Failure.CLOSED` then.
   */
  compactContextInBackground(context: number, done: (result: number) => void): number;
  contextLength(context: number): number;
  contextBytes(context: number): number;
  /** The bytes among them that no other context shares. */
  contextOwnBytes(context: number): number;
  /** Has the context closed when `owner` is garbage. This may close any object whose owner is. */
  ownContext(context: number, owner: object): number;
  /** Closes all contexts, matchers and vocabularies whose owners are garbage. */
  closeAbandoned(): number;
  /** Contexts of this thread that are open. */
  liveContexts(): number;

  /** @param ids where `advance` and `continuations` put sets that fit into it. Its memory must never be detached. */
  createMatcher(context: number, ids: Int32Array): number;
  /** As `ownContext`. */
  ownMatcher(matcher: number, owner: object): number;
  closeMatcher(matcher: number): number;
  begin(matcher: number, ranges: Int32Array | null): number;
  /** How many continuations there are after `token`. */
  advance(matcher: number, token: number): number;
  rewind(matcher: number, depth: number): number;
  matcherDepth(matcher: number): number;
  /** 1 or 0. */
  allows(matcher: number, token: number): number;
  /** 1 or 0. */
  mayEnd(matcher: number): number;
  /** How many continuations there are now. */
  continuations(matcher: number): number;
  /** The same, into `ids`, which holds them all. */
  copyContinuations(matcher: number, ids: Int32Array): number;
  /** How many of `tokens`, at most all, were written. */
  draft(matcher: number, tokens: Int32Array, latest: number): number;
  /** How many of `starts`, at most all, were written. */
  sources(matcher: number, ranges: Int32Array | null, starts: Int32Array): number;
  /** Bytes that a matcher holds, its context left out. */
  matcherBytes(matcher: number): number;
  /** Matchers of this thread that are open. */
  liveMatchers(): number;

  createVocabulary(vocabSize: number, offsets: Int32Array, bytes: Uint8Array): number;
  /** As `ownContext`. */
  ownVocabulary(vocabulary: number, owner: object): number;
  closeVocabulary(vocabulary: number): number;
  /** A context of text: `truncateContext` and the like serve it too. */
  createTextContext(vocabulary: number): number;
  appendText(context: number, bytes: Uint8Array, edges: Uint8Array | null, flags: number): number;
  /** Fills `bytes` from position `start` on. */
  readText(context: number, start: number, bytes: Uint8Array): number;
  beginText(matcher: number, ranges: Int32Array | null, tag: Uint8Array, minBytes: number, maxBytes: number): number;
  advanceBytes(matcher: number, bytes: Uint8Array): number;
  /** Writes byteLength and closedAt. */
  textState(matcher: number, state: Int32Array): number;
  /** How many of `starts`, at most all, were written. */
  findText(context: number, bytes: Uint8Array, ranges: Int32Array | null, starts: Int32Array): number;

  maskedFill(row: Float32Array, allowed: Int32Array, value: number): number;
  sample(
    row: Float32Array,
    width: number,
    ids: Int32Array | null,
    temperature: number,
    topK: number,
    topP: number,
    minP: number,
    uniform: number,
  ): number;
}

/** The version of verbatim.h that this file was written for. */
export const ABI_VERSION = { major: 3, minor: 0 } as const;

/** No object has this handle: what is closed holds it, so that it never finds the object that took its slot. */
export const NO_HANDLE = -1;

/** Flags of `appendTokens`: as in verbatim.h. */
export const UNSEARCHABLE = 1;
export const NEW_RUN = 2;
/** Of `appendText` only. */
export const JSON_ESCAPED = 4;

/** Negated statuses: those of verbatim.h, and from -100 on the addon's own. */
export const Failure = {
  INVALID_ARGUMENT: -1,
  OUT_OF_MEMORY: -2,
  CONTEXT_FULL: -3,
  NOT_ALLOWED: -4,
  STALE: -5,
  NO_VALID_TOKEN: -6,
  CLOSED: -100,
  MISTYPED: -101,
} as const;
