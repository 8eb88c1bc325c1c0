import { test } from "uvu";
import { account } from "../account.js";
import { settings } from "../explore.js";
import { exploreTexts } from "./explorer.js";
import { smallTexts } from "./plans.js";

test("small vocabularies that overlap: every backend of text mode agrees with the oracle", () => {
  const asked = settings(40_000);
  account("text-small", asked, exploreTexts(smallTexts, asked), {
    "text mode": {
      "spans opened by a tag": 1_000,
      "spans closed by a tag": 1_000,
      "spans closed in JSON mode": 150,
      "spans closed with snap": 100,
      "JSON cut inside a character": 20,
      "JSON that goes on after a cut": 5,
      "quotes that the opening token begins": 200,
      "spans that end with more text in the token": 60,
      "spans reopened": 150,
      "spans of both readings": 400,
      "spans of several tag readings": 20,
      "masks outside a span": 1_000,
      "spans with nothing allowed": 1_000,
      "sources of closed quotes": 300,
      "spans that search some segments": 300,
      "spans in JSON mode with snap": 200,
      "tags withheld for the least length": 800,
      "cuts inside an escape sequence": 40,
      "appends that go on with what was cut": 50,
      "copies of sessions with an open span": 100,
      "drafts of several tokens": 60,
      "refused: TOKEN_NOT_ALLOWED": 1_500,
      "refused: CONTEXT_FULL": 200,
      "refused: SEGMENT_EXISTS": 60,
      "refused: SEGMENT_UNKNOWN": 4,
      "refused: IN_SPAN": 60,
      "refused: NOT_IN_SPAN": 30,
      "refused: RangeError": 400,
    },
  });
});

test.run();
