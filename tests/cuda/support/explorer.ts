import * as assert from "uvu/assert";
import type { CudaContextPiece, CudaSequenceStatus } from "../../../lib/entry/cuda.js";
import { RecallError } from "../../../lib/entry/cuda.js";
import type { Random } from "../../support/random.js";
import { ids } from "../../support/snapshot.js";
import { createText, take, textKinds } from "../../support/texts.js";
import type { Device } from "./device.js";
import { statusAfter, TwinBatch, type TwinContext } from "./twin-batch.js";

const MAX_SEQUENCES = 5;

/** How often each verb is drawn. */
const WEIGHTS = {
  step: 60,
  append: 6,
  beginSpan: 6,
  endSpan: 3,
  truncate: 6,
  rollback: 6,
  reset: 1,
  fork: 2,
  release: 2,
  open: 3,
};

/** Random verbs on a batch, after each of which its rows are compared with sessions that were told the same. */
export class Explorer {
  readonly #random: Random;
  readonly #streams: readonly bigint[];
  readonly #twin: TwinBatch;
  readonly #vocabSize: number;
  readonly #maxSpanTokens: number;
  readonly #text: () => number;
  readonly #contexts: TwinContext[];
  /** Of all segments there ever were. */
  readonly #names: string[] = [];
  readonly counts: Record<string, number> = {};

  constructor(device: Device, streams: readonly bigint[], random: Random) {
    this.#random = random;
    this.#streams = streams;
    this.#vocabSize = random.pick([5, 20, 33, 64, 100]);
    const letters = Array.from({ length: this.#vocabSize - 2 }, (_, id) => id);
    this.#text = createText(random.pick(textKinds), letters, random);
    this.#maxSpanTokens = random.pick([1, 3, 8, 128]);
    this.#twin = new TwinBatch(device, {
      vocabSize: this.#vocabSize,
      startTokenId: this.#startToken,
      endTokenId: this.#endToken,
      barrierTokenIds: random.chance(0.3) ? [0] : [],
      maxSpanTokens: this.#maxSpanTokens,
      minSpanTokens: random.chance(0.3) ? random.between(0, Math.min(3, this.#maxSpanTokens)) : 0,
      maskValue: random.pick([-Infinity, -1e4]),
      recallGenerated: random.chance(0.8),
      maxSequences: MAX_SEQUENCES,
      poolBytes: 1 << 20,
    });
    this.#contexts = [0, 20, 300].map((size) => this.#twin.createContext(this.#pieces(random.below(size + 1))));
    this.#open();
  }

  run(verbs: number): void {
    for (let i = 0; i < verbs; i++) {
      const verb = this.#random.weighted(WEIGHTS);
      this.counts[verb] = (this.counts[verb] ?? 0) + 1;
      const row = this.#random.pick(this.#twin.rows);
      this.#do(verb, row);
      this.#compare();
    }
    this.#twin.close();
  }

  get #startToken(): number {
    return this.#vocabSize - 2;
  }

  get #endToken(): number {
    return this.#vocabSize - 1;
  }

  #do(verb: keyof typeof WEIGHTS, row: number): void {
    const { batch, sessions } = this.#twin;
    const session = sessions.get(row)!;
    const stream = this.#random.pick(this.#streams);
    switch (verb) {
      case "step":
        return this.#step(stream);
      case "append":
        return this.#append(row, stream);
      case "beginSpan":
        return this.#beginSpan(row, stream);
      case "endSpan": {
        const status = statusAfter(() => session.endSpan());
        batch.endSpan(row, { stream });
        return this.#expect(row, status);
      }
      case "truncate": {
        const most = session.contextLength + (this.#random.chance(0.1) ? 3 : 0);
        const length = this.#random.between(this.#twin.base(row), Math.min(most, this.#twin.limit(row)));
        const status = statusAfter(() => session.truncate(length), "BAD_LENGTH");
        batch.truncate(row, length, { stream });
        return this.#expect(row, status);
      }
      case "rollback": {
        const rows = this.#twin.rows.filter(() => this.#random.chance(0.7));
        const counts = rows.map((each) => {
          const own = sessions.get(each)!.contextLength - this.#twin.base(each);
          return this.#random.below(Math.min(own, this.#random.magnitude(20)) + 1);
        });
        return this.#twin.rollback(rows, counts, stream);
      }
      case "reset":
        session.reset();
        return batch.reset(row, { stream });
      case "fork":
        if (sessions.size < MAX_SEQUENCES) this.#twin.fork(row);
        return;
      case "release":
        this.#twin.release(row);
        if (sessions.size === 0) this.#open();
        return;
      case "open":
        if (sessions.size < MAX_SEQUENCES) this.#open();
        return;
    }
  }

  #open(): void {
    this.#twin.open(this.#random.pick(this.#contexts), this.#random.pick([40, 200, 400]));
  }

  /** A token for every row, in any order, among rows that have none. */
  #step(stream: bigint): void {
    const rows = [...this.#twin.rows, -1].sort(() => this.#random.unit() - 0.5);
    const tokens = rows.map((row) => (row === -1 ? 0 : this.#pickToken(row)));
    const how = { onDevice: this.#random.chance(0.5), inOneLaunch: this.#random.chance(0.5), stream };
    const statuses = this.#twin.accept(rows, tokens, how);
    rows.forEach((row, i) => row !== -1 && this.#expect(row, statuses[i]));
  }

  #pickToken(row: number): number {
    const allowed = this.#twin.sessions.get(row)!.allowed();
    if (this.#random.chance(0.03)) return -1;
    if (this.#random.chance(0.01)) return this.#random.pick([-2, this.#vocabSize, 2 ** 31 - 1]);
    if (allowed === null) return this.#random.chance(0.4) ? this.#startToken : this.#text();
    if (allowed.length === 0 || this.#random.chance(0.05)) return this.#random.below(this.#vocabSize);
    return this.#random.pick(allowed);
  }

  #append(row: number, stream: bigint): void {
    const [{ tokens, ...how }] = this.#pieces(this.#random.below(15), 1);
    const status = statusAfter(() => this.#twin.sessions.get(row)!.append(tokens, how));
    const append = () => this.#twin.batch.append(row, tokens, { ...how, stream });
    if (status === "ok" || how.segment === undefined) append();
    else assert.throws(append, (error: RecallError) => error.code === "SEQUENCE_IN_ERROR");
    this.#expect(row, status);
  }

  #beginSpan(row: number, stream: bigint): void {
    const session = this.#twin.sessions.get(row)!;
    const options: { segments?: string[]; end?: number[] } = {};
    if (!session.inSpan && this.#names.length > 0 && this.#random.chance(0.5)) {
      options.segments = Array.from({ length: this.#random.below(4) }, () => this.#random.pick(this.#names));
    }
    if (this.#random.chance(0.3)) {
      options.end = Array.from({ length: this.#random.below(4) }, () => this.#random.below(this.#vocabSize));
    }
    const begin = () => this.#twin.batch.beginSpan(row, { ...options, stream });
    try {
      session.beginSpan(options);
      begin();
    } catch (error) {
      if (!(error instanceof RecallError)) throw error;
      if (error.code === "SEGMENT_UNKNOWN") {
        return assert.throws(begin, (thrown: RecallError) => thrown.code === "SEGMENT_UNKNOWN");
      }
      begin();
      this.#expect(row, "WRONG_SPAN");
    }
  }

  /** Tokens in pieces of any kind; named ones have layouts. */
  #pieces(count: number, most = 6): CudaContextPiece[] {
    const pieces: CudaContextPiece[] = [];
    for (let left = count; pieces.length === 0 || (left > 0 && pieces.length < most);) {
      const size = pieces.length + 1 === most ? left : this.#random.below(left + 1);
      left -= size;
      const tokens = take(this.#text, size);
      if (this.#random.chance(0.2)) tokens.fill(this.#endToken, 0, 1);
      const recallable = this.#random.chance(0.8);
      if (this.#random.chance(0.5)) pieces.push({ tokens, recallable });
      else pieces.push({ tokens, recallable, segment: this.#newName(), ...this.#layout(size) });
    }
    return pieces;
  }

  #newName(): string {
    return this.#names[this.#names.push(`segment ${this.#names.length}`) - 1];
  }

  #layout(count: number): Pick<CudaContextPiece, "offsets" | "text"> {
    if (this.#random.chance(0.5)) return {};
    const offsets = [0];
    for (let i = 0; i < count; i++) offsets.push(offsets[i] + this.#random.below(3));
    const text = Array.from({ length: 2 * count + 1 }, () => (this.#random.chance(0.2) ? "\n" : "x")).join("");
    return this.#random.chance(0.5) ? { offsets } : { offsets, text };
  }

  /** Checks a row's status; one that is in error stays as it is until that is cleared. */
  #expect(row: number, status: CudaSequenceStatus): void {
    const { batch } = this.#twin;
    assert.is(batch.statuses()[row], status, `status of row ${row}`);
    this.counts[status] = (this.counts[status] ?? 0) + 1;
    if (status === "ok") return;
    const words = new Int32Array(Math.ceil(this.#vocabSize / 32));
    words[this.#endToken >> 5] = 1 << this.#endToken;
    assert.equal(ids(batch.bitmask(row)), ids(words), "only the end token is allowed in error");
    batch.append(row, [1, 2, 3]);
    const tokens = new Int32Array(MAX_SEQUENCES).fill(-1);
    tokens[row] = this.#startToken;
    batch.accept(tokens, { rows: MAX_SEQUENCES });
    assert.is(batch.statuses()[row], status, "a status stays");
    if (this.#random.chance(0.5)) batch.clear(row);
    else batch.truncate(row, this.#twin.sessions.get(row)!.contextLength);
  }

  #compare(): void {
    const stream = this.#random.pick(this.#streams);
    if (this.#random.chance(0.2)) this.#twin.batch.prepare({ stream });
    const width = this.#vocabSize + this.#random.below(3);
    const logits = Float32Array.from({ length: width * this.#twin.rows.length }, () => this.#random.unit() - 0.5);
    this.#twin.compareMasks(logits, width, stream);
    for (const row of this.#twin.rows) {
      this.#twin.compareState(row);
      if (this.#random.chance(0.1)) this.#twin.compareSpans(row, this.#random.pick([0, 1, 3, 100]));
    }
    if (this.#random.chance(0.2)) {
      const choose = this.#random.chance(0.5) ? "agreed" : "latest";
      this.#twin.compareDrafts(this.#random.below(Math.min(12, this.#maxSpanTokens) + 1), choose, stream);
    }
  }
}
