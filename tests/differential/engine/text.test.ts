import { test } from "uvu";
import { account } from "../account.js";
import { settings } from "../explore.js";
import { largeTextEngines, periodicTextEngines, smallTextEngines } from "../suites.js";
import { exploreTextEngine } from "./text-explorer.js";

test("the text engines alone, small contexts: all agree with the oracle", () => {
  const asked = settings(100_000);
  account("text engine, small", asked, exploreTextEngine(smallTextEngines, asked), {
    "text engine": {
      "appends that go on with what was cut": 1_000,
      "steps of quotes near the longest": 10_000,
      "closed quotes": 4_000,
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

test("the text engines alone, texts that are indexed when they are searched: all agree with the oracle", () => {
  const asked = settings(400);
  account("text engine, large", asked, exploreTextEngine(largeTextEngines, asked), {
    length: { "4096-8191": 200 },
    call: { advance: 60, append: 40 },
  });
});

test.run();
