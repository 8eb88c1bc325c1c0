import { test } from "uvu";
import { account, everyText } from "../account.js";
import { exploreEngine } from "./explorer.js";
import { settings } from "../explore.js";
import { largeEngines, repetitiveEngines, smallEngines } from "../suites.js";

test("the engines alone, small contexts: all agree with the oracle", () => {
  const asked = settings(300_000);
  account("engine, small", asked, exploreEngine(smallEngines, asked), {
    text: everyText(10_000),
    "edge crossed by one token": { 256: 50, 512: 50, 1024: 50 },
    "length with a matcher": { "0-0": 250, "1-63": 10_000, "256-511": 10_000, "1024-4095": 10_000 },
    call: {
      advance: 25_000,
      rewind: 5_000,
      truncate: 2_500,
      fork: 500,
      compact: 500,
      draft: 2_500,
      sources: 2_500,
    },
    edges: { "some tokens have none before them": 50_000 },
  });
});

test("the engines alone, repetitive texts: all agree with the oracle", () => {
  const asked = settings(50_000);
  account("engine, repetitive", asked, exploreEngine(repetitiveEngines, asked), {
    text: { records: 4_000, log: 4_000, period24: 4_000, staircase: 4_000, fibonacci: 4_000 },
    "length with a matcher": { "1024-4095": 15_000, "4096-8191": 10_000 },
  });
});

test("the engines alone, up to 100,000 tokens: all agree with the oracle", () => {
  const asked = settings(20_000);
  account("engine, large", asked, exploreEngine(largeEngines, asked), {
    text: everyText(500),
    "length with a matcher": { "8192-16383": 250, "16384-49999": 1_000, "50000+": 5_000 },
    "edge crossed by one token": { 16384: 1, 65536: 2 },
  });
});

test.run();
