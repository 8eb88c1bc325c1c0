import type { Engine } from "../../../lib/engine/engine.js";
import { loadEngine } from "../../../lib/engine/load.js";
import { Random } from "../../support/random.js";
import { barrierLetter, createText, take, type TextKind, textKinds } from "../../support/texts.js";
import { EngineDuel, type EngineOperation, type EngineSetup, type EngineTrio, needsMatcher } from "./duel.js";
import type { Settings } from "../explore.js";
import { Mismatch } from "../token-mode/explorer.js";
import { Histogram, lengthBucket, nextBlockEdge } from "../histogram.js";
import { randomRanges } from "./ranges.js";
import { firstMismatch, shrink, type Step } from "../shrink.js";

/** How contexts grow: the sizes of appends, and how far. */
export interface Growth {
  alphabets: readonly number[];
  maxLengths: readonly number[];
  /** Sizes of single appends; small ones are as likely as large ones. */
  maxAppend: number;
  /** Calls in one scenario. */
  length: number;
  /** How many calls follow a quote before the context changes again, on average. */
  patience: number;
  /** Sizes of the appends that a scenario begins with. */
  opening?: (random: Random) => readonly number[];
  /** The texts; all kinds unless given. */
  kinds?: readonly TextKind[];
  /** How often the vocabulary has tens of millions of ids; 0 unless given. */
  sparse?: number;
  /** How often quotes may start before some tokens only; 0 unless given. */
  snap?: number;
}

/**
 * Plays random calls on the engines themselves until so many steps were compared. A step is one call on one engine,
 * its result compared, and after it the length, the depth, the continuations and `allows` of two ids.
 * @throws Mismatch
 */
export function exploreEngine(
  growth: Growth,
  settings: Pick<Settings, "seed" | "steps" | "backends">,
  histogram = new Histogram(),
): Histogram {
  const engines = settings.backends.map((backend) => loadEngine(backend));
  const target = histogram.steps + settings.steps;
  for (let seed = settings.seed; histogram.steps < target; seed++) play(growth, seed, engines, histogram);
  return histogram;
}

/** Ids may be far apart, so that two of them and a position do not fit into a word. */
const sparseVocabulary = 25_000_000;
/** Ids may be so far apart that each has a word of a bitmask for itself. */
const distances = [1, 1, 37];
/** Rows of a sparse vocabulary are not written out whole. */
const widestRow = 200_000;

function play(growth: Growth, seed: number, engines: readonly Engine[], histogram: Histogram): void {
  const random = new Random(seed);
  const kinds = growth.kinds ?? textKinds;
  const kind = kinds[seed % kinds.length]!;
  const size = random.pick(growth.alphabets);
  const distance = random.chance(growth.sparse ?? 0)
    ? Math.floor(sparseVocabulary / (size + 2))
    : random.pick(distances);
  const letters = Array.from({ length: size }, (_, index) => (index + 1) * distance - 1);
  const barriers = Array.from({ length: random.below(3) }, (_, index) => size * distance + index);
  const barrier = barrierLetter(kind, letters, random);
  if (barrier !== undefined) barriers.push(barrier);
  const setup = { vocabSize: size * distance + barriers.length, barriers };
  const player = new Player(growth, setup, createText(kind, letters, random), random);
  const duel = new EngineDuel(setup, engines);
  const steps: Step<EngineOperation>[] = [];
  try {
    const opening = (growth.opening?.(random) ?? []).map((size) => player.append(size));
    for (let index = 0; index < opening.length + growth.length; index++) {
      const on = random.chance(0.05) ? random.below(duel.count) : (steps.at(-1)?.on ?? 0) % duel.count;
      const operation = opening[index] ?? player.propose(duel.trio(on), duel.count);
      steps.push({ on, operation });
      const before = duel.trio(on).oracle.length;
      const mismatch = duel.step(on, operation);
      if (mismatch) throw report(seed, setup, steps, mismatch, engines);
      if (operation.call === "append") histogram.addEdge(before, duel.trio(on).oracle.length, engines.length);
      count(histogram, kind, operation, duel.trio(on), engines);
    }
  } finally {
    duel.close();
  }
}

class Player {
  private readonly maxLength: number;
  /** What chooses the edges of appends; null: there are none but those of runs. */
  private readonly edges: number | null;

  constructor(
    private readonly growth: Growth,
    private readonly setup: EngineSetup,
    private readonly text: () => number,
    private readonly random: Random,
  ) {
    this.maxLength = random.pick(growth.maxLengths);
    this.edges = random.chance(growth.snap ?? 0) ? random.below(1000) : null;
  }

  propose({ oracle, survivors }: EngineTrio, contexts: number): EngineOperation {
    const { random, growth } = this;
    const now = survivors?.at(-1);
    if (!now || random.chance(1 / growth.patience))
      return this.changeOrBegin(oracle.length, contexts, now === undefined);
    switch (random.weighted({ advance: 60, stray: 6, rewind: 8, draft: 8, sources: 8, read: 2, fill: 0.5, begin: 6 })) {
      case "advance": {
        const next = now.continuations();
        const near = oracle.tokens[(now.positions.length > 0 ? random.pick(now.positions) : 0) + now.depth];
        if (next.length === 0) return { call: "rewind", depth: random.below(now.depth + 1) };
        return { call: "advance", token: near !== undefined && next.includes(near) ? near : random.pick(next) };
      }
      case "stray":
        return { call: "advance", token: random.below(this.setup.vocabSize) };
      case "rewind":
        return { call: "rewind", depth: random.chance(0.5) ? Math.max(0, now.depth - 1) : random.below(now.depth + 1) };
      case "draft":
        return { call: "draft", max: random.below(40), latest: random.chance(0.5) };
      case "sources":
        return { call: "sources", ranges: this.ranges(oracle.length), limit: random.magnitude(50) };
      case "read": {
        const start = random.below(oracle.length + 1);
        return { call: "read", start, end: Math.min(oracle.length, start + random.magnitude(3000)) };
      }
      case "fill":
        return { call: "fill", width: Math.min(widestRow, this.setup.vocabSize) + random.below(70) };
      case "begin":
        return { call: "begin", ranges: this.ranges(oracle.length) };
    }
  }

  private changeOrBegin(length: number, contexts: number, stale: boolean): EngineOperation {
    const { random } = this;
    switch (
      random.weighted({ begin: stale ? 40 : 0, append: 24, truncate: 3, cut: 1, compact: 1, fork: 2, leave: 1 })
    ) {
      case "begin":
        return { call: "begin", ranges: this.ranges(length) };
      case "append": {
        const room = this.maxLength - length;
        if (room <= 0) return { call: "truncate", length: length - random.magnitude(length) };
        return this.append(Math.min(room, this.appendSize(length)));
      }
      case "truncate":
        return { call: "truncate", length: Math.max(0, length - random.magnitude(length + 1)) };
      case "cut":
        return { call: "truncate", length: random.chance(0.2) ? random.below(length + 1) : length };
      case "compact":
        return { call: "compact" };
      case "fork":
        return contexts < 4 ? { call: "fork", replace: random.chance(0.3) } : { call: "leave" };
      case "leave":
        return { call: "leave" };
    }
  }

  /** One token, a random size, or as many tokens as lead to the next block edge, all but a few. */
  private appendSize(length: number): number {
    const { random, growth } = this;
    if (random.chance(0.4)) return 1;
    const toEdge = (nextBlockEdge(length) ?? 0) - length - random.below(3);
    return toEdge > 0 && toEdge <= growth.maxAppend && random.chance(0.3) ? toEdge : random.magnitude(growth.maxAppend);
  }

  append(count: number): EngineOperation {
    const { random, setup } = this;
    const barriers = setup.barriers.length > 0 && random.chance(0.3);
    const tokens = take(this.text, count).map((token) =>
      barriers && random.chance(0.05) ? random.pick(setup.barriers) : token,
    );
    const joining = { searchable: random.chance(0.93), newRun: random.chance(0.15) };
    if (this.edges === null || random.chance(0.1)) return { call: "append", tokens, ...joining };
    return { call: "append", tokens, ...joining, edges: random.chance(0.1) ? random.below(1000) : this.edges };
  }

  /** Ascending ranges with at least one position between two of them, or null. */
  private ranges(length: number): number[] | null {
    const { random } = this;
    if (random.chance(0.6)) return null;
    return randomRanges(random, length, () => random.magnitude(length));
  }
}

function count(
  histogram: Histogram,
  kind: TextKind,
  operation: EngineOperation,
  { oracle, survivors }: EngineTrio,
  engines: readonly Engine[],
): void {
  const each = engines.length;
  histogram.steps += each;
  histogram.add("length", lengthBucket(oracle.length), each);
  if (survivors) histogram.add("length with a matcher", lengthBucket(oracle.length), each);
  for (const { name } of engines) histogram.add("backend", name);
  histogram.add("text", kind, each);
  histogram.add("call", operation.call, each);
  if (survivors && oracle.edge.includes(false)) histogram.add("edges", "some tokens have none before them", each);
}

function report(
  seed: number,
  setup: EngineSetup,
  steps: Step<EngineOperation>[],
  mismatch: string,
  engines: readonly Engine[],
): Mismatch {
  const smallest = shrink(steps, (fewer) => replay(setup, fewer, engines));
  const lines = [JSON.stringify(setup), ...smallest.steps.map((step) => JSON.stringify(step))].join("\n  ");
  return new Mismatch(
    `seed ${seed}, step ${steps.length}: ${mismatch}\n` +
      `smallest replay found, ${smallest.steps.length} steps: ${smallest.mismatch}\n  ${lines.slice(0, 10_000)}`,
  );
}

/** The first mismatch of a replay, or null. Calls that have lost what they need are passed over. */
function replay(setup: EngineSetup, steps: Step<EngineOperation>[], engines: readonly Engine[]): string | null {
  return firstMismatch(new EngineDuel(setup, engines), steps, (duel, { on, operation }) =>
    isPossible(operation, duel.trio(on)) ? duel.step(on, operation) : null,
  );
}

function isPossible(operation: EngineOperation, { oracle, survivors }: EngineTrio): boolean {
  if (needsMatcher(operation) && !survivors) return false;
  if (operation.call === "rewind") return operation.depth <= survivors!.at(-1)!.depth;
  if (operation.call === "truncate") return operation.length <= oracle.length;
  if (operation.call === "read") return operation.end <= oracle.length;
  const ranges = "ranges" in operation ? operation.ranges : null;
  return ranges === null || ranges.every((position) => position <= oracle.length);
}
