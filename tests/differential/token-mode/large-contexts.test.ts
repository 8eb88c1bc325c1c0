import { test } from "uvu";
import { account, everyBlockEdge, everyText } from "../account.js";
import { explore, settings } from "../explore.js";
import { largeContexts } from "../suites.js";

test("contexts of up to 100,000 tokens: every backend agrees with the oracle", () => {
  const asked = settings(24_000);
  account("large-contexts", asked, explore(largeContexts, asked), {
    text: everyText(500),
    length: { "50000+": 8_000 },
    "length in a span": { "50000+": 5_000 },
    "edge crossed": everyBlockEdge(2),
  });
});

test.run();
