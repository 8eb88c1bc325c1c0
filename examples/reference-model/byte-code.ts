/**
 * One codeword of sixteen ±1 values for every byte: the Nordstrom–Robinson code (16, 256, 6).
 *
 * The circuit compares tokens by the dot product of their codes. Two different bytes differ in at
 * least 6 of 16 places, so a product is 16 for equal bytes and at most 4 for different ones: an
 * attention head can tell a match from a mismatch in 16 dimensions where one-hot codes need 256.
 * All codewords have the same norm, which keeps RMSNorm a constant factor.
 */

export const CODE_LENGTH = 16;

/** Product of a codeword with itself. */
export const SELF_PRODUCT = CODE_LENGTH;

/** Largest product of two different codewords. */
export const CROSS_PRODUCT = 4;

/** The octacode: four generators over the integers modulo 4, each a shift of 3 + x + 2x² + x³ and a parity digit. */
const OCTACODE_GENERATORS = [
  [3, 1, 2, 1, 0, 0, 0, 1],
  [0, 3, 1, 2, 1, 0, 0, 1],
  [0, 0, 3, 1, 2, 1, 0, 1],
  [0, 0, 0, 3, 1, 2, 1, 1],
];

/** The Gray map, in ±1: digits that differ by 2 differ in both places. */
const GRAY = [
  [1, 1],
  [1, -1],
  [-1, -1],
  [-1, 1],
];

/** `byteCodes[b]` is the codeword of byte `b`. */
export const byteCodes: readonly (readonly number[])[] = checked(
  Array.from({ length: 256 }, (_, byte) => codeword(byte)),
);

export function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, i) => sum + value * b[i], 0);
}

/** The Gray image of the octacode word whose coefficients are the four base-4 digits of the byte. */
function codeword(byte: number): number[] {
  const coefficients = [0, 2, 4, 6].map((shift) => (byte >> shift) & 3);
  const digits = OCTACODE_GENERATORS[0].map(
    (_, column) =>
      dot(
        coefficients,
        OCTACODE_GENERATORS.map((row) => row[column]),
      ) % 4,
  );
  return digits.flatMap((digit) => GRAY[digit]);
}

function checked(codes: number[][]): number[][] {
  for (const [i, a] of codes.entries()) {
    if (dot(a, a) !== SELF_PRODUCT) throw new Error(`Codeword ${i} has the wrong norm`);
    for (const [j, b] of codes.slice(0, i).entries()) {
      if (dot(a, b) > CROSS_PRODUCT) throw new Error(`Codewords ${i} and ${j} are too close`);
    }
  }
  return codes;
}
