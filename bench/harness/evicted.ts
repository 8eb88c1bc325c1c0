const memory = new Int32Array(2 ** 20);
const INTS_IN_A_LINE = 16;

/** Leaves nothing of what was read before in the second-level cache, as a forward pass does: walks 4 MB. */
export function evictSecondLevelCache(): void {
  for (let i = 0; i < memory.length; i += INTS_IN_A_LINE) memory[i]!++;
}

/** What reading the clock takes, in milliseconds. */
const share = timerShare();

function timerShare(): number {
  const times = Array.from({ length: 1_000 }, () => -performance.now() + performance.now());
  return times.sort((a, b) => a - b)[500]!;
}

/** Milliseconds of a short action; what reading the clock takes is taken off. */
export function timeShort(action: () => void): number {
  const before = performance.now();
  action();
  return Math.max(0, performance.now() - before - share);
}

/** Milliseconds of some steps, the second-level cache evicted before each; only the steps count. */
export function timeEvicted(steps: number, step: (index: number) => void): number {
  let total = 0;
  for (let index = 0; index < steps; index++) {
    evictSecondLevelCache();
    total += timeShort(() => step(index));
  }
  return total;
}
