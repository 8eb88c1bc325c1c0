import { test } from "uvu";
import * as assert from "uvu/assert";
import { backends } from "../../support/backends.js";
import { refusal } from "../../support/thrown.js";
import { recallTokens as tokens, say, textSnapshot, utf8, type Tokens } from "../../support/text-vocabulary.js";

for (const backend of backends) {
  const makeSession = (options?: Parameters<Tokens["session"]>[1]) => tokens.session(backend, options);
  const rule = (name: string, run: () => void) => test(`${name} (${backend})`, run);

  rule("Text mode 1. Lengths are bytes", () => {
    const session = makeSession({ maxContextBytes: 12 });
    session.append("éa");
    assert.is(session.contextLength, 3);
    say(session, "The", " cat");
    assert.is(session.contextLength, 10);
    assert.is(
      refusal(() => say(session, "The")),
      "CONTEXT_FULL",
    );
    assert.is(
      refusal(() => session.append("The")),
      "CONTEXT_FULL",
    );
    say(session, "é");
    say(session, null);
    assert.is(session.contextLength, 12);
  });

  rule("Text mode 1. truncate takes an edge of a generated token, or any place in appended text", () => {
    const session = makeSession();
    session.append("The cat", { segment: "a" });
    say(session, "The", " cat");
    assert.throws(() => session.truncate(8), /^Expected "length" not to be inside a generated token$/);
    assert.is(session.contextLength, 14);
    session.truncate(10);
    session.truncate(5);
    session.beginSpan({ segments: ["a"] });
    say(session, "The");
    assert.equal([...session.draft(4)], []);
    assert.equal(tokens.allowed(session), ["</recall>", "<"]);
  });

  rule("Text mode 1. rollback undoes the last accepted tokens, whatever their bytes", () => {
    const session = makeSession();
    session.append("ab");
    const before = textSnapshot(session);
    say(session, "a", null, "b");
    session.rollback(2);
    assert.is(session.contextLength, 3);
    session.rollback(1);
    assert.equal(textSnapshot(session), before);
    assert.throws(() => session.rollback(1), /^Expected "count" to be an integer in \[0, 1\)$/);
  });

  rule("Text mode 1. Of several states of one length truncate keeps the latest", () => {
    const session = makeSession();
    session.append("ab");
    say(session, null);
    session.append("a");
    session.truncate(2);
    session.append("a");
    session.beginSpan();
    say(session, "b");
    // The token without bytes stands between b and a.
    assert.equal(tokens.allowed(session), ["</recall>", "<"]);
  });

  rule(
    "Text mode 1. Cut in the middle of a character, text is the bytes it has, and goes on with those appended",
    () => {
      const session = makeSession();
      session.append("aé");
      session.truncate(2);
      session.beginSpan();
      say(session, "a");
      assert.is(session.allows(tokens.id("é")), false);
      session.truncate(2);
      session.endSpan();
      session.append(utf8("éb").subarray(1));
      session.beginSpan();
      say(session, "a", "é", "b");
      assert.is(session.quotes.at(-1)!.text, "aéb");
    },
  );
}

test.run();
