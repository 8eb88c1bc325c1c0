import type { ObjectPlan, PlanAlternative, PlanNode } from "./plan/plan.js";
import { SchemaError } from "./schema-error.js";

/** Whether the documents have a quote for a plan. */
export type IsQuotable = (quote: PlanAlternative & { type: "quote" }) => boolean;

/** The nodes that have a value which comes to an end. */
export function productiveNodes(nodes: readonly PlanNode[], isQuotable: IsQuotable = () => true): Set<PlanNode> {
  const productive = new Set<PlanNode>();
  const parents = new Map<PlanNode, PlanNode[]>();
  for (const node of nodes) {
    for (const child of node.alternatives.flatMap(childrenOf))
      parents.set(child, [...(parents.get(child) ?? []), node]);
  }
  const open = [...nodes];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (productive.has(node) || !node.alternatives.some((one) => isProductive(one, productive, isQuotable))) continue;
    productive.add(node);
    open.push(...(parents.get(node) ?? []));
  }
  return productive;
}

/** Whether an alternative has a value which comes to an end, where these nodes do. */
export function isProductive(
  plan: PlanAlternative,
  productive: ReadonlySet<PlanNode>,
  isQuotable: IsQuotable,
): boolean {
  switch (plan.type) {
    case "quote":
      return isQuotable(plan);
    case "array": {
      const needed = plan.first.slice(0, plan.min);
      const hasMore = plan.min <= plan.first.length || (plan.items !== null && productive.has(plan.items));
      return hasMore && needed.every((node) => productive.has(node));
    }
    case "object": {
      const written = plan.members.filter((member) => !member.isOptional || productive.has(member.value));
      const missing = Math.max(0, plan.min - written.length);
      return countOthers(plan, productive, missing) >= missing && written.every(({ value }) => productive.has(value));
    }
    default:
      return true;
  }
}

/** How many members there may be whose keys are not known beforehand: at most `limit` is said. */
export function countOthers({ others }: ObjectPlan, productive: ReadonlySet<PlanNode>, limit: number): number {
  const counts = others.map(({ keys, value }) => (productive.has(value) ? keys.count(keys.start, limit) : 0));
  return Math.min(
    limit,
    counts.reduce((sum, count) => sum + count, 0),
  );
}

/** The nodes that a value of the plan is made of. */
export function childrenOf(plan: PlanAlternative): PlanNode[] {
  if (plan.type === "array") return plan.items === null ? [...plan.first] : [...plan.first, plan.items];
  return plan.type === "object" ? [...plan.members, ...plan.others].map(({ value }) => value) : [];
}

/**
 * Lets members be left out whose values would never end, as those of a list whose items each hold the next one.
 * @throws SchemaError where no value comes to an end even so
 */
export function expectFinite(root: PlanNode, nodes: readonly PlanNode[]): void {
  const whole = productiveNodes(nodes);
  for (const plan of nodes.flatMap(({ alternatives }) => alternatives)) {
    if (plan.type !== "object") continue;
    for (const member of plan.members) member.isOptional = !member.isRequired && !whole.has(member.value);
  }
  const productive = productiveNodes(nodes);
  if (productive.has(root)) return;
  // Down to where it leads back to what was met before.
  const met = new Set<PlanNode>();
  let node = root;
  for (let next: PlanNode | undefined = root; next !== undefined && !met.has(next);) {
    node = next;
    met.add(node);
    const children: PlanNode[] = node.alternatives.flatMap(childrenOf);
    next = children.find((child) => !productive.has(child) && !met.has(child));
  }
  throw new SchemaError(node.pointer, "no value of it comes to an end");
}
