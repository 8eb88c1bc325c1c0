import type { SessionOracle } from "../../oracle/session.js";
import { Random } from "../../support/random.js";
import type { TextKind } from "../../support/texts.js";
import { type Backend, Duel, type Setup } from "./duel.js";
import { type Histogram, lengthBucket } from "../histogram.js";
import type { Append, Operation, Outcome } from "../operations.js";
import { type Manner, propose } from "../proposals.js";
import { rulesOf } from "../rules.js";
import { firstMismatch, shrink, type Step } from "../shrink.js";

/** A random scenario before its first step. */
export interface Plan {
  kind: TextKind;
  setup: Setup;
  manner: Manner;
  /** Appends that every session of the scenario begins with, before anything is random. */
  opening: Append[];
  /** How many operations follow. */
  length: number;
}

/** A mismatch between a backend and the oracle, with the smallest replay that was found. */
export class Mismatch extends Error {}

/**
 * Plays one plan on every backend and on the oracle, and counts its steps. A step is one verb on one backend's
 * session, its result or refusal compared, and after it the whole visible state: `inSpan`, `contextLength`,
 * `allowed()`, `allows` of two ids, `fillBitmask` and the spans.
 * @throws Mismatch
 */
export function play(plan: Plan, seed: number, backends: readonly Backend[], histogram: Histogram): void {
  const random = new Random(seed ^ 0x5bd1e995);
  const duel = new Duel(plan.setup, backends);
  const steps: Step<Operation>[] = [];
  const step = (on: number, operation: Operation): void => {
    steps.push({ on, operation });
    const before = glance(duel.oracle(on));
    const oracle = duel.oracle(on);
    const { mismatch, outcome } = attempt(duel, on, operation);
    if (mismatch) throw report(seed, plan.setup, steps, mismatch, backends);
    count(histogram, plan, operation, outcome, before, oracle, backends);
  };
  try {
    for (const append of plan.opening) step(0, append);
    let on = 0;
    for (let index = 0; index < plan.length; index++) {
      if (random.chance(0.1)) on = random.below(duel.count);
      on %= duel.count;
      step(on, propose(duel.oracle(on), plan.setup, plan.manner, random, duel.count));
    }
  } finally {
    duel.close();
  }
}

/** An error that no verb should throw is a mismatch like any other. */
export function attempt<Operation>(
  duel: { step(on: number, operation: Operation): ReturnType<Duel["step"]> },
  on: number,
  operation: Operation,
): ReturnType<Duel["step"]> {
  try {
    return duel.step(on, operation);
  } catch (error) {
    return { mismatch: String((error as Error).stack ?? error), outcome: { refused: String(error) } };
  }
}

/** What a step's rule depends on that the step changes. */
export interface Glance {
  inSpan: boolean;
  length: number;
}

function glance(oracle: SessionOracle): Glance {
  return { inSpan: oracle.inSpan, length: oracle.length };
}

function count(
  histogram: Histogram,
  { kind }: Plan,
  operation: Operation,
  outcome: Outcome,
  before: Glance,
  oracle: SessionOracle,
  backends: readonly Backend[],
): void {
  const each = backends.length;
  histogram.steps += each;
  histogram.add("length", lengthBucket(oracle.length), each);
  if (oracle.inSpan) histogram.add("length in a span", lengthBucket(oracle.length), each);
  histogram.addEdge(before.length, oracle.length, each);
  for (const backend of backends) histogram.add("backend", backend);
  histogram.add("text", kind, each);
  histogram.add("verb", operation.verb, each);
  if ("refused" in outcome) histogram.add("refusal", outcome.refused, each);
  for (const rule of rulesOf(operation, outcome, before, oracle)) histogram.add("rule", rule, each);
}

/** Characters of a replay that somebody might read. */
const mostPrinted = 10_000;

/** Where the steps of a replay stand for appends to the shared context. */
const onContext = -1;

/** The first mismatch of a replay, or null. Steps on the shared context come first. */
function replay(setup: Setup, steps: Step<Operation>[], backends: readonly Backend[]): string | null {
  const appends = steps.filter(({ on }) => on === onContext).map(({ operation }) => operation as Append);
  const duel = new Duel({ ...setup, context: setup.context && appends }, backends);
  const own = steps.filter(({ on }) => on !== onContext);
  return firstMismatch(duel, own, (duel, { on, operation }) => duel.step(on, operation).mismatch);
}

function report(
  seed: number,
  setup: Setup,
  steps: Step<Operation>[],
  mismatch: string,
  backends: readonly Backend[],
): Mismatch {
  const appends = (setup.context ?? []).map((operation) => ({ on: onContext, operation }));
  const smallest = shrink<Operation>([...appends, ...steps], (fewer) => replay(setup, fewer, backends));
  const spelled = [
    JSON.stringify({ ...setup, maskValue: String(setup.maskValue), context: setup.context && "shared" }),
    ...smallest.steps.map((step) => JSON.stringify(step)),
  ].join("\n  ");
  return new Mismatch(
    `seed ${seed}, step ${steps.length}: ${mismatch}\n` +
      `smallest replay found, ${smallest.steps.length} steps (on ${onContext}: the shared context): ` +
      `${smallest.mismatch}\n  ${shorten(spelled, seed)}`,
  );
}

/** A replay, or as much of it as somebody might read. */
export function shorten(spelled: string, seed: number): string {
  return spelled.length <= mostPrinted
    ? spelled
    : `${spelled.slice(0, mostPrinted)} … VERBATIM_SEED=${seed} replays it`;
}
