/** Math problems: what is asked has the answer and no other, and every step of the solution holds. */

import { test } from "uvu";
import * as assert from "uvu/assert";
import { drawArithmetic } from "../../../lib/evaluation/workload/arithmetic.js";
import { drawLinearEquation } from "../../../lib/evaluation/workload/linear-equation.js";
import { drawMathProblem } from "../../../lib/evaluation/workload/draw-math-problem.js";
import { RandomDraws } from "../../../lib/evaluation/workload/random-draws.js";
import { sumOf } from "../../../lib/evaluation/workload/terms.js";
import { seedOfRun } from "../../support/random.js";
import { evaluate, holds } from "./formula.js";

const seed = seedOfRun();

/** What stands between the dollar signs. */
function formulaOf(text: string): string {
  return /^Find \$x\$: \$\$(.+)\$\$$/.exec(text)![1]!;
}

test("formulas are read as they are meant", () => {
  assert.is(evaluate("\\frac{64}{1} + 64 \\cdot 44", 0), 2880);
  assert.is(evaluate("\\frac{\\frac{60}{3}}{2} - 5", 0), 5);
  assert.is(evaluate("(7 - 5x) - 2(x + 3) + 1(x + 6) + (8x + 5)", 40), 92);
  assert.is(evaluate("-x + 3", 5), -2);
  assert.is(evaluate("12 / -4", 0), -3);
  assert.ok(holds("(7 - 5x) - 2(x + 3) + 1(x + 6) + (8x + 5) = x + 52", 40));
  assert.not.ok(holds("2x = 9", 4));
  assert.throws(() => evaluate("2 +", 0));
  assert.throws(() => evaluate("2y", 0));
});

test("linear equations hold at the answer only, and so does every step", () => {
  const draws = new RandomDraws(seed);
  const stepCounts = new Set<number>();
  for (let i = 0; i < 3000; i++) {
    const { text, steps, answer } = drawLinearEquation(draws);
    assert.ok(Number.isInteger(answer) && Math.abs(answer) <= 100);
    assert.is(steps[0], formulaOf(text));
    assert.is(steps.at(-1), `x = ${answer}`);
    for (const step of steps) {
      assert.ok(holds(step, answer), `${text}: ${step} at ${answer}`);
      assert.not.ok(holds(step, answer + 1), `${text}: ${step}`);
    }
    stepCounts.add(steps[0].split("(").length - 1);
  }
  assert.equal([...stepCounts].sort(), [2, 3, 4, 5, 6]);
});

test("arithmetic has the answer as its value, and every step holds", () => {
  const draws = new RandomDraws(seed);
  const seen = new Set<string>();
  for (let i = 0; i < 3000; i++) {
    const { text, steps, answer } = drawArithmetic(draws);
    const formula = formulaOf(text);
    assert.ok(Number.isInteger(answer) && Math.abs(answer) < 100_000);
    assert.ok(holds(formula, answer), `${text} at ${answer}`);
    assert.is(steps.at(-1), `x = ${answer}`);
    for (const step of steps) assert.ok(holds(step, answer), `${text}: ${step}`);
    for (const operation of formula.match(/\\frac|\\cdot|[+-]/g) ?? []) seen.add(operation);
    // The last step of an expression gives its value: the solution leads there.
    assert.is(evaluate(steps.at(-2)!.split("=")[1]!.trim(), 0), answer);
  }
  assert.equal([...seen].sort(), ["+", "-", "\\cdot", "\\frac"]);
});

test("both kinds are drawn, and the same draws give the same problems", () => {
  const kinds = (draws: RandomDraws) => Array.from({ length: 200 }, () => drawMathProblem(draws));
  const problems = kinds(new RandomDraws(seed));
  assert.equal(problems, kinds(new RandomDraws(seed)));
  const linear = problems.filter(({ kind }) => kind === "linear-equation").length;
  assert.ok(linear > 60 && linear < 140, String(linear));
});

test("sums are written as people write them", () => {
  assert.is(sumOf(1, -3), "x - 3");
  assert.is(sumOf(-1, 0), "-x");
  assert.is(sumOf(0, -7), "-7");
  assert.is(sumOf(0, 0), "0");
  assert.is(sumOf(12, 5), "12x + 5");
});

test.run();
