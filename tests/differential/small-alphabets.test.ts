import { test } from "uvu";
import { account, everyRule, everyText } from "./account.js";
import { explore, settings } from "./explore.js";
import { smallAlphabets } from "./suites.js";

test("tiny contexts over few letters: every backend agrees with the oracle", () => {
  const asked = settings(1_600_000);
  account("small-alphabets", asked, explore(smallAlphabets, asked), {
    rule: everyRule(2_000),
    text: everyText(50_000),
    "length in a span": { "0-0": 5_000, "1-63": 200_000, "64-255": 100_000 },
  });
});

test.run();
