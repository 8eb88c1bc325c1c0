import { test } from "uvu";
import { account, everyRule, everyText } from "./account.js";
import { explore, settings } from "./explore.js";
import { mediumContexts } from "./suites.js";

test("vocabularies of real tokenizers: every backend agrees with the oracle", () => {
  const asked = settings(120_000);
  account("real-vocabularies", asked, explore(mediumContexts, asked), {
    rule: { ...everyRule(200), 3: 20_000 },
    text: everyText(4_000),
    "edge crossed by one token": { 1024: 20, 4096: 20, 8192: 5 },
    "length in a span": { "1024-4095": 10_000, "4096-8191": 2_000 },
  });
});

test.run();
