import { drawArithmetic } from "./arithmetic.js";
import { drawLinearEquation } from "./linear-equation.js";
import type { MathProblem } from "./math-problem.js";
import type { RandomDraws } from "./random-draws.js";

/** A problem of either kind, one as likely as the other. */
export function drawMathProblem(draws: RandomDraws): MathProblem {
  return draws.unit() < 0.5 ? drawLinearEquation(draws) : drawArithmetic(draws);
}
