import { test } from "uvu";
import { account } from "../account.js";
import { explore, settings } from "../explore.js";
import { manyDocuments } from "../suites.js";
import { exploreTexts } from "../text-mode/explorer.js";
import { manyTexts } from "../text-mode/plans.js";

test("a thousand documents of tokens: every backend agrees with the oracle", () => {
  const asked = settings(30_000);
  account("many-documents", asked, explore(manyDocuments, asked), {
    rule: { 5: 1_000, 10: 1_000, 12: 100, 13: 1_000 },
    verb: { beginSpan: 500, sources: 300, fork: 50 },
  });
});

test("a thousand documents of text: every backend of text mode agrees with the oracle", () => {
  const asked = settings(4_000);
  account("many-texts", asked, exploreTexts(manyTexts, asked), {
    "text mode": { "spans opened by a tag": 50, "spans closed by a tag": 40, "spans that search some segments": 10 },
  });
});

test.run();
