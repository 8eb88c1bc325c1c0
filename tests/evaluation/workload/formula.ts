/** Evaluates the formulas of math problems, by a reading of LaTeX and plain notation that shares nothing with theirs. */
export function evaluate(formula: string, x: number): number {
  const tokens = formula.match(/\\frac|\\cdot|\d+|[x+\-*/(){}]/g) ?? [];
  let at = 0;
  const value = sum();
  if (at !== tokens.length || tokens.join("") !== formula.replace(/\s/g, "")) throw new Error(`Cannot read ${formula}`);
  return value;

  function sum(): number {
    let total = tokens[at] === "-" ? 0 : product();
    while (tokens[at] === "+" || tokens[at] === "-") total += tokens[at++] === "+" ? product() : -product();
    return total;
  }

  function product(): number {
    let result = factor();
    for (;;) {
      if (tokens[at] === "\\cdot" || tokens[at] === "*") {
        at++;
        result *= signed();
      } else if (tokens[at] === "/") {
        at++;
        result /= signed();
      } else if (tokens[at] === "x" || tokens[at] === "(") result *= factor();
      else return result;
    }
  }

  function signed(): number {
    if (tokens[at] !== "-") return factor();
    at++;
    return -factor();
  }

  function factor(): number {
    const token = tokens[at++];
    if (token === "x") return x;
    if (token === "(" || token === "{") {
      const inner = sum();
      at++;
      return inner;
    }
    if (token === "\\frac") return factor() / factor();
    if (token === undefined || !/^\d+$/.test(token)) throw new Error(`Cannot read ${formula} at ${token}`);
    return Number(token);
  }
}

/** Whether an equation holds. */
export function holds(equation: string, x: number): boolean {
  const sides = equation.split("=").map((side) => evaluate(side.trim(), x));
  return sides.length === 2 && sides[0] === sides[1];
}
