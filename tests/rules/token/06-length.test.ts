import { test } from "uvu";
import * as assert from "uvu/assert";
import { backends, END, sessionsOn, START } from "../../support/backends.js";
import { ids } from "../../support/snapshot.js";

for (const backend of backends) {
  const makeSession = sessionsOn(backend);

  test(`6. At maxSpanTokens only the end token is allowed (${backend})`, () => {
    const session = makeSession({ maxSpanTokens: 2 });
    session.append([1, 2, 3]);
    session.acceptAll([START, 1]);
    assert.equal(ids(session.allowed()), [2, END]);
    session.accept(2);
    assert.equal(ids(session.allowed()), [END]);
    assert.is(session.allows(3), false);
    assert.throws(
      () => session.accept(3),
      (error: { code: string }) => error.code === "TOKEN_NOT_ALLOWED",
    );
    session.accept(END);
    assert.is(session.inSpan, false);
  });

  test(`6. maxSpanTokens is 128 unless given (${backend})`, () => {
    const session = makeSession();
    session.append(new Array(200).fill(1));
    session.accept(START);
    session.acceptAll(new Array(128).fill(1));
    assert.equal(ids(session.allowed()), [END]);
    session.rollback(1);
    assert.equal(ids(session.allowed()), [1, END]);
  });

  test(`6. Below minSpanTokens the end token is withheld (${backend})`, () => {
    const session = makeSession({ minSpanTokens: 2 });
    session.append([1, 2, 3]);
    session.accept(START);
    for (const token of [1, 2]) {
      assert.is(session.allows(END), false);
      assert.not.ok(ids(session.allowed())!.includes(END));
      assert.throws(
        () => session.accept(END),
        (error: { code: string }) => error.code === "TOKEN_NOT_ALLOWED",
      );
      session.accept(token);
    }
    assert.equal(ids(session.allowed()), [3, END]);
  });

  test(`6. Below minSpanTokens the end token is allowed where it is the only way on (${backend})`, () => {
    const session = makeSession({ minSpanTokens: 3 });
    session.append([1, 2]);
    session.acceptAll([START, 2]);
    assert.equal(ids(session.allowed()), [END]);
    assert.is(session.allows(END), true);
    session.accept(END);
    assert.is(session.inSpan, false);
  });
}

test.run();
