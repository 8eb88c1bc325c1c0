/**
 * The entries to make room for where `length` are needed: a third of them for what comes next, so that an append copies
 * what is there only after as many entries have come as pay for it, however long the append before was.
 */
export function roomFor(length: number): number {
  return Math.ceil(length * 1.5);
}
