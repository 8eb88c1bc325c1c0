import { test } from "uvu";
import * as assert from "uvu/assert";
import { backends, END, sessionsOn } from "../../support/backends.js";
import { ids } from "../../support/snapshot.js";

for (const backend of backends) {
  const makeSession = sessionsOn(backend);

  test(`1. Outside a span nothing is constrained (${backend})`, () => {
    const session = makeSession();
    session.append([1, 2, 3]);
    const logits = Float32Array.from({ length: 24 }, (_, id) => id - 7);
    assert.is(session.apply(logits), false);
    assert.equal(
      Array.from(logits),
      Array.from({ length: 24 }, (_, id) => id - 7),
    );
    assert.is(session.allowed(), null);
    const words = new Int32Array(2);
    assert.is(session.fillBitmask(words), false);
    assert.equal(ids(words), [-1, -1]);
    for (let id = 0; id < 20; id++) assert.is(session.allows(id), true);
    assert.equal(ids(session.draft(8)), []);
  });

  test(`1. An end token outside a span is an ordinary token that joins the context (${backend})`, () => {
    const session = makeSession();
    session.accept(1);
    session.accept(END);
    session.accept(2);
    assert.is(session.inSpan, false);
    assert.is(session.contextLength, 3);
    session.beginSpan();
    assert.equal(ids(session.allowed()), [1, 2, END]);
    session.accept(1);
    // The end token stands between 1 and 2.
    assert.equal(ids(session.allowed()), [END]);
  });
}

test.run();
