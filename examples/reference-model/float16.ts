/** The bits of the 16-bit float nearest to a number; numbers that have none are refused. */
export function toFloat16(value: number): number {
  if (value === 0) return 0;
  const sign = value < 0 ? 0x8000 : 0;
  const magnitude = Math.abs(value);

  // Numbers in [2^e, 2^(e+1)) are multiples of 2^(e-10); the smallest normal exponent is -14.
  const exponent = Math.max(Math.floor(Math.log2(magnitude)), -14);
  const multiple = Math.round(magnitude / 2 ** (exponent - 10));

  // Adding instead of combining lets a fraction that rounds up to 2 carry into the exponent, and
  // a fraction without its leading 1 be a subnormal number.
  const bits = ((exponent + 14) << 10) + multiple;
  if (!(bits < 0x7c00)) throw new RangeError(`${value} is not in the range of 16-bit floats`);
  return sign | bits;
}
