import { test } from "uvu";
import * as assert from "uvu/assert";
import { backends } from "../../support/backends.js";
import { refusal } from "../../support/thrown.js";
import { recallTokens as tokens, say, type Tokens } from "../../support/text-vocabulary.js";

for (const backend of backends) {
  const makeSession = (options?: Parameters<Tokens["session"]>[1]) => tokens.session(backend, options);
  const rule = (name: string, run: () => void) => test(`${name} (${backend})`, run);

  rule("Text mode 8. Sources are byte ranges of the document, named segments first", () => {
    const session = makeSession();
    session.append("é a");
    session.append("b\néa", { segment: "one" });
    session.append("a", { segment: "two" });
    say(session, "<recall>", "a");
    const [span] = session.quotes;
    assert.equal(span.sources(), [
      { segment: "one", start: 4, end: 5, bytes: [4, 5], chars: [3, 4], lines: [2, 2] },
      { segment: "two", start: 0, end: 1, bytes: [0, 1], chars: [0, 1], lines: [1, 1] },
      { segment: null, start: 3, end: 4 },
    ]);
    assert.is(span.sources({ limit: 1 }).length, 1);
    session.truncate(9);
    assert.is(
      refusal(() => span.sources()),
      "SPAN_UNDONE",
    );
  });
}

test.run();
