import { test } from "uvu";
import { account } from "../account.js";
import { settings } from "../explore.js";
import { exploreTexts } from "./explorer.js";
import { largeTexts } from "./plans.js";

test("contexts of thousands of bytes: every backend of text mode agrees with the oracle", () => {
  const asked = settings(2_000);
  account("text-large", asked, exploreTexts(largeTexts, asked), {
    "text mode": {
      "spans opened by a tag": 50,
      "spans closed by a tag": 40,
      "spans reopened": 1,
      "large contexts searched": 50,
    },
  });
});

test.run();
