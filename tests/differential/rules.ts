import type { SessionOracle } from "../oracle/session.js";
import type { Glance } from "./token-mode/explorer.js";
import type { Operation, Outcome } from "./operations.js";

/** With more candidates than this nobody looks which rule stopped which. */
const mostCandidates = 200;

/** The rules of docs/semantics.md, by number, that a step put to the test. */
export function rulesOf(operation: Operation, outcome: Outcome, before: Glance, oracle: SessionOracle): Set<number> {
  const { verb } = operation;
  const rules = new Set<number>();
  const accepted = "returned" in outcome;
  if (!oracle.inSpan) rules.add(1);
  if (verb === "accept" && accepted && !before.inSpan && oracle.inSpan) rules.add(2);
  if (oracle.inSpan) for (const rule of rulesInSpan(oracle)) rules.add(rule);
  if (verb === "apply" && oracle.inSpan) rules.add(7);
  if (!accepted || verb === "acceptAll" || verb === "validate") rules.add(8);
  if (verb === "truncate" || verb === "rollback" || verb === "reset" || verb === "fork") rules.add(9);
  if ((verb === "endSpan" || verb === "beginSpan") && accepted) rules.add(10);
  if (verb === "draft" && oracle.inSpan) rules.add(11);
  if (oracle.inSpan && snaps(oracle)) rules.add(13);
  if (verb === "sources" && accepted && Array.isArray(outcome.returned) && outcome.returned.length > 0) rules.add(12);
  return rules;
}

/** Whether it depends on the edges of documents what a quote that has begun may go on with. */
function snaps(oracle: SessionOracle): boolean {
  return oracle.options.snap !== undefined && oracle.depth > 0 && oracle.candidates().continuations().length > 0;
}

function rulesInSpan(oracle: SessionOracle): number[] {
  const rules: number[] = [];
  const span = oracle.openSpan!;
  const { maxSpanTokens, minSpanTokens } = oracle.options;
  const k = oracle.depth;
  if (k === maxSpanTokens || k < minSpanTokens) rules.push(6);
  // Opened by a verb rather than by a token.
  if (span.opened === span.start) rules.push(10);
  if (k === maxSpanTokens) return rules;
  const candidates = oracle.candidates();
  if (k > 0 && candidates.continuations().length > 0) rules.push(3);
  if (candidates.positions.length > mostCandidates) return rules;
  const { tokens, run, barriers } = oracle.context;
  const stopped = candidates.positions.filter((i) => i + k < span.opened && run[i + k] !== run[i]);
  if (stopped.some((i) => barriers.has(tokens[i + k]!))) rules.push(4);
  if (stopped.some((i) => !barriers.has(tokens[i + k]!))) rules.push(5);
  return rules;
}
