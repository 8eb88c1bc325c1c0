import { drawArithmetic } from "./arithmetic.js";
import { drawLinearEquation } from "./linear-equation.js";
import type { RandomDraws } from "./random-draws.js";

/** A problem whose answer is an integer. */
export interface MathProblem {
  readonly kind: "linear-equation" | "arithmetic";
  /** What is asked, the formula in LaTeX. */
  readonly text: string;
  /** The solution worked out: equations that hold, each after the other, in plain notation; the last is `x = answer`. */
  readonly steps: readonly string[];
  readonly answer: number;
}

export function drawMathProblem(draws: RandomDraws): MathProblem {
  return draws.unit() < 0.5 ? drawLinearEquation(draws) : drawArithmetic(draws);
}
