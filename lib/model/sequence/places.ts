import { RecallError } from "../../base/errors.js";
import { commonLength } from "../../hosts/shared/host-tokens.js";
import type { Signal } from "../language-model.js";
import type { Place } from "./place.js";

interface Waiting<Taken extends Place> {
  readonly like: readonly number[];
  take(place: Taken): void;
}

/** Hands the places of a model out, each to one sequence at a time, first come, first served. */
export class Places<Taken extends Place> {
  readonly #free: Taken[];
  readonly #waiting: Waiting<Taken>[] = [];
  readonly #mostWaiting: number;

  constructor(places: readonly Taken[], mostWaiting: number) {
    this.#free = [...places];
    this.#mostWaiting = mostWaiting;
  }

  /**
   * The free place whose memory has the longest beginning in common with `like`; waits for one where none is free.
   * @throws RecallError `LIMIT` where as many wait as may; the reason of the signal
   */
  async take(like: readonly number[], { signal }: Signal = {}): Promise<Taken> {
    signal?.throwIfAborted();
    const place = this.#closest(like);
    if (place !== null) return place;
    if (this.#waiting.length >= this.#mostWaiting) {
      throw new RecallError("LIMIT", `As many requests wait for the model as may: ${this.#mostWaiting}`);
    }
    return new Promise((resolve, reject) => {
      const abort = () => {
        this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
        reject(signal!.reason as Error);
      };
      const waiting: Waiting<Taken> = {
        like,
        take: (freed) => {
          signal?.removeEventListener("abort", abort);
          resolve(freed);
        },
      };
      signal?.addEventListener("abort", abort, { once: true });
      this.#waiting.push(waiting);
    });
  }

  giveBack(place: Taken): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free.push(place);
    else next.take(place);
  }

  #closest(like: readonly number[]): Taken | null {
    let [best, most] = [-1, -1];
    this.#free.forEach(({ held }, i) => {
      const common = commonLength(held, like);
      // Of places that share as little, the emptiest: what another holds may be wanted again.
      const value = common + 1 / (1 + held.length);
      if (value > most) [best, most] = [i, value];
    });
    return best === -1 ? null : this.#free.splice(best, 1)[0];
  }
}
