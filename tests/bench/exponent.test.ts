import { test } from "uvu";
import * as assert from "uvu/assert";
import { fitExponent, type Curve } from "../../bench/harness/exponent.js";

const sizes = [4_096, 32_768, 131_072, 1_048_576];
const curve = (figure: (size: number) => number): Curve => sizes.map((size) => [size, figure(size)]);

function assertNear(actual: number, expected: number, tolerance = 1e-9): void {
  assert.ok(Math.abs(actual - expected) <= tolerance, `${actual} is not ${expected}`);
}

test("an exponent is that of a power law, whatever its factor", () => {
  for (const power of [-0.5, 0, 1, 2]) {
    for (const factor of [0.001, 1, 30]) assertNear(fitExponent(curve((size) => factor * size ** power)), power);
  }
});

test("it is the slope of the line with the least squares where the points lie beside it", () => {
  // Over x = 0, 1, 2 the values 0, 2, 1 have the slope (-1 · -1 + 0 · 1 + 1 · 0) / 2.
  assertNear(fitExponent([1, 10, 100].map((size, i) => [size, 10 ** [0, 2, 1][i]!])), 0.5);
});

test("it lies below 1 where a constant share hides what is linear", () => {
  const fitted = fitExponent(curve((size) => 20_000 + size));
  assert.ok(fitted > 0.5 && fitted < 1);
});

test("it needs two sizes", () => {
  assert.throws(() => fitExponent([]), /two sizes/);
  assert.throws(
    () =>
      fitExponent([
        [4_096, 1],
        [4_096, 2],
      ]),
    RangeError,
  );
});

test.run();
