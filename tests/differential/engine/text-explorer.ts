import { loadTextEngine } from "../../../lib/engine/load-text.js";
import type { TextEngine } from "../../../lib/engine/text-engine.js";
import { Random } from "../../support/random.js";
import type { Settings } from "../explore.js";
import { Mismatch } from "../token-mode/explorer.js";
import { Histogram, lengthBucket } from "../histogram.js";
import { randomRanges } from "./ranges.js";
import { firstMismatch, shrink, type Step } from "../shrink.js";
import type { TextContextOracle } from "../../oracle/text/oracle.js";
import { bytesOf } from "../text-mode/duel.js";
import { EDGE, needsMatcher, TextEngineDuel, type TextEngineOperation, type TextEngineTrio } from "./text-duel.js";

/** How contexts of text grow. */
export interface TextGrowth {
  maxLengths: readonly number[];
  /** Bytes of a single append, at most. */
  maxAppend: number;
  /** Calls in one scenario. */
  length: number;
  /** How many calls follow a quote before the context changes again, on average. */
  patience: number;
  /** How often an append repeats a few bytes again and again. */
  periodic: number;
  /** Bytes that a scenario begins with. */
  opening: number;
}

/** The group of a histogram with what is counted here. */
const textEngine = "text engine";

/**
 * Plays random calls on the text engines themselves until so many steps were compared. A step is one call on one
 * engine, its result compared, and after it all that the matcher says.
 * @throws Mismatch
 */
export function exploreTextEngine(
  growth: TextGrowth,
  settings: Pick<Settings, "seed" | "steps" | "backends">,
  histogram = new Histogram(),
): Histogram {
  const engines = settings.backends.map((backend) => loadTextEngine(backend));
  const target = histogram.steps + settings.steps;
  for (let seed = settings.seed; histogram.steps < target; seed++) play(growth, seed, engines, histogram);
  return histogram;
}

function play(growth: TextGrowth, seed: number, engines: readonly TextEngine[], histogram: Histogram): void {
  const random = new Random(seed);
  const player = new Player(growth, random);
  const duel = new TextEngineDuel(player.tokens, engines);
  const steps: Step<TextEngineOperation>[] = [];
  try {
    for (let index = 0; index < growth.length; index++) {
      const on = random.chance(0.05) ? random.below(duel.count) : (steps.at(-1)?.on ?? 0) % duel.count;
      const operation = player.propose(duel.trio(on), duel.count);
      steps.push({ on, operation });
      const mismatch = duel.step(on, operation);
      if (mismatch !== null) throw report(seed, player.tokens, steps, mismatch, engines);
      count(histogram, operation, duel.trio(on), engines, steps);
    }
  } finally {
    duel.close();
  }
}

const alphabets = ["ab", "ab<", "aé<", 'a\\nu"', "日a </"];
const tags = ["</r>", "</r>", "<<a", "aa", '"', ""];

/** Proposes calls on contexts of one alphabet. */
class Player {
  readonly tokens: number[][];
  private readonly alphabet: string[];
  /** What appends repeat, more often than other things. */
  private readonly period: number[];
  /** Whether the same run is appended again and again, and which. */
  private readonly repeats: boolean;
  private again: TextEngineOperation | null = null;
  private readonly json: boolean;
  private readonly tag: number[];
  private readonly maxLength: number;
  /** How often an append has a caller's edges, and how often one is then before a byte. */
  private readonly edged: number;
  private readonly edges: number;
  /** How often it is an edge at which quotes only end. */
  private readonly endsOnly: number;

  constructor(
    private readonly growth: TextGrowth,
    private readonly random: Random,
  ) {
    this.alphabet = [...random.pick(alphabets)];
    this.repeats = random.chance(0.3);
    this.period = this.text(random.between(1, 3));
    this.json = this.alphabet.includes("\\") && random.chance(0.7);
    this.tag = bytesOf(random.pick(tags));
    this.maxLength = random.pick(growth.maxLengths);
    this.edges = random.pick([0, 0.02, 0.05, 0.1, 0.3, 0.6]);
    this.edged = random.pick([0, 0.5, 1]);
    this.endsOnly = random.pick([0, 0, 0.2, 0.6]);
    this.tokens = this.randomTokens();
  }

  propose({ oracle, quote }: TextEngineTrio, contexts: number): TextEngineOperation {
    const { random, growth } = this;
    const length = oracle.bytes.length;
    if (quote === null || length === 0 || random.chance(1 / growth.patience)) {
      return this.changeOrBegin(oracle, contexts, quote === null);
    }
    const { bytes: generated, closedAt } = quote.readings.at(-1)!;
    if (closedAt >= 0 && random.chance(0.5)) return this.begin(oracle);
    switch (random.weighted({ advance: 60, stray: 6, bytes: 3, rewind: 5, draft: 12, find: 8, read: 2, begin: 2 })) {
      case "advance": {
        const places = quote.oracle.occurrences(generated);
        if (places.length === 0 || random.chance(0.08)) return this.closing(generated);
        const next = oracle.bytes.slice(random.pick(places) + generated.length);
        const fitting = [...this.tokens.keys()].filter((token) => startsNext(next, this.tokens[token]!));
        return fitting.length === 0 ? this.closing(generated) : { call: "advance", token: random.pick(fitting) };
      }
      case "stray":
        return { call: "advance", token: random.below(this.tokens.length) };
      case "bytes":
        return { call: "advanceBytes", tokens: this.text(random.between(1, 3)) };
      case "rewind":
        return { call: "rewind", depth: quote.readings.length - random.magnitude(quote.readings.length) };
      case "draft":
        return { call: "draft", max: random.magnitude(12), latest: random.chance(0.5) };
      case "find":
        return this.find(generated, length);
      case "read": {
        const start = random.below(length + 1);
        return { call: "read", start, end: Math.min(length, start + random.magnitude(200)) };
      }
      case "begin":
        return this.begin(oracle);
    }
  }

  private changeOrBegin(oracle: TextContextOracle, contexts: number, stale: boolean): TextEngineOperation {
    const { random, growth } = this;
    const { bytes } = oracle;
    const { length } = bytes;
    switch (
      random.weighted({ begin: stale ? 30 : 0, append: 26, truncate: 12, find: 2, compact: 12, fork: 3, leave: 1 })
    ) {
      case "begin":
        return this.begin(oracle);
      case "append":
        if (length >= this.maxLength) return { call: "truncate", length: random.below(length) };
        return this.append(
          Math.min(this.maxLength - length, length === 0 ? growth.opening : random.magnitude(growth.maxAppend)),
        );
      case "truncate":
        return { call: "truncate", length: length - Math.min(length, random.magnitude(length + 1)) };
      case "find": {
        const start = random.below(length + 1);
        return this.find(bytes.slice(start, start + random.magnitude(12)), length);
      }
      case "compact":
        return { call: "compact" };
      case "fork":
        return contexts < 4 ? { call: "fork", replace: random.chance(0.3) } : { call: "leave" };
      case "leave":
        return { call: "leave" };
    }
  }

  /** What is appended goes on with the text before it more often than not. */
  private append(count: number): TextEngineOperation {
    const { random, growth } = this;
    if (this.again !== null && random.chance(0.8)) return this.again;
    const own = random.chance(0.5) ? this.period : this.text(random.between(1, 4));
    const period = random.chance(growth.periodic) ? own : this.text(count);
    const bytes = Array.from({ length: count }, (_, at) => period[at % period.length]!);
    const edges = random.chance(this.edged);
    // Now and then at the two ends: where nothing may start there is nothing to quote, and what is cut may lose an edge.
    const ends = random.chance(0.4);
    const isEdge = (at: number): boolean => random.chance(this.edges) || (ends && (at === 0 || at === count - 1));
    const kind = (): number => (random.chance(this.endsOnly) ? 2 * EDGE : EDGE);
    const tokens = bytes.map((byte, at) => (edges && isEdge(at) ? byte + kind() : byte));
    const [searchable, newRun] = [random.chance(0.95), random.chance(0.2)];
    const append = { call: "append", tokens, edges, searchable, newRun, json: this.json } as const;
    if (this.repeats && tokens.length < 20) this.again = { ...append, newRun: true };
    return append;
  }

  private begin(oracle: TextContextOracle): TextEngineOperation {
    const { random } = this;
    const { length } = oracle;
    // How far a quote may go is hardest to tell where it is about as far as the next edge.
    const gap = longestGap(oracle);
    const usual = random.chance(0.4) ? 4096 : random.between(1, random.pick([6, 20, 20, 60]));
    const maxBytes = gap > 4 && random.chance(0.3) ? Math.max(1, gap + random.between(-6, 2)) : usual;
    const minBytes = random.chance(0.7) ? 0 : random.below(Math.min(5, maxBytes) + 1);
    return { call: "begin", ranges: this.ranges(length), tag: this.tag, minBytes, maxBytes };
  }

  /** A token with which the tag begins or goes on; or any. */
  private closing(generated: readonly number[]): TextEngineOperation {
    const { random, tag } = this;
    const begun = [...tag.keys()].filter((n) => n <= generated.length && endsWith(generated, tag.slice(0, n)));
    const rests = begun.map((n) => tag.slice(n));
    const fitting = [...this.tokens.keys()].filter((token) =>
      rests.some((rest) => this.tokens[token]!.length > 0 && startsEither(rest, this.tokens[token]!)),
    );
    return { call: "advance", token: fitting.length > 0 ? random.pick(fitting) : random.below(this.tokens.length) };
  }

  private find(bytes: readonly number[], length: number): TextEngineOperation {
    const { random } = this;
    const tokens = bytes.slice(0, random.chance(0.7) ? bytes.length : random.below(bytes.length + 1));
    return { call: "find", tokens, ranges: this.ranges(length), limit: random.magnitude(40) };
  }

  /** Ascending ranges, or null. */
  private ranges(length: number): number[] | null {
    const { random } = this;
    if (random.chance(0.7)) return null;
    return randomRanges(random, length, () => random.below(3) * random.magnitude(length));
  }

  private text(count: number): number[] {
    const bytes: number[] = [];
    while (bytes.length < count) bytes.push(...bytesOf(this.random.pick(this.alphabet)));
    return bytes.slice(0, count);
  }

  /** Every byte, pieces of texts and tags cut anywhere, some twice, one without bytes. */
  private randomTokens(): number[][] {
    const { random, tag } = this;
    const tokens = [...new Set([...bytesOf(this.alphabet.join("")), ...tag])].map((byte) => [byte]);
    for (let left = random.between(3, 12); left > 0; left--) {
      const whole = [...this.text(random.below(5)), ...tag.slice(0, random.below(tag.length + 1))];
      const start = random.below(whole.length + 1);
      tokens.push(random.chance(0.1) ? random.pick(tokens) : whole.slice(start, start + random.magnitude(6)));
    }
    return [...tokens, []];
  }
}

/** The longest stretch of a run without an edge in it. */
function longestGap(oracle: TextContextOracle): number {
  let longest = 0;
  for (let i = 0, gap = 0; i < oracle.length; i++) {
    const { run, edge } = oracle.at(i)!;
    gap = run === -1 || run === i || edge ? 1 : gap + 1;
    longest = Math.max(longest, gap);
  }
  return longest;
}

function startsNext(text: readonly number[], token: readonly number[]): boolean {
  return token.length > 0 && token.every((byte, at) => text[at] === byte);
}

function startsEither(one: readonly number[], other: readonly number[]): boolean {
  return one.every((byte, at) => at >= other.length || other[at] === byte);
}

function endsWith(bytes: readonly number[], end: readonly number[]): boolean {
  return end.every((byte, at) => bytes[bytes.length - end.length + at] === byte);
}

function count(
  histogram: Histogram,
  operation: TextEngineOperation,
  { oracle, quote }: TextEngineTrio,
  engines: readonly TextEngine[],
  steps: readonly Step<TextEngineOperation>[],
): void {
  const each = engines.length;
  histogram.steps += each;
  histogram.add("length", lengthBucket(oracle.bytes.length), each);
  for (const { name } of engines) histogram.add("backend", name);
  histogram.add("call", operation.call, each);
  const add = (what: string, happened: boolean): void => histogram.add(textEngine, what, happened ? each : 0);
  const goesOn = operation.call === "append" && !operation.newRun && operation.searchable;
  add("appends that go on with what was cut", goesOn && steps.at(-2)?.operation.call === "truncate");
  if (quote === null) return;
  const now = quote.readings.at(-1)!;
  add("steps of quotes near the longest", now.bytes.length > 0 && quote.oracle.maxBytes - now.bytes.length < 8);
  add("closed quotes", now.closedAt >= 0);
  add("steps of long quotes", now.bytes.length > 20);
}

function report(
  seed: number,
  tokens: number[][],
  steps: Step<TextEngineOperation>[],
  mismatch: string,
  engines: readonly TextEngine[],
): Mismatch {
  const smallest = shrink(steps, (fewer) => replay(tokens, fewer, engines));
  const lines = [JSON.stringify(tokens), ...smallest.steps.map((step) => JSON.stringify(step))].join("\n  ");
  return new Mismatch(
    `seed ${seed}, step ${steps.length}: ${mismatch}\n` +
      `smallest replay found, ${smallest.steps.length} steps: ${smallest.mismatch}\n  ${lines.slice(0, 10_000)}`,
  );
}

/** The first mismatch of a replay, or null. Calls that have lost what they need are passed over. */
function replay(tokens: number[][], steps: Step<TextEngineOperation>[], engines: readonly TextEngine[]): string | null {
  return firstMismatch(new TextEngineDuel(tokens, engines), steps, (duel, { on, operation }) =>
    isPossible(operation, duel.trio(on)) ? duel.step(on, operation) : null,
  );
}

function isPossible(operation: TextEngineOperation, { oracle, quote }: TextEngineTrio): boolean {
  const { length } = oracle.bytes;
  if (needsMatcher(operation) && quote === null) return false;
  if (operation.call === "rewind") return operation.depth < quote!.readings.length;
  if (operation.call === "truncate") return operation.length <= length;
  if (operation.call === "read") return operation.end <= length;
  const ranges = "ranges" in operation ? operation.ranges : null;
  return ranges === null || ranges.every((position) => position <= length);
}
