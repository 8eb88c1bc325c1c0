import { test } from "uvu";
import * as assert from "uvu/assert";
import { loadNativeEngine } from "../../lib/engine/native/engine.js";
import { Random, seedOfRun } from "../support/random.js";

const engine = loadNativeEngine();
const random = new Random(seedOfRun());
/** A NaN whose payload says which column it was written to. */
const NAN_BITS = 0x7fc00000;
const SENTINEL = 0x12345678;

/** A row of NaNs in the middle of an array of sentinels. */
function makeRow(offset: number, width: number): { bits: Int32Array; row: Float32Array } {
  const bits = new Int32Array(offset + width + 8).fill(SENTINEL);
  for (let column = 0; column < width; column++) bits[offset + column] = NAN_BITS + column;
  return { bits, row: new Float32Array(bits.buffer, offset * 4, width) };
}

function bitsOf(value: number): number {
  return new Int32Array(Float32Array.of(value).buffer)[0];
}

/** A plain loop. */
function expectedBits(offset: number, width: number, allowed: Int32Array, value: number): Int32Array {
  const { bits } = makeRow(offset, width);
  const isAllowed = new Set(allowed);
  for (let column = 0; column < width; column++) if (!isAllowed.has(column)) bits[offset + column] = bitsOf(value);
  return bits;
}

function randomIds(width: number, share: number): Int32Array {
  return Int32Array.from({ length: width }, (_, id) => id).filter(() => random.chance(share));
}

function compare(offset: number, width: number, allowed: Int32Array, value: number): void {
  const { bits, row } = makeRow(offset, width);
  engine.maskedFill(row, allowed, value);
  const where = `offset ${offset}, width ${width}, allowed ${allowed.slice(0, 100).join()}`;
  assert.equal(Buffer.from(bits.buffer), Buffer.from(expectedBits(offset, width, allowed, value).buffer), where);
}

for (const value of [-Infinity, -1e4]) {
  test(`all widths and offsets, ${value}`, () => {
    for (let width = 0; width <= 200; width++) {
      for (let offset = 0; offset <= 16; offset++) compare(offset, width, randomIds(width, random.unit()), value);
    }
  });
}

test("rows of a real vocabulary, from one id to all", () => {
  for (const share of [0, 1e-5, 1e-3, 0.02, 0.3, 1]) compare(1, 151_669, randomIds(151_669, share), -Infinity);
});

test("ids from the row's width on are ignored", () => {
  compare(0, 10, Int32Array.of(3, 10, 11, 5000), -Infinity);
});

test("ids that do not ascend are refused, and the row is left alone", () => {
  const { bits, row } = makeRow(0, 100);
  const before = bits.slice();
  for (const ids of [Int32Array.of(5, 3), Int32Array.of(5, 5), Int32Array.of(-1, 5)]) {
    assert.throws(
      () => engine.maskedFill(row, ids, 0),
      (error: unknown) => error instanceof RangeError,
    );
    assert.equal(bits, before);
  }
});

test.run();
