import { test } from "uvu";
import { account } from "./account.js";
import { settings } from "./explore.js";
import { exploreTextEngine, type TextGrowth } from "./text-engine-explorer.js";

/** Contexts that a person can read. */
const smallTextEngines: TextGrowth = {
  maxLengths: [12, 40, 40, 120, 300],
  maxAppend: 60,
  length: 120,
  patience: 10,
  periodic: 0.3,
  opening: 30,
};

/** Texts that repeat themselves: many candidates stay alive for long, and end one after the other. */
const periodicTextEngines: TextGrowth = {
  maxLengths: [300, 900],
  maxAppend: 300,
  length: 100,
  patience: 40,
  periodic: 0.8,
  opening: 250,
};

test("the text engines alone, small contexts: all agree with the oracle", () => {
  const asked = settings(100_000);
  account("text engine, small", asked, exploreTextEngine(smallTextEngines, asked), {
    "text engine": {
      "appends that go on with what was cut": 1_000,
      "steps of quotes near the longest": 10_000,
      "closed quotes": 4_000,
      "steps of long quotes": 20,
    },
    call: { advance: 30_000, rewind: 2_000, truncate: 4_000, fork: 800, compact: 1_000, draft: 5_000, find: 4_000 },
  });
});

test("the text engines alone, texts that repeat themselves: all agree with the oracle", () => {
  const asked = settings(20_000);
  account("text engine, periodic", asked, exploreTextEngine(periodicTextEngines, asked), {
    "text engine": { "steps of quotes near the longest": 1_000, "closed quotes": 400, "steps of long quotes": 300 },
    call: { draft: 1_000, find: 800 },
  });
});

test.run();
