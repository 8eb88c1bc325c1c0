import { test } from "uvu";
import * as assert from "uvu/assert";
import { backends } from "../../support/backends.js";
import { recallTokens as tokens, say, type Tokens } from "../../support/text-vocabulary.js";

for (const backend of backends) {
  const makeSession = (options?: Parameters<Tokens["session"]>[1]) => tokens.session(backend, options);
  const rule = (name: string, run: () => void) => test(`${name} (${backend})`, run);

  rule("Text mode 3. Any tokenisation of the text is allowed, from a character's edge", () => {
    const session = makeSession();
    session.append("The cat sat.é");
    say(session, "<recall>");
    assert.equal(tokens.allowed(session), [
      "</recall>",
      "The",
      " cat",
      " sat",
      ".",
      ".</",
      "t</recall>",
      "a",
      "é",
      "<",
    ]);
    say(session, " cat");
    assert.equal(tokens.allowed(session), ["</recall>", " sat", "<"]);
    say(session, " sat");
    assert.equal(tokens.allowed(session), ["</recall>", ".", ".</", "<"]);
  });

  rule("Text mode 3. The closing tag may go on in any tokenisation", () => {
    const session = makeSession();
    session.append("The cat sat.");
    say(session, "<recall>", " sat", ".</");
    assert.equal(tokens.allowed(session), ["recall>"]);
    assert.equal(session.quotes[0].text, " sat.");
    say(session, "recall>");
    assert.is(session.inSpan, false);
    const [span] = session.quotes;
    assert.equal([span.text, span.start, span.end, span.open], [" sat.", 20, 25, false]);
  });
}

test.run();
