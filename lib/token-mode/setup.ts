import {
  COUNT_LIMIT,
  expectId,
  expectInteger,
  expectIntegers,
  expectOneOf,
  type TokenInput,
} from "../base/arguments.js";
import type { Engine } from "../engine/engine.js";
import { BACKENDS, loadEngine, type Backend } from "../engine/load.js";
import { checkInheritedBackend, differs } from "../session/inherited-options.js";
import { SNAPS, type Snap } from "../session/snap-edges.js";

/** What a context and the sessions on it agree about. */
export interface TokenSetupOptions {
  /** The tokenizer's id count: ids are integers in [0, vocabSize). At most 2^30. */
  vocabSize: number;
  /** The token that opens a recall span when it is accepted. */
  startTokenId?: number;
  /** The token that closes a recall span; without one a span closes by `endSpan` or by ids that `beginSpan` names. */
  endTokenId?: number;
  /** Further ids that are never part of a quote: end of text, chat-template markers. */
  barrierTokenIds?: TokenInput;
  /**
   * Quotes start and end only at the edges of whole words, lines or sentences. Segments appended with `offsets` and
   * `text` have such edges; other appends are quoted as a whole.
   */
  snap?: Snap;
  /** Which engine searches: `"auto"` (the default) takes the native one where it loads. */
  backend?: Backend;
}

/** The options, checked, and the engine they chose. */
export interface TokenSetup {
  readonly vocabSize: number;
  readonly startTokenId: number | undefined;
  readonly endTokenId: number | undefined;
  /** Start token, end token and barriers, ascending, each once. */
  readonly barriers: Int32Array;
  readonly snap: Snap | undefined;
  readonly engine: Engine;
}

export function checkTokenSetup(options: Partial<TokenSetupOptions>): TokenSetup {
  const vocabSize = expectInteger("vocabSize", options.vocabSize, 1, COUNT_LIMIT);
  const startTokenId = optionalId("startTokenId", options.startTokenId, vocabSize);
  const endTokenId = optionalId("endTokenId", options.endTokenId, vocabSize);
  if (startTokenId !== undefined && startTokenId === endTokenId) {
    throw new RangeError('Expected "endTokenId" to differ from "startTokenId"');
  }
  const barriers = collectBarriers(options.barrierTokenIds, startTokenId, endTokenId, vocabSize);
  const { backend = "auto" } = options;
  const snap = options.snap === undefined ? undefined : expectOneOf("snap", options.snap, SNAPS);
  const engine = loadEngine(expectOneOf("backend", backend, BACKENDS));
  return { vocabSize, startTokenId, endTokenId, barriers, snap, engine };
}

/** Checks that what `options` say, if anything, is what `setup` says. */
export function checkInheritedSetup(options: Partial<TokenSetupOptions>, setup: TokenSetup): void {
  for (const name of ["vocabSize", "startTokenId", "endTokenId"] as const) {
    const { [name]: given } = options;
    if (given !== undefined && given !== setup[name]) throw differs(name, setup[name]);
  }
  const { barrierTokenIds } = options;
  if (barrierTokenIds !== undefined) {
    const { startTokenId, endTokenId, vocabSize } = setup;
    const barriers = collectBarriers(barrierTokenIds, startTokenId, endTokenId, vocabSize);
    if (barriers.join() !== setup.barriers.join()) throw differs("barrierTokenIds", [...setup.barriers]);
  }
  const { backend, snap } = options;
  if (snap !== undefined && expectOneOf("snap", snap, SNAPS) !== setup.snap) {
    throw differs("snap", setup.snap);
  }
  checkInheritedBackend(setup.engine, backend);
}

function optionalId(name: string, id: unknown, vocabSize: number): number | undefined {
  return id === undefined ? undefined : expectId(name, id, vocabSize);
}

function collectBarriers(
  barrierTokenIds: unknown,
  startTokenId: number | undefined,
  endTokenId: number | undefined,
  vocabSize: number,
): Int32Array {
  const given = barrierTokenIds === undefined ? [] : expectIntegers("barrierTokenIds", barrierTokenIds, vocabSize);
  const delimiters = [startTokenId, endTokenId].filter((id) => id !== undefined);
  return Int32Array.from(new Set([...given, ...delimiters])).sort();
}
