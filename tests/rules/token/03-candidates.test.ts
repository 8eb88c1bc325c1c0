import { test } from "uvu";
import * as assert from "uvu/assert";
import { backends, END, sessionsOn, START } from "../../support/backends.js";
import { ids } from "../../support/snapshot.js";

for (const backend of backends) {
  const makeSession = sessionsOn(backend);

  test(`3. At depth 0 the distinct recallable tokens are allowed, ascending (${backend})`, () => {
    const session = makeSession();
    session.append([7, 3, 7, 3, 11]);
    session.append([9], { recallable: false });
    session.accept(START);
    assert.equal(ids(session.allowed()), [3, 7, 11, END]);
  });

  test(`3. At depth k the tokens that follow the k tokens of the span, and the end token (${backend})`, () => {
    const session = makeSession();
    session.append([1, 2, 3, 1, 2, 4, 5, 2, 6]);
    session.accept(START);
    session.accept(1);
    assert.equal(ids(session.allowed()), [2, END]);
    session.accept(2);
    assert.equal(ids(session.allowed()), [3, 4, END]);
    session.accept(4);
    assert.equal(ids(session.allowed()), [5, END]);
    for (let id = 0; id < 20; id++) assert.is(session.allows(id), id === 5 || id === END);
  });

  test(`3. A candidate at the end of the context has no continuation (${backend})`, () => {
    const session = makeSession();
    session.append([1, 2]);
    session.acceptAll([START, 2]);
    assert.equal(ids(session.allowed()), [END]);
  });

  test(`3. An empty context leaves the end token alone (${backend})`, () => {
    const session = makeSession();
    session.accept(START);
    assert.equal(ids(session.allowed()), [END]);
    session.accept(END);
    assert.is(session.quotes[0].tokens.length, 0);
  });

  test(`3. The bitmask is the allowed set, bit i % 32 of word i >> 5 (${backend})`, () => {
    const session = makeSession({ vocabSize: 70, startTokenId: 68, endTokenId: 69 });
    session.append([0, 31, 32, 63, 64]);
    session.accept(68);
    const words = new Int32Array(4).fill(0x5a5a5a5a);
    assert.is(session.fillBitmask(words), true);
    assert.equal(ids(words), [1 | (1 << 31), 1 | (1 << 31), 1 | (1 << 5), 0]);
  });

  test(`3. The set of depth 0 grows and shrinks with the context (${backend})`, () => {
    const session = makeSession();
    const firstTokens = () => {
      session.accept(START);
      const allowed = ids(session.allowed());
      session.rollback(1);
      return allowed;
    };
    assert.equal(firstTokens(), [END]);
    session.append([7, 3, 7]);
    assert.equal(firstTokens(), [3, 7, END]);
    session.accept(5);
    assert.equal(firstTokens(), [3, 5, 7, END]);
    session.rollback(2);
    assert.equal(firstTokens(), [3, 7, END]);
    session.rollback(1);
    assert.equal(firstTokens(), [7, END]);
    session.rollback(1);
    assert.equal(firstTokens(), [END]);
  });

  test(`3. Sets that are large and small by turns stay right (${backend})`, () => {
    const session = makeSession({ vocabSize: 1000, startTokenId: 500, endTokenId: 501 });
    session.append([3, 4]);
    session.acceptAll([500, 3]);
    assert.equal(ids(session.allowed()), [4, 501]);
    session.reset();
    const every = Array.from({ length: 1000 }, (_, id) => id);
    session.append(every);
    const quotable = every.filter((id) => id !== 500 && id !== 501);
    for (let round = 0; round < 3; round++) {
      session.accept(500);
      assert.equal(
        ids(session.allowed()),
        [...quotable, 501].sort((a, b) => a - b),
      );
      session.accept(7);
      assert.equal(ids(session.allowed()), [8, 501]);
      session.accept(501);
    }
  });
}

test.run();
