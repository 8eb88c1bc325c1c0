import { RecallBatch } from "../../../lib/entry/index.js";
import { outcome } from "../operations.js";
import { differ } from "../text-mode/duel.js";
import type { Row } from "./rows.js";

/** What the row of a closed session says, and a row past its vocabulary. */
const ALL_ONES = -1;

/** A batch, and the rows that it should have, each with an oracle of its own; compared after each verb. */
export class BatchDuel {
  private readonly batch = new RecallBatch();
  private rows: readonly Row[] = [];

  get size(): number {
    return this.rows.length;
  }

  row(index: number): Row {
    return this.rows[index]!;
  }

  add(row: Row): string | null {
    this.rows = [...this.rows, row];
    return differ("add", this.batch.add(row.session), this.rows.length - 1);
  }

  remove(index: number): string | null {
    const { session } = this.row(index);
    this.rows = this.rows.filter((_, other) => other !== index);
    return this.batch.remove(index) === session ? null : "remove returns another session";
  }

  move(from: number, to: number): null {
    const others = this.rows.filter((_, index) => index !== from);
    this.rows = [...others.slice(0, to), this.row(from), ...others.slice(to)];
    this.batch.move(from, to);
    return null;
  }

  prepare(): null {
    this.batch.prepare();
    return null;
  }

  /** A token per row, compared with what each row's oracle makes of it. Returns the statuses, too. */
  accept(tokens: readonly (number | bigint)[]): { mismatch: string | null; statuses: readonly string[] } {
    const statuses = this.batch.accept(tokens);
    const expected = this.rows.map((row, index) => expectedStatus(row, Number(tokens[index])));
    return { mismatch: differ(`accept of ${tokens.join(" ")}`, statuses, expected), statuses };
  }

  /** How the batch and its rows differ from their oracles, or null. */
  difference(): string | null {
    return (
      differ("size", this.batch.size, this.size) ??
      this.rows.map((row, index) => this.differentRow(row, index)).find((found) => found !== null) ??
      this.differentBitmasks() ??
      this.differentLogits()
    );
  }

  private differentRow(row: Row, index: number): string | null {
    if (row.isClosed) return null;
    const allowed = this.batch.allowed(index);
    const found = differ("allowed", allowed && Array.from(allowed), row.oracle.allowed()) ?? row.difference();
    return found && `row ${index}: ${found}`;
  }

  private differentBitmasks(): string | null {
    const width = Math.ceil(this.widest / 32) + 1;
    const words = new Int32Array(this.size * width).fill(0x5a5a5a5a);
    const applies = this.batch.fillBitmask(words, width);
    const expected = this.rows.map((row) => {
      const allowed = allowedIn(row);
      const mask = new Array<number>(width).fill(allowed === null ? ALL_ONES : 0);
      for (const id of allowed ?? []) mask[id >> 5]! |= 1 << (id % 32);
      return mask;
    });
    const isConstrained = this.rows.map((row) => allowedIn(row) !== null);
    return differ("fillBitmask", applies, isConstrained) ?? differ("the bitmasks", [...words], expected.flat());
  }

  private differentLogits(): string | null {
    const width = this.widest + (this.size % 3);
    const logits = Float32Array.from({ length: this.size * width }, (_, index) => index + 0.5);
    const masked = this.batch.apply(logits, width);
    const expected = this.rows.flatMap((row, index) => {
      const allowed = allowedIn(row);
      const kept = new Set(allowed);
      return Array.from({ length: width }, (_, id) =>
        allowed === null || kept.has(id) ? index * width + id + 0.5 : row.maskValue,
      );
    });
    return (
      differ("apply", masked, this.rows.filter((row) => allowedIn(row) !== null).length) ??
      differ("the logits", Array.from(logits, String), expected.map(String))
    );
  }

  private get widest(): number {
    return Math.max(1, ...this.rows.map(({ session }) => session.vocabSize));
  }
}

function allowedIn(row: Row): readonly number[] | null {
  return row.isClosed ? null : row.oracle.allowed();
}

function expectedStatus({ isClosed, oracle, session }: Row, token: number): string {
  if (token === -1) return "skipped";
  if (isClosed) return "CLOSED";
  if (!Number.isInteger(token) || token < 0 || token >= session.vocabSize) return "OUT_OF_RANGE";
  const expected = outcome(() => oracle.accept(token));
  return "refused" in expected ? expected.refused : String(expected.returned);
}
