/** A number for people. */
export function shownNumber(value: number): string {
  return value.toLocaleString("en");
}

/** How many there are of something. */
export function count(value: number, noun: string, plural = `${noun}s`): string {
  return `${shownNumber(value)} ${value === 1 ? noun : plural}`;
}
