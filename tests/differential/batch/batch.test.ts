import { test } from "uvu";
import { account } from "../account.js";
import { settings } from "../explore.js";
import { exploreBatches } from "./explorer.js";

test("rows of both modes and all engines: each agrees with its own oracle, whatever happens to the others", () => {
  const asked = settings(2_500);
  account("batch", asked, exploreBatches(asked), {
    batch: {
      accept: 1_000,
      add: 150,
      remove: 40,
      move: 80,
      fork: 80,
      prepare: 60,
      close: 4,
      "verb of a session: rollback": 20,
      "verb of a session: append": 30,
      "verb of a session: beginSpan": 30,
      "row outside": 1_000,
      "row opened": 150,
      "row inside": 500,
      "row closed": 100,
      "row skipped": 200,
      "row TOKEN_NOT_ALLOWED": 150,
      "row CONTEXT_FULL": 15,
      "row OUT_OF_RANGE": 100,
      "row CLOSED": 20,
      "rows: RecallSession, javascript": 20,
      "rows: RecallSession, native": 20,
      "rows: RecallTextSession, javascript": 20,
      "rows: RecallTextSession, native": 20,
      "spans opened by a batch": 150,
      "spans closed by a batch": 150,
      "steps with several open spans": 200,
    },
  });
});

test.run();
