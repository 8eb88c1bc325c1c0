import { test } from "uvu";
import * as assert from "uvu/assert";
import type { RecallSession } from "../../../lib/entry/index.js";
import { backends, END, sessionsOn, START, type SessionMaker } from "../../support/backends.js";
import { snapshot } from "../../support/snapshot.js";

function inSpan(makeSession: SessionMaker, maxContextTokens = 100): RecallSession {
  const session = makeSession({ maxContextTokens });
  session.append([1, 2, 3, 1, 4]);
  session.acceptAll([START, 1]);
  return session;
}

/** The verb throws an error of that code (or class), and the session is as it was. */
function refuses(session: RecallSession, verb: () => unknown, code: string): void {
  const before = snapshot(session);
  assert.throws(verb, (error: Error & { code?: string }) => (error.code ?? error.name) === code);
  assert.equal(snapshot(session), before);
}

for (const backend of backends) {
  const makeSession = sessionsOn(backend);

  test(`8. A token that is not allowed is refused (${backend})`, () => {
    const session = inSpan(makeSession);
    for (const token of [0, 1, 3, START]) refuses(session, () => session.accept(token), "TOKEN_NOT_ALLOWED");
    session.accept(2);
    assert.is(session.quotes[0].tokens.length, 2);
  });

  test(`8. An id outside the vocabulary is a RangeError, inside a span and outside (${backend})`, () => {
    const session = inSpan(makeSession);
    for (const token of [-1, 20, 1.5, NaN, Infinity, 2 ** 32 + 2, 20n]) {
      refuses(session, () => session.accept(token), "RangeError");
    }
    session.endSpan();
    for (const token of [-1, 20]) refuses(session, () => session.accept(token), "RangeError");
  });

  test(`8. A token past maxContextTokens is refused (${backend})`, () => {
    const session = inSpan(makeSession, 8);
    session.accept(2);
    assert.is(session.contextLength, 8);
    for (const token of [3, END]) refuses(session, () => session.accept(token), "CONTEXT_FULL");
    session.endSpan();
    for (const token of [1, START]) refuses(session, () => session.accept(token), "CONTEXT_FULL");
    refuses(session, () => session.append([1]), "CONTEXT_FULL");
    session.append([]);
    session.rollback(2);
    session.endSpan();
    refuses(session, () => session.append([1, 2, 3]), "CONTEXT_FULL");
    session.append([1, 2]);
    assert.is(session.contextLength, 8);
  });

  test(`8. acceptAll takes all tokens or none (${backend})`, () => {
    const session = inSpan(makeSession, 12);
    refuses(session, () => session.acceptAll([2, 3, 3]), "TOKEN_NOT_ALLOWED");
    refuses(session, () => session.acceptAll([2, END, START, 3, 9]), "TOKEN_NOT_ALLOWED");
    refuses(session, () => session.acceptAll([2, 3, END, 6, 6, 6]), "CONTEXT_FULL");
    refuses(session, () => session.acceptAll([2, 3, 20]), "RangeError");
    session.acceptAll([2, END, 7, START, 7]);
    assert.is(session.contextLength, 12);
    assert.is(session.inSpan, true);
  });

  test(`8. acceptAll that fails after opening a span leaves none (${backend})`, () => {
    const session = makeSession();
    session.append([1, 2]);
    refuses(session, () => session.acceptAll([3, START, 1, 1]), "TOKEN_NOT_ALLOWED");
    assert.is(session.inSpan, false);
  });

  test(`8. validate gives the length of the acceptable prefix and changes nothing (${backend})`, () => {
    const session = inSpan(makeSession, 12);
    const before = snapshot(session);
    assert.is(session.validate([]), 0);
    assert.is(session.validate([9]), 0);
    assert.is(session.validate([2, 3, 3]), 2);
    assert.is(session.validate([4, END, START, 4, 1]), 4);
    assert.is(session.validate([2, 3, END, 6, 6, 6, 6]), 5);
    assert.equal(snapshot(session), before);
  });
}

test.run();
