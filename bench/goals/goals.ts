import { figure, select, show } from "../harness/figures.js";
import type { Measurement, Results } from "../harness/results.js";
import type { Bound } from "../harness/verdict.js";
import { adversarialTexts, realisticTexts } from "../texts.js";

/** One goal for one size of context. */
export interface Goal {
  readonly name: string;
  /** The size of the context, or "any". */
  readonly context: string;
  readonly bound: Bound;
  readonly unit: string;
  /** What was measured, by text or case; NaN where it was not. */
  readonly figures: Readonly<Record<string, number>>;
}

const WIDTH = 151_936;
const UNALIGNED_WIDTH = 151_669;
const SIZES = [131_072, 1_048_576] as const;
const TYPICAL = ["natural text", "key–value JSON"];
const ADVERSARIAL = Object.keys(adversarialTexts);
const ALL = [...Object.keys(realisticTexts), ...ADVERSARIAL];

type Figures = Readonly<Record<string, number>>;
type Bounds = readonly [small: Bound, large: Bound];

/** The goals of one core of a CPU, for spans of 32 tokens. */
export function goals(results: ReadonlyMap<string, Results>): Goal[] {
  const of = (bench: string): readonly Measurement[] => results.get(bench)?.measurements ?? [];
  return [
    ...engineGoals(of("engine")),
    ...sessionGoals(of("session")),
    ...sharingGoals(of("session-sharing")),
    ...draftGoals(of("node-llama-cpp")),
    ...textGoals(of("text")),
    ...prepareGoals(of("prepare")),
  ];
}

/** The same goal for both sizes of a context. */
function atBothSizes(name: string, unit: string, bounds: Bounds, figures: (tokens: number) => Figures): Goal[] {
  return SIZES.map((tokens, i) => ({
    name,
    context: `${show(tokens)} tokens`,
    bound: bounds[i]!,
    unit,
    figures: figures(tokens),
  }));
}

function atMost(small: number, large = small): Bounds {
  return [{ atMost: small }, { atMost: large }];
}

function byText(texts: readonly string[], value: (text: string) => number): Figures {
  return Object.fromEntries(texts.map((text) => [text, value(text)]));
}

/** The largest figure of some texts, with the text's name. */
function worst(texts: readonly string[], value: (text: string) => number): Figures {
  const values = texts.map((text) => [text, value(text)] as const).filter(([, of]) => !Number.isNaN(of));
  if (values.length === 0) return { worst: NaN };
  const [text, most] = values.reduce((found, next) => (next[1] > found[1] ? next : found));
  return { [`worst: ${text}`]: most };
}

function engineGoals(measurements: readonly Measurement[]): Goal[] {
  const value = (tokens: number, text: string, wanted: Partial<Measurement>) =>
    figure(measurements, { vocabulary: WIDTH, way: "Verbatim", tokens, text, ...wanted });
  const typical =
    (wanted: Partial<Measurement>, scale = 1) =>
    (tokens: number) =>
      byText(TYPICAL, (text) => value(tokens, text, wanted) * scale);
  const worstOf =
    (texts: readonly string[], wanted: Partial<Measurement>, scale = 1) =>
    (tokens: number) =>
      worst(texts, (text) => value(tokens, text, wanted) * scale);
  const against = (way: string) => (tokens: number) =>
    byText(TYPICAL, (text) => {
      const step = { subject: "step as a bitmask" };
      return value(tokens, text, { ...step, way }) / value(tokens, text, step);
    });
  const microseconds = 1e-3;
  const p99 = { subject: "step, p99", cache: "warm" } as const;
  const append = { subject: "append one token" };
  const worstAppend = { subject: "append one token, worst" };
  return [
    ...atBothSizes(
      "step against the paper's filter",
      "×",
      [{ atLeast: 40 }, { atLeast: 150 }],
      against("the paper's filter"),
    ),
    ...atBothSizes("step against a rescan in C++", "×", [{ atLeast: 1_000 }, { atLeast: 5_000 }], against("a rescan")),
    ...atBothSizes("step, mean, as a bitmask", "ns", atMost(30, 55), typical({ subject: "step as a bitmask" })),
    ...atBothSizes("step, mean, as ids", "ns", atMost(15, 25), typical({ subject: "step as ids" })),
    ...atBothSizes("step, p99, warm", "µs", atMost(0.6, 1.5), typical(p99, microseconds)),
    ...atBothSizes("step, p99, L2 evicted", "µs", atMost(3, 4), typical({ ...p99, cache: "evicted" }, microseconds)),
    ...atBothSizes("step, p99, adversarial text", "µs", atMost(1, 2), worstOf(ADVERSARIAL, p99, microseconds)),
    ...atBothSizes("context ready, per token", "ns", atMost(10, 15), typical({ subject: "context ready" })),
    ...atBothSizes("context ready, worst text", "ns", atMost(60), worstOf(ALL, { subject: "context ready" })),
    ...atBothSizes("append one token, mean", "ns", atMost(50), typical(append)),
    ...atBothSizes("append one token, mean, adversarial", "ns", atMost(50), worstOf(ADVERSARIAL, append)),
    ...atBothSizes("append one token, worst of 2,000", "µs", atMost(50), typical(worstAppend, microseconds)),
    ...atBothSizes(
      "append one token, worst of 2,000, adversarial",
      "µs",
      atMost(50),
      worstOf(ADVERSARIAL, worstAppend, microseconds),
    ),
    ...atBothSizes("memory per token, token store included", "bytes", atMost(30, 16), typical({ subject: "memory" })),
    ...atBothSizes("memory per token, adversarial", "bytes", atMost(40), worstOf(ADVERSARIAL, { subject: "memory" })),
  ];
}

function sessionGoals(measurements: readonly Measurement[]): Goal[] {
  const value = (wanted: Partial<Measurement>) =>
    figure(measurements, { vocabulary: WIDTH, way: "Verbatim", text: "natural text", ...wanted });
  const step = (tokens: number) =>
    byText(TYPICAL, (text) => value({ subject: "step", cache: "warm", depth: undefined, tokens, text }));
  /** Of whichever widths were measured over such a context, against a plain fill of the same row. */
  const masked = (depth: number) => (tokens: number) =>
    byWidth(tokens, (vocabulary) => {
      const row = { tokens, vocabulary, cache: "warm" } as const;
      return value({ ...row, subject: "apply", depth }) / value({ ...row, subject: "plain fill", way: "row.fill" });
    });
  const draw = (tokens: number) =>
    byWidth(tokens, (vocabulary) => value({ subject: "constrained draw", tokens, vocabulary }) / 1_000);
  const byWidth = (tokens: number, of: (vocabulary: number) => number): Figures =>
    Object.fromEntries(
      (tokens === SIZES[0] ? [WIDTH, UNALIGNED_WIDTH] : [WIDTH]).map((width) => [`V = ${show(width)}`, of(width)]),
    );
  const batch = (cache: "warm" | "evicted") =>
    value({ subject: "batch step", tokens: SIZES[0], rows: 256, cache }) / 1_000;
  return [
    ...atBothSizes("the same step from JavaScript", "ns", atMost(200, 250), step),
    ...atBothSizes("`apply` on a row against a plain fill, few ids allowed (k = 8)", "×", atMost(1.1), masked(8)),
    ...atBothSizes("`apply` on a row against a plain fill, many ids allowed (k = 0)", "×", atMost(1.1), masked(0)),
    ...atBothSizes("drawing inside a span, at most 64 ids", "µs", atMost(1), draw),
    ...(["evicted", "warm"] as const).map((cache) => ({
      name: `step of a batch of 256, one thread, ${cache === "warm" ? "warm" : "L2 evicted"}`,
      context: `${show(SIZES[0])} tokens`,
      bound: { atMost: cache === "warm" ? 70 : 100 },
      unit: "µs",
      figures: { "natural text": batch(cache) },
    })),
  ];
}

/** Of whatever number of documents there is, in both modes, on both engines. */
function sharingGoals(measurements: readonly Measurement[]): Goal[] {
  const most = (subject: string) => {
    const held = select(measurements, { subject }).map(({ value: bytes }) => bytes);
    return held.length === 0 ? NaN : Math.max(...held);
  };
  const name = "a session or a fork on a frozen context";
  const figures = { session: most("bytes of a session"), fork: most("bytes of a fork") };
  return [{ name, context: "any", bound: { atMost: 16_000 }, unit: "bytes", figures }];
}

function draftGoals(measurements: readonly Measurement[]): Goal[] {
  const passes = select(measurements, { subject: "passes for a quote of 32 tokens", way: "by draft" });
  const most = passes.length === 0 ? NaN : Math.max(...passes.map(({ value }) => value));
  const name = "forward passes for a quote of 32 tokens, by draft";
  return [{ name, context: "any", bound: { atMost: 8 }, unit: "passes", figures: { most } }];
}

/** Text mode's own goals, for a vocabulary of at least 150,000 tokens; adversarial text has ten times as much. */
function textGoals(measurements: readonly Measurement[]): Goal[] {
  const goal = (name: string, unit: string, limit: number, figures: Figures): Goal => {
    return { name, context: "1 MB of text", bound: { atMost: limit }, unit, figures };
  };
  const step = (subject: string) => (text: string) => figure(measurements, { text, subject }) / 1_000;
  const [first, again] = [step("step, new context"), step("step, same spans again")];
  const ready = (text: string) => figure(measurements, { text, subject: "context ready" });
  return [
    goal("text mode, step, mean, the first spans of a new context", "µs", 1, byText(TYPICAL, first)),
    goal("text mode, step, mean, the same spans again", "µs", 1, byText(TYPICAL, again)),
    goal("text mode, step, adversarial", "µs", 10, worst(ADVERSARIAL, first)),
    goal("text mode, context ready, per byte", "ns", 100, byText(TYPICAL, ready)),
    goal("text mode, context ready, adversarial", "ns", 1_000, worst(ADVERSARIAL, ready)),
  ];
}

/** That the event loop goes on turning while a context is indexed on another thread. */
function prepareGoals(measurements: readonly Measurement[]): Goal[] {
  const wanted = { subject: "timer late while indexed", way: "prepare", condition: "p99" };
  return [
    {
      name: "Timer of 10 ms late while a context is prepared, p99",
      context: "10 MB of text",
      bound: { atMost: 20 },
      unit: "ms",
      figures: { "natural text": figure(measurements, wanted) },
    },
  ];
}
