import { test } from "uvu";
import * as assert from "uvu/assert";
import { backends, END, sessionsOn, START } from "../../support/backends.js";
import { ids } from "../../support/snapshot.js";

for (const backend of backends) {
  const makeSession = sessionsOn(backend);

  test(`2. Accepting the start token opens a span, appending it does not (${backend})`, () => {
    const session = makeSession();
    session.append([1, START, 2]);
    assert.is(session.inSpan, false);
    session.accept(START);
    assert.is(session.inSpan, true);
    assert.is(session.contextLength, 4);
    assert.equal(ids(session.allowed()), [1, 2, END]);
  });

  test(`2. The context is what came before, generated tokens and closed spans included (${backend})`, () => {
    const session = makeSession();
    session.append([1, 2]);
    session.accept(3);
    session.accept(4);
    session.acceptAll([START, 1, END, 5, START]);
    assert.equal(ids(session.allowed()), [1, 2, 3, 4, 5, END]);
    session.accept(2);
    // Appended and generated tokens are one run.
    assert.equal(ids(session.allowed()), [3, END]);
    session.accept(3);
    assert.equal(ids(session.allowed()), [4, END]);
  });

  test(`2. The open span is not searched (${backend})`, () => {
    const session = makeSession();
    session.append([1, 2, 1, 3]);
    session.acceptAll([START, 1, 2, 1]);
    // Were the span's own 1 2 searched, 2 would follow 1 here.
    assert.equal(ids(session.allowed()), [3, END]);
  });

  test(`2. Start token, span and end token join the context, in order (${backend})`, () => {
    const session = makeSession();
    session.append([1, 2, 3, 2]);
    session.acceptAll([START, 2, 3, END]);
    assert.is(session.contextLength, 8);
    const [span] = session.quotes;
    assert.equal([span.start, span.end, span.open, ids(span.tokens)], [5, 7, false, [2, 3]]);
    session.beginSpan();
    assert.equal(ids(session.allowed()), [1, 2, 3, END]);
    session.accept(2);
    session.accept(3);
    // 2 3 2 in the prompt, and 2 3 at the end of the closed span's run.
    assert.equal(session.quotes[1].sources(), [
      { segment: null, start: 1, end: 3 },
      { segment: null, start: 5, end: 7 },
    ]);
  });
}

test.run();
