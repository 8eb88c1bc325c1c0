import type { MathProblem } from "./math-problem.js";
import type { RandomDraws } from "./random-draws.js";

const MOST_NUMBERS = 6;
const MOST_NUMBER = 99;

/** A product or quotient of numbers, worked out. */
interface Term {
  latex: string;
  value: number;
  negative: boolean;
}

/** An expression of two to six numbers whose value is an integer, as in RecaLLM's Reasoning-Retrieval. */
export function drawArithmetic(draws: RandomDraws): MathProblem {
  const number = () => draws.integer(1, MOST_NUMBER);
  const newTerm = (negative: boolean): Term => {
    const value = number();
    return { latex: String(value), value, negative };
  };
  const steps: string[] = [];
  const terms = [newTerm(false)];
  for (let count = draws.integer(2, MOST_NUMBERS); count > 1; count--) {
    const term = terms[terms.length - 1];
    // One product of two numbers in a term is enough: keys shall not grow beyond a few digits.
    const operations = term.value <= MOST_NUMBER ? "+-*/" : "+-/";
    const operation = draws.pick([...operations]);
    if (operation === "*" || operation === "/") {
      const by = operation === "*" ? number() : draws.pick(divisorsOf(term.value));
      const value = operation === "*" ? term.value * by : term.value / by;
      steps.push(`${term.value} ${operation} ${by} = ${value}`);
      term.latex = operation === "*" ? `${term.latex} \\cdot ${by}` : `\\frac{${term.latex}}{${by}}`;
      term.value = value;
    } else {
      terms.push(newTerm(operation === "-"));
    }
  }
  const answer = terms.reduce((sum, { value, negative }, i) => {
    if (i === 0) return value;
    const next = negative ? sum - value : sum + value;
    steps.push(`${sum} ${negative ? "-" : "+"} ${value} = ${next}`);
    return next;
  }, 0);
  const expression = terms.map(({ latex, negative }, i) => (i === 0 ? "" : negative ? " - " : " + ") + latex).join("");
  steps.push(`x = ${answer}`);
  return { kind: "arithmetic", text: `Find $x$: $$x = ${expression}$$`, steps, answer };
}

function divisorsOf(value: number): number[] {
  return Array.from({ length: MOST_NUMBER }, (_, i) => i + 1).filter((divisor) => value % divisor === 0);
}
