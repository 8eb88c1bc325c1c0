/** Milliseconds between the times at which a timer is due. */
export const TICK = 10;

/**
 * By how many milliseconds a timer that is due every {@link TICK} comes late while `work` goes on. Each time it is due
 * counts, also where a turn of the event loop that took long made it late for several of them.
 */
export async function latenessDuring(work: () => Promise<unknown>): Promise<number[]> {
  const late: number[] = [];
  let due = performance.now() + TICK;
  const note = () => {
    const now = performance.now();
    for (; due <= now; due += TICK) late.push(now - due);
  };
  let timer = setTimeout(function tick() {
    note();
    timer = setTimeout(tick, Math.max(0, due - performance.now()));
  }, TICK);
  await work();
  note();
  clearTimeout(timer);
  return late;
}

/** The value that 99 of 100 do not exceed. */
export function percentile99(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length * 0.99)]!;
}
