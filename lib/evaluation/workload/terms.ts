/** Terms as a sum: a term that begins with a minus is taken away. */
export function joinTerms(terms: readonly string[]): string {
  const [first, ...others] = terms;
  return others.reduce((sum, term) => sum + (term.startsWith("-") ? ` - ${term.slice(1)}` : ` + ${term}`), first);
}

/** `slope·x + constant`, without what is 0 and without a factor of 1. */
export function sumOf(slope: number, constant: number): string {
  const unit = slope === 1 ? "x" : slope === -1 ? "-x" : `${slope}x`;
  if (slope === 0) return String(constant);
  return joinTerms(constant === 0 ? [unit] : [unit, String(constant)]);
}
