/** A number for people. */
export function shownNumber(value: number): string {
  return value.toLocaleString("en");
}

/** How many there are of something. */
export function count(value: number, noun: string): string {
  return `${shownNumber(value)} ${noun}${value === 1 ? "" : "s"}`;
}
