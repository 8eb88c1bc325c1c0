import { test } from "uvu";
import * as assert from "uvu/assert";
import { backends } from "../../support/backends.js";
import { recallTokens as tokens, say } from "../../support/text-vocabulary.js";

for (const backend of backends) {
  const rule = (name: string, run: () => void) => test(`${name} (${backend})`, run);

  rule("Text mode 9. endSpan in the middle of a closing tag keeps what was generated, as far as it is text", () => {
    const session = tokens.session(backend);
    session.append("The.</re", { segment: "a" });
    say(session, "<recall>", ".", "<");
    session.endSpan();
    const [quote] = session.quotes;
    assert.equal([quote.text, quote.end - quote.start, session.contextLength], [".<", 2, 18]);
    assert.equal(
      quote.sources().map(({ start, end }) => [start, end]),
      [[3, 5]],
    );
  });

  rule("Text mode 9. Otherwise the quote ends before the tag's beginning, which joins c without being searched", () => {
    const session = tokens.session(backend);
    session.append("a.b");
    say(session, "<recall>", ".</");
    session.endSpan();
    const [quote] = session.quotes;
    assert.equal([quote.text, quote.end - quote.start, session.contextLength], [".", 1, 14]);
    session.beginSpan({ end: "!" });
    // Were the beginning searched, "<" could begin a quote, and follow the one that was closed.
    assert.equal(tokens.allowed(session), [".", "a", "b"]);
    say(session, ".");
    assert.equal(tokens.allowed(session), ["b"]);
  });
}

test.run();
