import { test } from "uvu";
import { account, everyRule, everyText } from "./account.js";
import { explore, settings } from "./explore.js";
import { undoing } from "./suites.js";

test("truncations, forks and shared contexts: every backend agrees with the oracle", () => {
  const asked = settings(800_000);
  account("undoing", asked, explore(undoing, asked), {
    rule: { ...everyRule(500), 9: 50_000 },
    text: everyText(20_000),
    verb: { truncate: 10_000, rollback: 20_000, fork: 5_000, open: 2_000, reset: 200 },
    "length in a span": { "1-63": 50_000, "256-511": 20_000, "1024-4095": 1_000 },
  });
});

test.run();
