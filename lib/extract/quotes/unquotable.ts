import { below } from "../../schema/json-pointer.js";
import type { Plan, PlanAlternative, PlanNode } from "../../schema/plan/plan.js";

/** Where in the data of a plan without a productive root there is no value: the pointer of the first such place. */
export function firstUnquotable({ root }: Plan, productive: ReadonlySet<PlanNode>): string {
  const met = new Set<PlanNode>();
  let [node, path] = [root, ""];
  for (;;) {
    met.add(node);
    const next = node.alternatives
      .flatMap(namedChildren)
      .find(([, child]) => !productive.has(child) && !met.has(child));
    if (next === undefined) return path;
    [path, node] = [below(path, next[0]), next[1]];
  }
}

function namedChildren(plan: PlanAlternative): [key: string | number, node: PlanNode][] {
  if (plan.type === "object") return plan.members.map(({ key, value }) => [key, value]);
  if (plan.type !== "array") return [];
  const first = plan.first.map((node, i): [number, PlanNode] => [i, node]);
  return plan.items === null ? first : [...first, [plan.first.length, plan.items]];
}
