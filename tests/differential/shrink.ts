/** One step of a replay, reduced to what shrinking touches. */
export interface Step<Operation> {
  on: number;
  operation: Operation;
}

/** How much replaying is worth a smaller replay: tokens and steps that may be replayed. VERBATIM_SHRINK=0: none. */
const budget = process.env.VERBATIM_SHRINK === "0" ? 0 : 20_000_000;

export interface Shrunk<Operation> {
  steps: Step<Operation>[];
  mismatch: string;
}

/**
 * Fewer steps, with fewer tokens, that still end in a mismatch: found by leaving some out again and again.
 * @param replay the first mismatch of a replay, or null
 */
export function shrink<Operation extends object>(
  steps: Step<Operation>[],
  replay: (steps: Step<Operation>[]) => string | null,
): Shrunk<Operation> {
  let spent = 0;
  let best: Shrunk<Operation> = { steps, mismatch: replay(steps) ?? "gone when replayed" };
  const better = (candidate: Step<Operation>[]): boolean => {
    if (spent > budget) return false;
    spent += cost(candidate);
    const mismatch = replay(candidate);
    if (mismatch !== null) best = { steps: candidate, mismatch };
    return mismatch !== null;
  };
  for (let before = Infinity; cost(best.steps) < before && spent <= budget;) {
    before = cost(best.steps);
    leaveOut(best.steps.length, (kept) => better(kept(best.steps)));
    for (let at = 0; at < best.steps.length; at++) {
      leaveOut(tokensOf(best.steps[at]!).length, (kept) => {
        const { on, operation } = best.steps[at]!;
        const shorter = { on, operation: { ...operation, tokens: kept(tokensOf(best.steps[at]!)) } };
        return better(best.steps.map((step, index) => (index === at ? shorter : step)));
      });
    }
  }
  return best;
}

/** The first mismatch of a replay, or null; an error is one too. The duel is closed. */
export function firstMismatch<Duel extends { close(): void }, Operation>(
  duel: Duel,
  steps: readonly Step<Operation>[],
  play: (duel: Duel, step: Step<Operation>) => string | null,
): string | null {
  try {
    for (const step of steps) {
      const mismatch = play(duel, step);
      if (mismatch !== null) return mismatch;
    }
    return null;
  } catch (error) {
    return String(error);
  } finally {
    duel.close();
  }
}

function tokensOf<Operation extends object>({ operation }: Step<Operation>): number[] {
  return "tokens" in operation ? (operation.tokens as number[]) : [];
}

function cost<Operation extends object>(steps: Step<Operation>[]): number {
  return steps.reduce((sum, step) => sum + 10 + tokensOf(step).length, 0);
}

/** Tries without each half, quarter, eighth … of `length` items; `attempt` says whether the shorter list was kept. */
function leaveOut(length: number, attempt: (kept: <T>(items: T[]) => T[]) => boolean): void {
  let left = length;
  for (let size = Math.ceil(left / 2); size >= 1 && left > 0; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let from = left - size; from > -size; from -= size) {
      const start = Math.max(0, from);
      const end = from + size;
      if (attempt((items) => [...items.slice(0, start), ...items.slice(end)])) left -= end - start;
    }
  }
}
