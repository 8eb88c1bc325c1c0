import { test } from "uvu";
import { account, everyRule, everyText } from "../account.js";
import { explore, settings } from "../explore.js";
import { smallAlphabets } from "../suites.js";

test("tiny contexts over few letters: every backend agrees with the oracle", () => {
  const asked = settings(800_000);
  account("small-alphabets", asked, explore(smallAlphabets, asked), {
    rule: everyRule(1_000),
    text: everyText(25_000),
    "length in a span": { "0-0": 2_500, "1-63": 100_000, "64-255": 50_000 },
  });
});

test.run();
