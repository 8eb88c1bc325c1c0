import { test } from "uvu";
import * as assert from "uvu/assert";
import { backends, END, sessionsOn, START } from "../../support/backends.js";
import { ids } from "../../support/snapshot.js";

for (const backend of backends) {
  const makeSession = sessionsOn(backend);

  test(`10. beginSpan opens a span without a start token (${backend})`, () => {
    const session = makeSession();
    session.append([1, 2, 3]);
    session.beginSpan();
    assert.is(session.inSpan, true);
    assert.is(session.contextLength, 3);
    assert.equal(ids(session.allowed()), [1, 2, 3, END]);
    session.acceptAll([2, END]);
    const [span] = session.quotes;
    assert.equal([span.start, span.end], [3, 4]);
    assert.is(session.contextLength, 5);
    // Nothing stands between the context and the span: 3 2 is one run.
    session.acceptAll([START, 3]);
    assert.equal(ids(session.allowed()), [2, END]);
  });

  test(`10. Only the given segments are searched (${backend})`, () => {
    const session = makeSession();
    session.append([1, 2]);
    session.append([1, 3], { segment: "a" });
    session.append([1, 4], { segment: "b" });
    session.append([1, 5], { segment: "c" });
    session.append([6], { segment: "one token" });
    for (const [segments, first, second] of [
      [["a"], [1, 3], [3]],
      [
        ["c", "b", "c"],
        [1, 4, 5],
        [4, 5],
      ],
      [["one token"], [6], null],
      [[], [], null],
    ] as const) {
      session.beginSpan({ segments });
      assert.equal(ids(session.allowed()), [...first, END]);
      if (second !== null) {
        session.accept(1);
        assert.equal(ids(session.allowed()), [...second, END]);
        assert.is(session.allows(2), false);
      }
      session.endSpan();
    }
  });

  test(`10. The given ids close the span, in place of the end token (${backend})`, () => {
    const session = makeSession();
    session.append([1, 2, 3]);
    session.beginSpan({ end: [9, 4, 9] });
    assert.equal(ids(session.allowed()), [1, 2, 3, 4, 9]);
    assert.is(session.allows(END), false);
    session.accept(1);
    session.accept(4);
    assert.is(session.inSpan, false);
    assert.equal(ids(session.quotes[0].tokens), [1]);
  });

  test(`10. A closing id that is also a continuation closes (${backend})`, () => {
    const session = makeSession();
    session.append([1, 2, 3]);
    session.beginSpan({ end: [2] });
    session.accept(1);
    assert.equal(ids(session.allowed()), [2]);
    session.accept(2);
    assert.is(session.inSpan, false);
    assert.equal(ids(session.quotes[0].tokens), [1]);
  });

  test(`10. A closing id is withheld below minSpanTokens, where it is a continuation too (${backend})`, () => {
    const session = makeSession({ minSpanTokens: 2 });
    session.append([1, 2, 1, 3, 4]);
    session.beginSpan({ end: [2, 4] });
    assert.equal(ids(session.allowed()), [1, 3]);
    session.accept(1);
    assert.equal(ids(session.allowed()), [3]);
    assert.is(session.allows(2), false);
    session.rollback(1);
    session.accept(3);
    // The one continuation closes: the closing ids are the only way on.
    assert.equal(ids(session.allowed()), [2, 4]);
  });

  test(`10. A closing id joins the context like any token (${backend})`, () => {
    const session = makeSession();
    session.append([1, 2]);
    session.beginSpan({ end: [7] });
    session.acceptAll([1, 7, 8]);
    session.beginSpan();
    assert.equal(ids(session.allowed()), [1, 2, 7, 8, END]);
    session.accept(7);
    assert.equal(ids(session.allowed()), [8, END]);
  });

  test(`10. endSpan closes any span, without a token (${backend})`, () => {
    const session = makeSession();
    session.append([1, 2]);
    session.acceptAll([START, 1]);
    session.endSpan();
    assert.is(session.contextLength, 4);
    session.beginSpan({ end: [] });
    assert.equal(ids(session.allowed()), [1, 2]);
    session.accept(2);
    assert.equal(ids(session.allowed()), []);
    session.endSpan();
    assert.is(session.inSpan, false);
    assert.equal(
      session.quotes.map((span) => ids(span.tokens)),
      [[1], [2]],
    );
    assert.is(session.contextLength, 5);
  });

  test(`10. Without an end token a span is closed by endSpan (${backend})`, () => {
    const session = makeSession({ endTokenId: undefined });
    session.append([1, END]);
    session.accept(START);
    assert.equal(ids(session.allowed()), [1, END]);
    session.accept(END);
    assert.is(session.inSpan, true);
    session.endSpan();
    assert.equal(ids(session.quotes[0].tokens), [END]);
  });

  test(`10. A span cannot be opened in a span, nor closed outside, nor search what is not there (${backend})`, () => {
    const session = makeSession();
    const refuses = (verb: () => void, code: string): void =>
      void assert.throws(verb, (error: { code: string }) => error.code === code);
    refuses(() => session.endSpan(), "NOT_IN_SPAN");
    refuses(() => session.beginSpan({ segments: ["a"] }), "SEGMENT_UNKNOWN");
    assert.is(session.inSpan, false);
    session.beginSpan();
    refuses(() => session.beginSpan(), "IN_SPAN");
    refuses(() => session.append([1]), "IN_SPAN");
    assert.is(session.contextLength, 0);
  });
}

test.run();
