import { test } from "uvu";
import * as assert from "uvu/assert";
import { backends, END, sessionsOn, START } from "../../support/backends.js";
import { ids } from "../../support/snapshot.js";

for (const backend of backends) {
  const makeSession = sessionsOn(backend);

  test(`4. Start token, end token and barriers are never part of a quote (${backend})`, () => {
    const session = makeSession({ barrierTokenIds: [10, 11, 10] });
    session.append([1, START, 2, END, 3, 10, 4, 11]);
    session.accept(START);
    assert.equal(ids(session.allowed()), [1, 2, 3, 4, END]);
    for (const token of [START, 10, 11]) {
      assert.is(session.allows(token), false);
      assert.throws(
        () => session.accept(token),
        (error: { code: string }) => error.code === "TOKEN_NOT_ALLOWED",
      );
    }
  });

  test(`4. No quote crosses a barrier (${backend})`, () => {
    const session = makeSession({ barrierTokenIds: [10] });
    session.append([1, 10, 2, 1, 3]);
    session.acceptAll([START, 1]);
    assert.equal(ids(session.allowed()), [3, END]);
  });

  test(`4. A generated barrier joins the context and is not quoted (${backend})`, () => {
    const session = makeSession({ barrierTokenIds: [10] });
    session.acceptAll([1, 10, 2, START]);
    assert.equal(ids(session.allowed()), [1, 2, END]);
    session.accept(1);
    assert.equal(ids(session.allowed()), [END]);
  });
}

test.run();
