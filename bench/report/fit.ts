/** The exponent e of the power law y ~ xᵉ that fits best: by least squares, of the logarithms. */
export function exponentOf(points: readonly { readonly x: number; readonly y: number }[]): number {
  const logs = points.map(({ x, y }) => ({ x: Math.log(x), y: Math.log(y) }));
  const mean = (key: "x" | "y") => logs.reduce((sum, one) => sum + one[key], 0) / logs.length;
  const [meanX, meanY] = [mean("x"), mean("y")];
  const sum = (of: (one: { x: number; y: number }) => number) => logs.reduce((total, one) => total + of(one), 0);
  return sum(({ x, y }) => (x - meanX) * (y - meanY)) / sum(({ x }) => (x - meanX) ** 2);
}
