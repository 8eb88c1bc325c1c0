import { test } from "uvu";
import { account, everyText } from "./account.js";
import { exploreEngine } from "./engine-explorer.js";
import { settings } from "./explore.js";
import { largeEngines, repetitiveEngines, smallEngines } from "./suites.js";

test("the engines alone, small contexts: all agree with the oracle", () => {
  const asked = settings(600_000);
  account("engine, small", asked, exploreEngine(smallEngines, asked), {
    text: everyText(20_000),
    "edge crossed by one token": { 256: 100, 512: 100, 1024: 100 },
    "length with a matcher": { "0-0": 500, "1-63": 20_000, "256-511": 20_000, "1024-4095": 20_000 },
    call: {
      advance: 50_000,
      rewind: 10_000,
      truncate: 5_000,
      fork: 1_000,
      compact: 1_000,
      draft: 5_000,
      sources: 5_000,
    },
    edges: { "some tokens have none before them": 100_000 },
  });
});

test("the engines alone, repetitive texts: all agree with the oracle", () => {
  const asked = settings(100_000);
  account("engine, repetitive", asked, exploreEngine(repetitiveEngines, asked), {
    text: { records: 8_000, log: 8_000, period24: 8_000, staircase: 8_000, fibonacci: 8_000 },
    "length with a matcher": { "1024-4095": 30_000, "4096-8191": 20_000 },
  });
});

test("the engines alone, up to 100,000 tokens: all agree with the oracle", () => {
  const asked = settings(40_000);
  account("engine, large", asked, exploreEngine(largeEngines, asked), {
    text: everyText(1_000),
    "length with a matcher": { "8192-16383": 1_000, "16384-49999": 4_000, "50000+": 10_000 },
    "edge crossed by one token": { 16384: 2, 65536: 5 },
  });
});

test.run();
