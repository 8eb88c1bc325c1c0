import type { Engine, EngineContext, EngineMatcher } from "../../../lib/engine/engine.js";
import { ContextOracle, type Range, Survivors } from "../../oracle/oracle.js";
import { Trios } from "./trios.js";

/** One call on the engine interface, as plain data. */
export type EngineOperation =
  /** `edges`: chooses before which tokens a quote may start, see `edgesBefore`; absent: before each. */
  | { call: "append"; tokens: number[]; searchable: boolean; newRun: boolean; edges?: number }
  | { call: "truncate"; length: number }
  | { call: "compact" }
  /** A copy of the context joins the contexts of the scenario; or takes its place. */
  | { call: "fork"; replace: boolean }
  | { call: "leave" }
  /** `ranges`: flat, as the interface has them. */
  | { call: "begin"; ranges: number[] | null }
  | { call: "advance"; token: number }
  | { call: "rewind"; depth: number }
  | { call: "draft"; max: number; latest: boolean }
  | { call: "sources"; ranges: number[] | null; limit: number }
  | { call: "read"; start: number; end: number }
  | { call: "fill"; width: number };

export interface EngineSetup {
  vocabSize: number;
  barriers: number[];
}

/** One context with its matcher on every engine, and the oracle's view of them. */
export interface EngineTrio {
  oracle: ContextOracle;
  /** S_0 … S_k; null: the context changed after the last `begin`. */
  survivors: Survivors[] | null;
  contexts: EngineContext[];
  matchers: EngineMatcher[];
}

/** The same calls on every engine and on the oracle, compared after each. */
export class EngineDuel {
  private readonly trios: Trios<EngineTrio>;
  private steps = 0;

  constructor(
    private readonly setup: EngineSetup,
    private readonly engines: readonly Engine[],
  ) {
    const { vocabSize, barriers } = setup;
    const contexts = engines.map((engine) => engine.createContext({ vocabSize, barriers: Int32Array.from(barriers) }));
    const matchers = contexts.map((context) => context.matcher());
    this.trios = new Trios<EngineTrio>({
      oracle: new ContextOracle(new Set(barriers)),
      survivors: null,
      contexts,
      matchers,
    });
  }

  get count(): number {
    return this.trios.count;
  }

  trio(on: number): EngineTrio {
    return this.trios.at(on);
  }

  /** Performs the call on every side. Returns how they differ, or null. */
  step(on: number, operation: EngineOperation): string | null {
    this.steps++;
    const trio = this.trio(on);
    if (operation.call === "fork") return this.fork(trio, operation.replace);
    if (operation.call === "leave") {
      this.trios.leave(trio);
      return null;
    }
    const expected = JSON.stringify(callOracle(trio, operation));
    for (const [index, engine] of this.engines.entries()) {
      const returned = callEngine(engine, trio.contexts[index]!, trio.matchers[index]!, operation);
      const actual = JSON.stringify(returned);
      if (actual !== expected) return `${engine.name}: ${operation.call} returns ${actual}, expected ${expected}`;
    }
    return this.different(trio);
  }

  close(): void {
    this.trios.close();
  }

  private fork(trio: EngineTrio, replace: boolean): string | null {
    const contexts = trio.contexts.map((context) => context.fork());
    const matchers = contexts.map((context) => context.matcher());
    const copy = { oracle: trio.oracle.fork(), survivors: null, contexts, matchers };
    this.trios.join(copy, trio, replace);
    return this.different(copy) ?? (replace ? null : this.different(trio));
  }

  private different({ oracle, survivors, contexts, matchers }: EngineTrio): string | null {
    const now = survivors?.at(-1);
    const next = now && now.continuations();
    for (const [index, engine] of this.engines.entries()) {
      const context = contexts[index]!;
      const matcher = matchers[index]!;
      if (context.length !== oracle.length) return `${engine.name}: length is ${context.length}, not ${oracle.length}`;
      if (!now || !next) continue;
      if (matcher.depth !== now.depth) return `${engine.name}: depth is ${matcher.depth}, expected ${now.depth}`;
      const actual = matcher.continuations();
      if (actual.length !== next.length || next.some((token, at) => actual[at] !== token)) {
        return `${engine.name}: continuations are [${shorten(actual)}], expected [${shorten(next)}]`;
      }
      const mayEnd = now.mayEnd();
      if (matcher.mayEnd() !== mayEnd) return `${engine.name}: mayEnd() is ${!mayEnd}, expected ${mayEnd}`;
      for (const token of [(this.steps * 7919) % this.setup.vocabSize, next[this.steps % next.length] ?? 0]) {
        const expected = next.includes(token);
        if (matcher.allows(token) !== expected) return `${engine.name}: allows(${token}) is ${!expected}`;
      }
    }
    return null;
  }
}

function callOracle(trio: EngineTrio, operation: EngineOperation): unknown {
  const { oracle, survivors } = trio;
  const now = survivors?.at(-1);
  switch (operation.call) {
    case "append":
      trio.survivors = null;
      oracle.append(operation.tokens, { ...operation, edges: edgesBefore(operation) });
      return null;
    case "truncate":
      trio.survivors = null;
      oracle.truncate(operation.length);
      return null;
    case "compact":
      trio.survivors = null;
      return null;
    case "begin":
      trio.survivors = [Survivors.all(oracle, toRanges(operation.ranges, oracle.length))];
      return null;
    case "advance": {
      if (!survivors || !now) return null;
      if (!now.continuations().includes(operation.token)) return false;
      survivors.push(now.advance(operation.token));
      return true;
    }
    case "rewind":
      if (survivors) survivors.length = operation.depth + 1;
      return null;
    case "draft":
      return now ? now.draft(operation.max, operation.latest) : null;
    case "sources": {
      if (!now) return null;
      const inside = toRanges(operation.ranges, oracle.length);
      const quoted = now.positions.filter((i) => inside.some(([start, end]) => start <= i && i + now.depth <= end));
      return now.depth === 0 ? [] : quoted.slice(0, operation.limit);
    }
    case "read":
      return oracle.tokens.slice(operation.start, operation.end);
    case "fill": {
      const kept = new Set(now?.continuations());
      return Array.from({ length: operation.width }, (_, column) => (kept.has(column) ? column + 0.5 : -7));
    }
    default:
      return null;
  }
}

function callEngine(
  engine: Engine,
  context: EngineContext,
  matcher: EngineMatcher,
  operation: EngineOperation,
): unknown {
  switch (operation.call) {
    case "append": {
      const { tokens, searchable, newRun } = operation;
      const edges = edgesBefore(operation);
      context.append(Int32Array.from(tokens), { searchable, newRun, edges: edges && Uint8Array.from(edges, Number) });
      return null;
    }
    case "truncate":
      context.truncate(operation.length);
      return null;
    case "compact":
      context.compact();
      return null;
    case "begin":
      matcher.begin(operation.ranges && Int32Array.from(operation.ranges));
      return null;
    case "advance":
      return matcher.advance(operation.token);
    case "rewind":
      matcher.rewind(operation.depth);
      return null;
    case "draft":
      return Array.from(matcher.draft(operation.max, operation.latest));
    case "sources":
      return Array.from(matcher.sources(operation.ranges && Int32Array.from(operation.ranges), operation.limit));
    case "read":
      return Array.from(context.read(operation.start, operation.end));
    case "fill": {
      const row = Float32Array.from({ length: operation.width }, (_, column) => column + 0.5);
      engine.maskedFill(row, matcher.continuations(), -7);
      return Array.from(row);
    }
    default:
      return null;
  }
}

/**
 * Edges that some tokens always have before them, some never, and others depending on the token before: as the pieces
 * of words have them. They are a function of the tokens, so that fewer tokens keep theirs.
 */
function edgesBefore({ tokens, edges }: Extract<EngineOperation, { call: "append" }>): boolean[] | undefined {
  if (edges === undefined) return undefined;
  return tokens.map((token, index) => {
    const habit = mix(edges, token) % 4;
    return habit < 3 ? habit === 0 : mix(edges, token, tokens[index - 1] ?? 0) % 2 === 0;
  });
}

/** A number that each of the others changes. */
function mix(...numbers: number[]): number {
  return numbers.reduce((mixed, number) => Math.imul(mixed ^ number ^ (mixed >>> 15), 0x2c1b3c6d), 1) >>> 8;
}

/** Calls that need a matcher that has begun after the context's last change. */
export function needsMatcher({ call }: EngineOperation): boolean {
  return call === "advance" || call === "rewind" || call === "draft" || call === "sources" || call === "fill";
}

function toRanges(flat: number[] | null, length: number): Range[] {
  if (flat === null) return [[0, length]];
  return Array.from({ length: flat.length / 2 }, (_, index): Range => [flat[2 * index]!, flat[2 * index + 1]!]);
}

function shorten(tokens: ArrayLike<number>): string {
  const shown = Array.from(tokens).slice(0, 40).join(" ");
  return tokens.length <= 40 ? shown : `${shown} … (${tokens.length})`;
}
