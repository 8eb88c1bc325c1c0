/** A curve: figures over a size, both above 0. */
export type Curve = readonly (readonly [size: number, figure: number])[];

/**
 * The exponent e of the power law `figure = factor * size ** e` that fits a curve best: the slope of the least-squares
 * line through the logarithms. 1 is linear, 0 independent of the size.
 * @throws RangeError for fewer than two sizes
 */
export function fitExponent(curve: Curve): number {
  const points = curve.map(([size, figure]) => [Math.log(size), Math.log(figure)] as const);
  const meanX = mean(points.map(([x]) => x));
  const meanY = mean(points.map(([, y]) => y));
  const varianceX = mean(points.map(([x]) => (x - meanX) ** 2));
  if (!(varianceX > 0)) throw new RangeError('Expected "curve" to have at least two sizes');
  return mean(points.map(([x, y]) => (x - meanX) * (y - meanY))) / varianceX;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
