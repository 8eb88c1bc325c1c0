import type { TextSessionOracle } from "../oracle/text-session.js";
import { Random } from "../support/random.js";
import type { Backend } from "./duel.js";
import { Mismatch } from "./explorer.js";
import { shrink, type Step } from "./shrink.js";
import { TextDuel, type TextOperation, type TextSetup } from "./text-duel.js";
import { proposeText, textPlan, type TextTaste } from "./text-plans.js";

/** How often something happened that a rule is about. */
export class TextEvents {
  readonly counts: Record<string, number> = {};

  add(name: string, happened: boolean): void {
    this.counts[name] = (this.counts[name] ?? 0) + (happened ? 1 : 0);
  }

  /** What the oracle did in one step. */
  note(
    setup: TextSetup,
    { verb }: TextOperation,
    refused: string | null,
    before: Glance,
    oracle: TextSessionOracle,
  ): void {
    const after = glance(oracle);
    const generated = (verb === "accept" || verb === "acceptAll") && refused === null;
    this.add("spans opened by a tag", generated && after.spans > before.spans);
    this.add("spans closed by a tag", generated && before.inSpan && !after.inSpan);
    this.add("spans closed in JSON mode", generated && setup.json && before.inSpan && !after.inSpan);
    this.add("spans closed with snap", generated && setup.snap !== null && before.inSpan && !after.inSpan);
    this.add("quotes that the opening token begins", generated && after.spans > before.spans && after.generated > 0);
    this.add(
      "spans that end with more text in the token",
      generated && !after.inSpan && before.inSpan && after.rest > 0,
    );
    this.add("spans reopened", (verb === "truncate" || verb === "rollback") && !before.inSpan && after.inSpan);
    this.add("spans of both readings", after.bothReadings);
    this.add("spans of several tag readings", after.tags > 1);
    this.add("masks outside a span", !after.inSpan && oracle.allowed() !== null);
    this.add("large contexts searched", after.inSpan && oracle.length > 4096);
    this.add("spans with nothing allowed", after.inSpan && oracle.allowed()!.length === 0);
    this.add("sources of closed quotes", verb === "sources" && refused === null && before.spans > 0);
    for (const code of [
      "TOKEN_NOT_ALLOWED",
      "CONTEXT_FULL",
      "SEGMENT_EXISTS",
      "SEGMENT_UNKNOWN",
      "IN_SPAN",
      "RangeError",
    ]) {
      this.add(`refused: ${code}`, refused === code);
    }
  }
}

type Glance = ReturnType<typeof glance>;

function glance(oracle: TextSessionOracle) {
  const { inSpan, generated, quote } = oracle;
  const { length: spans, [spans - 1]: last } = oracle.spans;
  return {
    inSpan,
    spans,
    generated: generated.bytes.length,
    tags: generated.tags.length,
    bothReadings: inSpan && generated.tags.length > 0 && quote!.occurs(generated.bytes),
    rest: last === undefined || last.open ? 0 : oracle.length - last.end - (oracle.options.endTag.length || Infinity),
  };
}

/**
 * Plays one random scenario on every backend and on the oracle, and returns how many steps were compared. A step is one
 * verb on one backend's session, and after it the whole visible state.
 * @throws Mismatch
 */
export function playText(taste: TextTaste, seed: number, backends: readonly Backend[], events: TextEvents): number {
  const random = new Random(seed);
  const plan = textPlan(taste, random);
  const duel = new TextDuel(plan.setup, backends);
  const steps: Step<TextOperation>[] = [];
  try {
    let on = 0;
    for (let index = 0; index < taste.length; index++) {
      if (random.chance(0.1)) on = random.below(duel.count);
      on %= duel.count;
      const oracle = duel.oracle(on);
      const before = glance(oracle);
      const operation = proposeText(oracle, plan, random, duel.count);
      steps.push({ on, operation });
      let [mismatch, refused]: [string | null, string | null] = [null, null];
      try {
        const result = duel.step(on, operation);
        mismatch = result.mismatch;
        refused = "refused" in result.outcome ? result.outcome.refused : null;
      } catch (error) {
        mismatch = String((error as Error).stack);
      }
      if (mismatch !== null) throw new Mismatch(report(seed, plan.setup, steps, mismatch, backends));
      events.note(plan.setup, operation, refused, before, oracle);
    }
    return steps.length * backends.length;
  } finally {
    duel.close();
  }
}

function replay(setup: TextSetup, steps: Step<TextOperation>[], backends: readonly Backend[]): string | null {
  const duel = new TextDuel(setup, backends);
  try {
    for (const { on, operation } of steps) {
      const { mismatch } = duel.step(on, operation);
      if (mismatch) return mismatch;
    }
    return null;
  } catch (error) {
    return String(error);
  } finally {
    duel.close();
  }
}

function report(
  seed: number,
  setup: TextSetup,
  steps: Step<TextOperation>[],
  mismatch: string,
  backends: readonly Backend[],
): string {
  const smallest = shrink<TextOperation>(steps, (fewer) => replay(setup, fewer, backends));
  const spelled = setup.tokens.map((token, id) => `${id}=${JSON.stringify(Buffer.from(token).toString("latin1"))}`);
  const lines = [
    JSON.stringify({ ...setup, tokens: spelled.join(" ") }),
    ...smallest.steps.map((s) => JSON.stringify(s)),
  ];
  return (
    `VERBATIM_SEED=${seed}, step ${steps.length}: ${mismatch}\n` +
    `smallest replay found, ${smallest.steps.length} steps: ${smallest.mismatch}\n  ${lines.join("\n  ")}`
  );
}
