import { test } from "uvu";
import { account, everyRule, everyText } from "../account.js";
import { explore, settings } from "../explore.js";
import { undoing } from "../suites.js";

test("truncations, forks and shared contexts: every backend agrees with the oracle", () => {
  const asked = settings(400_000);
  account("undoing", asked, explore(undoing, asked), {
    rule: { ...everyRule(250), 9: 25_000 },
    text: everyText(10_000),
    verb: { truncate: 5_000, rollback: 10_000, fork: 2_500, open: 1_000, reset: 100 },
    "length in a span": { "1-63": 25_000, "256-511": 10_000, "1024-4095": 500 },
  });
});

test.run();
