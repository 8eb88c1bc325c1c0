import type { MathProblem } from "./math-problem.js";
import type { RandomDraws } from "./random-draws.js";
import { joinTerms, sumOf } from "./terms.js";

const MOST_TERMS = 6;
const MOST_COEFFICIENT = 10;
const MOST_ANSWER = 100;

/** A part of the left side: `factor(x + number)` or, where not factored, `(factor·x + number)`. */
interface Part {
  factored: boolean;
  factor: number;
  number: number;
}

/** An equation in x, its left side of two to six brackets, as in RecaLLM's Reasoning-Retrieval. */
export function drawLinearEquation(draws: RandomDraws): MathProblem {
  const answer = draws.integer(-MOST_ANSWER, MOST_ANSWER);
  const parts = Array.from({ length: draws.integer(2, MOST_TERMS) }, () => ({
    factored: draws.unit() < 0.5,
    factor: draws.nonzero(MOST_COEFFICIENT),
    number: draws.nonzero(MOST_COEFFICIENT),
  }));
  const slope = total(parts.map(({ factor }) => factor));
  const constant = total(parts.map(constantOf));
  // The right side has so much less of x, and what that makes at the answer more: they meet there, and only there.
  const difference = draws.nonzero(MOST_COEFFICIENT);
  const right = sumOf(slope - difference, constant + difference * answer);
  const equation = `${joinTerms(parts.map(bracket))} = ${right}`;
  const steps = [
    equation,
    `${joinTerms(parts.flatMap((part) => [`${part.factor}x`, String(constantOf(part))]))} = ${right}`,
    `${sumOf(slope, constant)} = ${right}`,
    `${difference}x = ${difference * answer}`,
    `x = ${answer}`,
  ];
  return { kind: "linear-equation", text: `Find $x$: $$${equation}$$`, steps, answer };
}

function constantOf({ factored, factor, number }: Part): number {
  return factored ? factor * number : number;
}

function bracket({ factored, factor, number }: Part): string {
  return factored ? `${factor}(${sumOf(1, number)})` : `(${sumOf(factor, number)})`;
}

function total(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0);
}
