import type { Measurement, Results } from "../../bench/harness/results.js";
import { commonTexts, ways } from "../../bench/report/select.js";

const machine = {
  processor: "a processor",
  cores: 2,
  memoryBytes: 2 ** 33,
  system: "a system",
  node: "v20.0.0",
  commit: "abc1234",
  date: "2026-01-02T03:04Z",
};

const prose = { text: "natural text", tokens: 131_072, vocabulary: 151_936 };

/** Small results of all benchmarks, with round figures. */
export function reportResults(): Map<string, Results> {
  const all: Record<string, Measurement[]> = {
    engine: engine(),
    theory: theory(),
    text: text(),
    session: [
      { subject: "step", way: "Verbatim", ...prose, value: 100, unit: "ns" },
      { subject: "step", way: "Verbatim in JavaScript", ...prose, value: 400, unit: "ns" },
    ],
    peers: peers(),
    "node-llama-cpp": [{ subject: "pass of 9 tokens", way: "node-llama-cpp", value: 33.5, unit: "ms" }],
    transformers: [{ subject: "time per token", way: "generate", value: 8.9, unit: "ms" }],
    "web-llm": [{ subject: "token inside a quote", way: "Verbatim in JavaScript", value: 17, unit: "µs" }],
  };
  return new Map(
    Object.entries(all).map(([bench, measurements]) => [bench, { bench, machine, full: false, measurements }]),
  );
}

function engine(): Measurement[] {
  const nanoseconds = { [ways.rescan]: 1, [ways.filter]: 0.05 };
  return commonTexts.flatMap((name) =>
    [1000, 10_000, 131_072].flatMap((tokens): Measurement[] => {
      const where = { text: name, tokens, vocabulary: 151_936 };
      const step = { ...where, subject: "step as a bitmask", unit: "ns" };
      return [
        ...Object.entries(nanoseconds).map(([way, each]) => ({ ...step, way, value: each * tokens })),
        { ...step, way: ways.verbatim, value: 40 },
        {
          ...where,
          subject: "context ready",
          way: ways.verbatim,
          value: name === "log lines" ? 80 : 20,
          unit: "ns/token",
        },
        { ...where, subject: "memory", way: ways.verbatim, value: 12.5, unit: "bytes/token" },
      ];
    }),
  );
}

function theory(): Measurement[] {
  return commonTexts.flatMap((name) => [
    ...[0, 1, 2, 4, 8].flatMap((depth): Measurement[] => {
      const where = { text: name, tokens: 10_000, depth };
      return [
        {
          ...where,
          subject: "candidates by depth",
          way: "counted",
          value: 10_000 / 10 ** depth + 1,
          unit: "positions",
        },
        { ...where, subject: "step by depth", way: ways.rescan, value: 9000, unit: "ns" },
        { ...where, subject: "step by depth", way: ways.filter, value: depth === 1 ? 5000 : 200, unit: "ns" },
        { ...where, subject: "step by depth", way: ways.verbatim, value: depth === 1 ? 50 : 20, unit: "ns" },
      ];
    }),
    ...[1000, 10_000].flatMap((tokens): Measurement[] => {
      const where = { text: name, tokens };
      return [
        { ...where, subject: "counted work", way: "counted", value: 2 * tokens, unit: "positions" },
        { ...where, subject: "whole span", way: ways.rescan, value: 30 * tokens, unit: "ns" },
        { ...where, subject: "whole span", way: ways.filter, value: 3 * tokens, unit: "ns" },
        { ...where, subject: "whole span", way: ways.verbatim, value: 500, unit: "ns" },
      ];
    }),
  ]);
}

function text(): Measurement[] {
  const of = (subject: string, value: number, unit: string) => ({
    ...{ subject, value, unit },
    ...{ way: ways.verbatim, text: "natural text" },
  });
  return [
    of("context ready", 70, "ns/byte"),
    of("step, new context", 900, "ns"),
    of("step, same spans again", 600, "ns"),
    of("step, p99", 3000, "ns"),
    of("memory", 10, "bytes/byte"),
  ];
}

function peers(): Measurement[] {
  const of = (way: string, figures: Record<string, [number, string]>) =>
    Object.entries(figures).map(([subject, [value, unit]]) => ({
      ...{ subject, way: `a host: ${way}`, value, unit },
      ...{ text: "report", tokens: 2000 },
    }));
  return [
    ...of("Verbatim", { "set-up": [2, "ms"], "opening a quote": [9, "ms"], "time per token": [5, "ms"] }),
    ...of("a grammar", { "set-up": [300, "ms"], "opening a quote": [600, "ms"], "time per token": [50, "ms"] }),
    ...of("a ban", { "set-up": [1, "ms"], "opening a quote": [30, "ms"], "time per token": [20, "ms"] }),
    ...of("asking", { "opening a quote": [8, "ms"], "time per token": [4, "ms"], "exact quotes": [0.5, "ratio"] }),
  ];
}
