import type { TextSessionOracle } from "../../oracle/text/session.js";
import { Random } from "../../support/random.js";
import type { Backend } from "../token-mode/duel.js";
import type { Settings } from "../explore.js";
import { attempt, Mismatch, shorten } from "../token-mode/explorer.js";
import { Histogram } from "../histogram.js";
import type { Outcome } from "../operations.js";
import { firstMismatch, shrink, type Step } from "../shrink.js";
import { TextDuel, type TextOperation, type TextSetup } from "./duel.js";
import { proposeText, textPlan, type TextTaste } from "./plans.js";

/** The group of a histogram with what is counted here. */
const textMode = "text mode";

type Glance = ReturnType<typeof glance>;

function glance(oracle: TextSessionOracle) {
  const { inSpan, generated, quote, cutOff } = oracle;
  const { length: spans, [spans - 1]: last } = oracle.spans;
  return {
    inSpan,
    cutOff,
    spans,
    generated: generated.bytes.length,
    tags: generated.tags.length,
    bothReadings: inSpan && generated.tags.length > 0 && quote!.occurs(generated.bytes),
    rest: last === undefined || last.open ? 0 : oracle.length - last.end - (oracle.options.endTag.length || Infinity),
  };
}

/** Counts a step, and what happened in it that a rule is about, in a group of the histogram's own. */
function count(
  histogram: Histogram,
  { json, snap, minSpanBytes }: TextSetup,
  { verb, ...operation }: TextOperation,
  previous: TextOperation | undefined,
  outcome: Outcome,
  before: Glance,
  oracle: TextSessionOracle,
  backends: readonly Backend[],
): void {
  const each = backends.length;
  histogram.steps += each;
  for (const backend of backends) histogram.add("backend", backend);
  if ("refused" in outcome) histogram.add(textMode, `refused: ${outcome.refused}`, each);
  const accepted = !("refused" in outcome);
  const add = (what: string, happened: boolean): void => histogram.add(textMode, what, happened ? each : 0);
  const after = glance(oracle);
  const generated = (verb === "accept" || verb === "acceptAll") && accepted;
  add("spans opened by a tag", generated && after.spans > before.spans);
  add("spans closed by a tag", generated && before.inSpan && !after.inSpan);
  add("spans closed in JSON mode", generated && json && before.inSpan && !after.inSpan);
  add("spans closed with snap", generated && snap !== null && before.inSpan && !after.inSpan);
  add("quotes that the opening token begins", generated && after.spans > before.spans && after.generated > 0);
  add("spans that end with more text in the token", generated && !after.inSpan && before.inSpan && after.rest > 0);
  add("spans reopened", (verb === "truncate" || verb === "rollback") && !before.inSpan && after.inSpan);
  add("JSON cut inside a character", verb === "truncate" && accepted && after.cutOff);
  add("JSON that goes on after a cut", verb === "append" && accepted && before.cutOff && !after.cutOff);
  add("spans of both readings", after.bothReadings);
  add("spans of several tag readings", after.tags > 1);
  add("masks outside a span", !after.inSpan && oracle.allowed() !== null);
  add("large contexts searched", after.inSpan && oracle.length > 4096);
  add("spans with nothing allowed", after.inSpan && oracle.allowed()!.length === 0);
  add("spans that search some segments", verb === "beginSpan" && accepted && "segments" in operation);
  add("copies of sessions with an open span", verb === "fork" && after.inSpan);
  add("drafts of several tokens", verb === "draft" && accepted && (outcome.returned as number[]).length > 1);
  add("tags withheld for the least length", after.inSpan && after.generated > 0 && after.generated < minSpanBytes);
  add("spans in JSON mode with snap", after.inSpan && after.generated > 0 && json && snap !== null);
  add("cuts inside an escape sequence", verb === "truncate" && accepted && json && endsInEscape(oracle.bytes));
  const goesOn = verb === "append" && accepted && !("segment" in operation);
  add("appends that go on with what was cut", goesOn && previous?.verb === "truncate");
  add("sources of closed quotes", verb === "sources" && accepted && before.spans > 0);
}

/** Whether these bytes of escaped text end before an escape sequence does. */
function endsInEscape(bytes: readonly number[]): boolean {
  return /^(?:[^\\]|\\u[0-9a-f]{4}|\\[^u])*\\(?:u[0-9a-f]{0,3})?$/.test(Buffer.from(bytes).toString("latin1"));
}

/**
 * Plays random scenarios, one seed after the other, until so many steps were compared. A step is one verb on one
 * backend's session, and after it the whole visible state.
 * @throws Mismatch
 */
export function exploreTexts(
  taste: TextTaste,
  { seed, steps, backends }: Pick<Settings, "seed" | "steps" | "backends">,
  histogram = new Histogram(),
): Histogram {
  const target = histogram.steps + steps;
  for (let current = seed; histogram.steps < target; current++) play(taste, current, backends, histogram);
  return histogram;
}

function play(taste: TextTaste, seed: number, backends: readonly Backend[], histogram: Histogram): void {
  const random = new Random(seed);
  const plan = textPlan(taste, random);
  const duel = new TextDuel(plan.setup, backends);
  const steps: Step<TextOperation>[] = [];
  const step = (on: number, operation: TextOperation): void => {
    const oracle = duel.oracle(on);
    const before = glance(oracle);
    const previous = steps.at(-1);
    steps.push({ on, operation });
    const { mismatch, outcome } = attempt(duel, on, operation);
    if (mismatch !== null) throw report(seed, plan.setup, steps, mismatch, backends);
    const last = previous?.on === on ? previous.operation : undefined;
    count(histogram, plan.setup, operation, last, outcome, before, oracle, backends);
  };
  try {
    for (const append of plan.opening) step(0, append);
    let on = 0;
    for (let index = 0; index < taste.length; index++) {
      if (random.chance(0.1)) on = random.below(duel.count);
      on %= duel.count;
      step(on, proposeText(duel.oracle(on), plan, random, duel.count));
    }
  } finally {
    duel.close();
  }
}

function replay(setup: TextSetup, steps: Step<TextOperation>[], backends: readonly Backend[]): string | null {
  const duel = new TextDuel(setup, backends);
  return firstMismatch(duel, steps, (duel, { on, operation }) => duel.step(on, operation).mismatch);
}

/** The mismatch that the last of these steps showed, with the smallest replay that is found. */
export function report(
  seed: number,
  setup: TextSetup,
  steps: Step<TextOperation>[],
  mismatch: string,
  backends: readonly Backend[],
): Mismatch {
  const smallest = shrink<TextOperation>(steps, (fewer) => replay(setup, fewer, backends));
  const tokens = setup.tokens.map((token, id) => `${id}=${JSON.stringify(Buffer.from(token).toString("latin1"))}`);
  const spelled = [{ ...setup, tokens: tokens.join(" ") }, ...smallest.steps].map((line) => JSON.stringify(line));
  return new Mismatch(
    `VERBATIM_SEED=${seed}, step ${steps.length}: ${mismatch}\n` +
      `smallest replay found, ${smallest.steps.length} steps: ${smallest.mismatch}\n` +
      `  ${shorten(spelled.join("\n  "), seed)}`,
  );
}
