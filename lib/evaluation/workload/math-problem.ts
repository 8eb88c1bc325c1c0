/** A problem whose answer is an integer. */
export interface MathProblem {
  readonly kind: "linear-equation" | "arithmetic";
  /** What is asked, the formula in LaTeX. */
  readonly text: string;
  /** The solution worked out: equations that hold, each after the other, in plain notation; the last is `x = answer`. */
  readonly steps: readonly string[];
  readonly answer: number;
}
