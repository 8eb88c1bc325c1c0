import { expectOptions, type TokenInput } from "../base/arguments.js";
import { RecallError } from "../base/errors.js";
import { segmentExists, SegmentTable } from "../session/segments.js";
import { checkAppend, type AppendOptions, type CheckedAppend } from "../token-mode/sequence.js";
import { CudaFailure, NO_HANDLE, SEGMENT, UNSEARCHABLE, type CudaAddon } from "./cuda-addon.js";
import type { CudaEngine } from "./engine.js";
import type { SharedTokens } from "./sequence.js";

/** Tokens of a context, and how they join it: as those of a session's `append`. */
export interface CudaContextPiece extends AppendOptions {
  tokens: TokenInput;
}

/** Tokens on the device, indexed once and shared by any number of sequences; made by {@link CudaRecallEngine}. */
export class CudaRecallContext {
  readonly #engine: CudaEngine;
  readonly #shared: SharedTokens;
  #handle: number;
  readonly #registry: FinalizationRegistry<ContextHandle>;

  /** @internal */
  constructor(engine: CudaEngine, pieces: readonly CheckedAppend[], stream: bigint) {
    const segments = new SegmentTable();
    const tokens = new Int32Array(pieces.reduce((sum, piece) => sum + piece.tokens.length, 0));
    let length = 0;
    for (const piece of pieces) {
      tokens.set(piece.tokens, length);
      const end = length + piece.tokens.length;
      if (piece.segment !== undefined) segments.add(piece.segment, length, end, piece.layout);
      length = end;
    }
    const figures = Int32Array.from(pieces.flatMap((piece) => [piece.tokens.length, flagsOf(piece)]));
    const context = engine.addon.cudaCreateContext(engine.handle, tokens, figures, stream);
    this.#handle = engine.checked(context, "create a context");
    this.#engine = engine;
    this.#shared = { length, segments };
    this.#registry = registry;
    registry.register(this, { addon: engine.addon, engine: engine.handle, context }, this);
  }

  /** @internal Whether it is a context, and not something that only looks like one. */
  static is(value: unknown): value is CudaRecallContext {
    return typeof value === "object" && value !== null && #engine in value;
  }

  /** Tokens in the context. */
  get length(): number {
    return this.#shared.length;
  }

  /**
   * Gives the context up. Sequences on it keep what they share until they are released. Closing twice, or after the
   * batch, changes nothing.
   */
  close(): void {
    const { addon, handle } = this.#engine;
    const result = addon.cudaCloseContext(handle, this.#handle);
    if (result !== CudaFailure.CLOSED) this.#engine.checked(result, "close the context");
    this.#registry.unregister(this);
    this.#handle = NO_HANDLE;
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /**
   * @internal What a sequence on the context starts with.
   * @throws RangeError where it is another engine's; RecallError `CLOSED`
   */
  share(engine: CudaEngine): { handle: number; shared: SharedTokens } {
    if (engine !== this.#engine) throw new RangeError('Expected "context" to be a context of this engine');
    if (this.#handle === NO_HANDLE) throw new RecallError("CLOSED", "The context is closed");
    return { handle: this.#handle, shared: this.#shared };
  }
}

/** Checks the pieces of a context, all of them before any is used. */
export function checkPieces(pieces: readonly CudaContextPiece[], vocabSize: number): CheckedAppend[] {
  if (!Array.isArray(pieces)) throw new TypeError('Expected "pieces" to be an array of objects');
  const names = new Set<string>();
  return Array.from({ length: pieces.length }, (_, index) => {
    const piece = pieces[index] as CudaContextPiece | undefined;
    if (piece === undefined) throw new TypeError(`Expected "pieces[${index}]" to be an object`);
    const { tokens } = expectOptions(`pieces[${index}]`, piece);
    const checked = checkAppend(tokens!, piece, { vocabSize });
    if (checked.segment !== undefined && names.has(checked.segment)) throw segmentExists(checked.segment);
    if (checked.segment !== undefined) names.add(checked.segment);
    return checked;
  });
}

export function flagsOf({ searchable, segment }: CheckedAppend): number {
  return (searchable ? 0 : UNSEARCHABLE) | (segment === undefined ? 0 : SEGMENT);
}

interface ContextHandle {
  readonly addon: CudaAddon;
  readonly engine: number;
  readonly context: number;
}

/** Closes contexts that are garbage. */
const registry = new FinalizationRegistry(({ addon, engine, context }: ContextHandle) =>
  addon.cudaCloseContext(engine, context),
);
