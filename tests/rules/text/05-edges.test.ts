import { test } from "uvu";
import * as assert from "uvu/assert";
import { backends } from "../../support/backends.js";
import { recallTokens as tokens, say, type Tokens } from "../../support/text-vocabulary.js";

for (const backend of backends) {
  const makeSession = (options?: Parameters<Tokens["session"]>[1]) => tokens.session(backend, options);
  const rule = (name: string, run: () => void) => test(`${name} (${backend})`, run);

  rule("Text mode 5. With snap a quote starts and ends at edges of units only", () => {
    const session = makeSession({ snap: "word" });
    session.append("The cat\nsat.", { segment: "a" });
    say(session, "<recall>");
    assert.equal(tokens.allowed(session), ["</recall>", "The", " cat", ".", ".</", "<", "\n"]);
    say(session, "The");
    const line = makeSession({ snap: "line" });
    line.append("The cat\n sat.", { segment: "a" });
    line.append(" cat", { segment: "b" });
    say(line, "<recall>");
    assert.equal(tokens.allowed(line), ["</recall>", "The", " cat", " sat", "<", "\n"]);
    say(line, "The");
    // No line ends here.
    assert.equal(tokens.allowed(line), [" cat"]);
    say(line, " cat", "</recall>");
    assert.equal(line.quotes[0].sources(), [
      { segment: "a", start: 0, end: 7, bytes: [0, 7], chars: [0, 7], lines: [1, 1] },
    ]);
  });
}

test.run();
