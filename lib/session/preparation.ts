import { expectAbortSignal, expectOptions } from "../base/arguments.js";

/** Options of `prepare`. */
export interface PrepareOptions {
  /** Ends the wait, not the work: what is begun is brought to its end. */
  signal?: AbortSignal;
}

/** The signal of the options, checked. */
export function readSignal(options: PrepareOptions | undefined): AbortSignal | undefined {
  const { signal } = expectOptions("options", options);
  return signal === undefined ? undefined : expectAbortSignal("signal", signal);
}

/** Work that is done once, whoever waits for it. Where it failed, the next one who waits begins it anew. */
export class Preparation {
  readonly #begin: () => Promise<void>;
  #work: Promise<void> | undefined;
  /** What ends the wait of each who waits. */
  readonly #waiting = new Set<(reason: Error) => void>();

  constructor(begin: () => Promise<void>) {
    this.#begin = begin;
  }

  /** Settled as the work is, or rejected with the signal's reason where that aborts before. */
  wait(signal: AbortSignal | undefined): Promise<void> {
    if (signal?.aborted) return Promise.reject(signal.reason as Error);
    const work = (this.#work ??= this.#start());
    const wait = new Promise<void>((resolve, reject) => {
      const leave = () => {
        signal?.removeEventListener("abort", abort);
        this.#waiting.delete(giveUp);
      };
      const fail = (reason: unknown) => {
        leave();
        reject(reason as Error);
      };
      const abort = () => fail(signal?.reason);
      const giveUp = (reason: Error) => {
        // It is for who listens: whoever does not is not to hear of it as an unhandled rejection.
        wait.catch(() => undefined);
        fail(reason);
      };
      signal?.addEventListener("abort", abort);
      this.#waiting.add(giveUp);
      work.then(leave).then(resolve, fail);
    });
    return wait;
  }

  /** Rejects what waits: nothing is left to wait for. */
  giveUp(reason: Error): void {
    for (const each of this.#waiting) each(reason);
  }

  #start(): Promise<void> {
    const work = this.#begin();
    work.catch(() => (this.#work = undefined));
    return work;
  }
}
