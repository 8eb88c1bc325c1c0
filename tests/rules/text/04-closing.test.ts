import { test } from "uvu";
import * as assert from "uvu/assert";
import { backends } from "../../support/backends.js";
import { refusal } from "../../support/thrown.js";
import { recallTokens as tokens, say, type Tokens } from "../../support/text-vocabulary.js";

for (const backend of backends) {
  const makeSession = (options?: Parameters<Tokens["session"]>[1]) => tokens.session(backend, options);
  const rule = (name: string, run: () => void) => test(`${name} (${backend})`, run);

  rule(
    "Text mode 4. Completing the tag closes the span, in the middle of a token that the text would allow too",
    () => {
      const session = makeSession();
      session.append("The</recall>!");
      say(session, "<recall>", "The");
      // Past the tag a token may go on only where the text does.
      say(session, "</recall>!");
      assert.is(session.inSpan, false);
      assert.equal(session.quotes[0].text, "The");
      session.reset();
      session.append("The cat");
      say(session, "<recall>", "The");
      assert.is(
        refusal(() => say(session, "</recall>!")),
        "TOKEN_NOT_ALLOWED",
      );
    },
  );

  rule("Text mode 4. Tags cut runs like barriers; a quote joins the context between them", () => {
    const session = makeSession();
    session.append("ab");
    say(session, "<recall>", "a", "</recall>", "b", "<recall>", "a");
    // The first a is followed by b; the quoted one by its tag.
    assert.equal(tokens.allowed(session), ["</recall>", "b", "<"]);
    assert.equal(session.quotes[1].sources(), [
      { segment: null, start: 0, end: 1 },
      { segment: null, start: 10, end: 11 },
    ]);
  });

  rule("Text mode 4. Without recallGenerated nothing that was generated is searched", () => {
    const session = makeSession({ recallGenerated: false });
    session.append("ab");
    say(session, "é", "<recall>", "a", "</recall>", "<recall>");
    assert.equal(tokens.allowed(session), ["</recall>", "a", "b", "<"]);
    say(session, "a");
    assert.equal(session.quotes[1].sources().length, 1);
  });
}

test.run();
