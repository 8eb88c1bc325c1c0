import { test } from "uvu";
import * as assert from "uvu/assert";
import { backends, END, sessionsOn, START } from "../../support/backends.js";

for (const backend of backends) {
  const makeSession = sessionsOn(backend);

  test(`12. Sources are the candidates that survive, named segments first, then the earliest (${backend})`, () => {
    const session = makeSession();
    session.append([1, 2, 3, 1, 2]);
    session.append([9, 1, 2, 3], { segment: "a" });
    session.append([1, 2]);
    session.append([1, 2, 1, 2], { segment: "b" });
    session.acceptAll([START, 1, 2, END]);
    assert.equal(session.quotes[0].sources(), [
      { segment: "a", start: 1, end: 3 },
      { segment: "b", start: 0, end: 2 },
      { segment: "b", start: 2, end: 4 },
      { segment: null, start: 0, end: 2 },
      { segment: null, start: 3, end: 5 },
      { segment: null, start: 9, end: 11 },
    ]);
    assert.equal(session.quotes[0].sources({ limit: 4 }).length, 4);
    assert.equal(session.quotes[0].sources({ limit: 1 }), [{ segment: "a", start: 1, end: 3 }]);
    assert.equal(session.quotes[0].sources({ limit: 0 }), []);
  });

  test(`12. At most 16 sources are listed unless a limit is given (${backend})`, () => {
    const session = makeSession();
    session.append(new Array(40).fill(1));
    session.acceptAll([START, 1, END]);
    assert.is(session.quotes[0].sources().length, 16);
    assert.is(session.quotes[0].sources({ limit: 100 }).length, 40);
  });

  test(`12. Sources are fixed when the span closes: what comes later is none (${backend})`, () => {
    const session = makeSession();
    session.append([1, 2, 3]);
    session.acceptAll([START, 1, 2, END]);
    session.append([1, 2], { segment: "later" });
    session.acceptAll([START, 1, 2, END]);
    const [first, second] = session.quotes;
    assert.equal(first.sources(), [{ segment: null, start: 0, end: 2 }]);
    assert.equal(second.sources(), [
      { segment: "later", start: 0, end: 2 },
      { segment: null, start: 0, end: 2 },
      { segment: null, start: 4, end: 6 },
    ]);
  });

  test(`12. A quote is not its own source, nor does one reach into the span (${backend})`, () => {
    const session = makeSession();
    session.append([1, 1]);
    session.beginSpan();
    session.accept(1);
    session.endSpan();
    assert.equal(session.quotes[0].sources(), [
      { segment: null, start: 0, end: 1 },
      { segment: null, start: 1, end: 2 },
    ]);
    session.beginSpan();
    session.acceptAll([1, 1]);
    session.endSpan();
    assert.equal(session.quotes[1].sources(), [
      { segment: null, start: 0, end: 2 },
      { segment: null, start: 1, end: 3 },
    ]);
  });

  test(`12. Sources keep to the segments that were searched (${backend})`, () => {
    const session = makeSession();
    session.append([1, 2], { segment: "a" });
    session.append([1, 2], { segment: "b" });
    session.append([1, 2]);
    session.beginSpan({ segments: ["b"] });
    session.acceptAll([1, 2, END]);
    assert.equal(session.quotes[0].sources(), [{ segment: "b", start: 0, end: 2 }]);
  });

  test(`12. An open span's sources are its candidates so far, an empty quote has none (${backend})`, () => {
    const session = makeSession();
    session.append([1, 2, 1, 3]);
    session.accept(START);
    assert.equal(session.quotes[0].sources(), []);
    session.accept(1);
    assert.is(session.quotes[0].open, true);
    assert.equal(session.quotes[0].sources(), [
      { segment: null, start: 0, end: 1 },
      { segment: null, start: 2, end: 3 },
    ]);
    session.accept(3);
    assert.equal(session.quotes[0].sources(), [{ segment: null, start: 2, end: 4 }]);
    // Listing disturbs nothing.
    session.accept(END);
    session.acceptAll([START, END]);
    assert.equal(session.quotes[1].sources(), []);
  });
}

test.run();
