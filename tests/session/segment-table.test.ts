/** The table of segments against a plain list of them, over forks that share and change. */

import { test } from "uvu";
import * as assert from "uvu/assert";
import { SegmentTable } from "../../lib/session/segments.js";
import { Random } from "../support/random.js";

interface PlainSegment {
  name: string;
  start: number;
  end: number;
}

/** What a table is to be, without anything shared. */
class PlainTable {
  constructor(
    public length = 0,
    public segments: PlainSegment[] = [],
  ) {}

  truncate(length: number): void {
    this.segments = this.segments
      .filter(({ start, end }) => end <= length || start < length)
      .map((segment) => ({ ...segment, end: Math.min(segment.end, length) }));
    this.length = length;
  }

  fork(): PlainTable {
    return new PlainTable(this.length, [...this.segments]);
  }
}

/** The positions that ranges hold. */
function positionsIn(parts: Iterable<number>[]): number[] {
  return parts.flatMap((part) => {
    const ranges = [...part];
    return ranges.flatMap((start, i) =>
      i % 2 === 0 ? Array.from({ length: ranges[i + 1] - start }, (_, offset) => start + offset) : [],
    );
  });
}

function expectSame(table: SegmentTable, plain: PlainTable, random: Random): void {
  assert.is(table.count, plain.segments.length);
  for (let name = 0; name < 12; name++) {
    const known = plain.segments.find((segment) => segment.name === `s${name}`);
    assert.is(table.has(`s${name}`), known !== undefined);
  }
  const position = random.below(plain.length + 1);
  assert.is(table.endsAt(position), plain.segments.at(-1)?.end === position);
  const before = plain.segments.filter(({ end }) => end <= position);
  const named = before.flatMap(({ start, end }) => Array.from({ length: end - start }, (_, i) => start + i));
  const parts = table.split(position);
  assert.equal(positionsIn(parts.named), named);
  const all = Array.from({ length: position }, (_, i) => i);
  // A segment that goes on behind the position cannot be: a span opens at the end of the sequence.
  if (!plain.segments.some(({ start, end }) => start < position && end > position)) {
    assert.equal(
      positionsIn(parts.unnamed),
      all.filter((at) => !named.includes(at)),
    );
  }
  const chosen = plain.segments.filter(() => random.below(2) === 0);
  const ranges = table.rangesOf(chosen.map(({ name }) => name).reverse());
  assert.equal(positionsIn([ranges]), positionsIn(chosen.map(({ start, end }) => [start, end])));
  const holder = plain.segments.filter(({ start, end }) => start <= position && position < end).at(-1);
  const place = table.locate(position, 1);
  assert.is(place.segment, holder?.name ?? null);
  assert.is(place.start, position - (holder?.start ?? 0));
}

test("tables that share segments are as tables that do not", () => {
  const random = new Random(1);
  for (let round = 0; round < 100; round++) {
    const tables = [{ table: new SegmentTable(), plain: new PlainTable() }];
    for (let step = 0; step < 40; step++) {
      const { table, plain } = tables[random.below(tables.length)];
      const verb = random.below(10);
      if (verb < 5) {
        const name = `s${random.below(12)}`;
        const [start, end] = [plain.length + random.below(2), plain.length + 1 + random.below(3)];
        plain.length = end;
        if (plain.segments.some((segment) => segment.name === name)) continue;
        const segment = random.below(4) === 0 ? { name, start: end, end } : { name, start, end };
        table.add(name, segment.start, segment.end, null);
        plain.segments.push(segment);
      } else if (verb < 7) {
        const length = random.below(plain.length + 1);
        table.truncate(length);
        plain.truncate(length);
      } else if (verb < 8) {
        const count = random.below(table.count + 1);
        table.keep(count);
        plain.segments.length = Math.min(count, plain.segments.length);
      } else if (tables.length < 6) {
        tables.push({ table: table.fork(), plain: plain.fork() });
      }
      for (const each of tables) expectSame(each.table, each.plain, random);
    }
  }
});

test("a table of many own segments is shared anew by its forks", () => {
  const table = new SegmentTable();
  table.add("first", 0, 1, null);
  const forks = [table.fork()];
  for (let i = 1; i < 1000; i++) {
    table.add(`s${i}`, i, i + 1, null);
    forks.push(table.fork());
  }
  assert.equal(
    forks.map(({ count }) => count),
    Array.from({ length: 1000 }, (_, i) => i + 1),
  );
  assert.equal(forks[500].locate(500, 1), { segment: "s500", start: 0, end: 1 });
  assert.equal(forks[500].locate(501, 1), { segment: null, start: 501, end: 502 });
});

test.run();
