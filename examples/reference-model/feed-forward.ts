/**
 * Feed-forward units as gates: silu(gate) · up passes `up` on while the gate is open and, since
 * silu is next to nothing below zero, passes nothing while it is shut.
 */

import { SELF_PRODUCT, byteCodes } from "./byte-code.js";
import { HIDDEN_SIZE, TOKEN_AMPLITUDE, residual, type Feature } from "./layout.js";
import type { Block } from "./parameters.js";

/** Gate of a `passUnless` unit without any obstacle; each obstacle takes as much away. */
const PASSING = 8;

/** What each condition of a `when` unit adds to its gate. Half of it is the margin on both sides. */
const CONDITION = 40;

/** The token of an age is a given character, or starts a line. */
export interface Condition {
  readonly age: number;
  readonly is: string;
}

export const LINE_START = "line start";

export class FeedForward {
  readonly #block: Block;
  #used = 0;

  constructor(block: Block) {
    this.#block = block;
  }

  /** Adds `weight` times input `from` to output `to`, unless one of the obstacles is on. */
  passUnless(obstacles: readonly Feature[], from: number, to: number, weight = 1): void {
    const unit = this.#unit(PASSING, PASSING, from, to, weight);
    this.#shut(unit, obstacles, PASSING);
  }

  /** Turns the feature on, `times` its amplitude, where all conditions hold and no obstacle is on. */
  when(
    conditions: readonly Condition[],
    feature: Feature,
    { times = 1, obstacles = [] }: { times?: number; obstacles?: readonly Feature[] } = {},
  ): void {
    const threshold = CONDITION * (conditions.length - 0.5);
    const { at: constant, amplitude } = residual.constant;
    const weight = (times * feature.amplitude) / amplitude;
    const unit = this.#unit(-threshold, CONDITION / 2, constant, feature.at, weight);
    this.#shut(unit, obstacles, CONDITION);
    for (const { age, is } of conditions) {
      const token = residual.token[age];
      if (is === LINE_START) {
        this.#block.gate.connect(token.lineStart.at, unit, CONDITION / TOKEN_AMPLITUDE);
      } else {
        byteCodes[is.charCodeAt(0)].forEach((value, i) => {
          this.#block.gate.connect(token.code + i, unit, (CONDITION * value) / SELF_PRODUCT);
        });
      }
    }
  }

  #shut(unit: number, obstacles: readonly Feature[], by: number): void {
    for (const { at, amplitude } of obstacles) this.#block.gate.connect(at, unit, -by / amplitude);
  }

  /** Takes a unit whose gate is `bias` plus what is connected to it, and is open at `open`. */
  #unit(bias: number, open: number, from: number, to: number, weight: number): number {
    const unit = this.#used++;
    if (unit >= HIDDEN_SIZE) throw new RangeError(`More than ${HIDDEN_SIZE} hidden units are needed`);
    this.#block.gate.connect(residual.constant.at, unit, bias / residual.constant.amplitude);
    this.#block.up.connect(from, unit, 1);
    this.#block.down.connect(unit, to, weight / silu(open));
    return unit;
  }
}

function silu(x: number): number {
  return x / (1 + Math.exp(-x));
}
