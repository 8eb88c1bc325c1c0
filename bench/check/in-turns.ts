/** Something that can be timed. */
export interface Work {
  /** What is done before it, in time that does not count. */
  prepare?(): void;
  /** Does it at least so many times over, and returns how many. */
  run(times: number): number;
}

const TURNS = 5;
/** Long for the clock, short for whatever else the machine does. */
const TURN_MILLISECONDS = 6;

/**
 * Gets ready to measure what one work takes against another, both done once: as often as the result is called. They
 * take turns, and the shortest turn of each counts, since what else the machine does can only lengthen them.
 */
export function inTurns(work: Work, yardstick: Work): () => number {
  const works = [work, yardstick].map((one) => ({ one, times: timesInATurn(one) }));
  return () => {
    const turns = Array.from({ length: TURNS }, () => works.map(({ one, times }) => timeOfOne(one, times)));
    const [own, other] = works.map((_, i) => Math.min(...turns.map((turn) => turn[i]!)));
    return own! / other!;
  };
}

/** How often a work is done in a turn; it is warm then. */
function timesInATurn(work: Work): number {
  for (let times = 1; ; times *= 2) {
    const milliseconds = times * timeOfOne(work, times);
    if (milliseconds >= TURN_MILLISECONDS / 2) return Math.ceil((times * TURN_MILLISECONDS) / milliseconds);
  }
}

/** Milliseconds. */
function timeOfOne(work: Work, times: number): number {
  work.prepare?.();
  const start = performance.now();
  const done = work.run(times);
  return (performance.now() - start) / done;
}

/** A work that is one action, over and over. */
export function each(action: () => void): Work {
  return {
    run(times) {
      for (let i = 0; i < times; i++) action();
      return times;
    },
  };
}
