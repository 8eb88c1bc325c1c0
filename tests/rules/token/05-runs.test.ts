import { test } from "uvu";
import * as assert from "uvu/assert";
import { backends, END, sessionsOn, START } from "../../support/backends.js";
import { ids } from "../../support/snapshot.js";
import type { RecallSession } from "../../../lib/entry/index.js";

/** What may follow `token` in a quote, the end token aside. */
function following(session: RecallSession, token: number): number[] {
  session.beginSpan();
  session.accept(token);
  const allowed = ids(session.allowed())!.filter((id) => id !== END);
  session.rollback(1);
  session.endSpan();
  return allowed;
}

for (const backend of backends) {
  const makeSession = sessionsOn(backend);

  test(`5. No match crosses a segment's edge (${backend})`, () => {
    const session = makeSession();
    session.append([1, 2]);
    session.append([3, 4], { segment: "first" });
    session.append([5, 6], { segment: "second" });
    session.append([7, 8]);
    assert.equal(following(session, 1), [2]);
    assert.equal(following(session, 2), []);
    assert.equal(following(session, 3), [4]);
    assert.equal(following(session, 4), []);
    assert.equal(following(session, 5), [6]);
    assert.equal(following(session, 6), []);
    assert.equal(following(session, 7), [8]);
  });

  test(`5. An append without a name continues the unnamed run, generated tokens too (${backend})`, () => {
    const session = makeSession();
    session.append([1]);
    session.append([2]);
    session.accept(3);
    session.append([4]);
    assert.equal(
      [1, 2, 3].map((token) => following(session, token)),
      [[2], [3], [4]],
    );
  });

  test(`5. After a segment, appended and generated tokens start a run (${backend})`, () => {
    const session = makeSession();
    session.append([1], { segment: "a" });
    session.append([2]);
    session.append([3], { segment: "b" });
    session.accept(4);
    session.accept(5);
    assert.equal(
      [1, 2, 3, 4].map((token) => following(session, token)),
      [[], [], [], [5]],
    );
  });

  test(`5. A change of recallable ends a run, and such tokens are in no match (${backend})`, () => {
    const session = makeSession();
    session.append([1]);
    session.append([2], { recallable: false });
    session.append([3, 4]);
    assert.is(session.contextLength, 4);
    assert.equal(following(session, 1), []);
    assert.equal(following(session, 3), [4]);
    session.accept(START);
    assert.equal(ids(session.allowed()), [1, 3, 4, END]);
  });

  test(`5. Generated tokens are in no match with recallGenerated: false (${backend})`, () => {
    const session = makeSession({ recallGenerated: false });
    session.append([1, 2]);
    session.acceptAll([3, START, 1, 2, END, 4]);
    session.append([5]);
    session.accept(START);
    assert.equal(ids(session.allowed()), [1, 2, 5, END]);
    session.acceptAll([1, 2]);
    assert.equal(session.quotes[1].sources(), [{ segment: null, start: 0, end: 2 }]);
  });

  test(`5. An append of no tokens changes nothing (${backend})`, () => {
    const session = makeSession();
    session.append([1]);
    session.append([]);
    session.append([], { recallable: false });
    session.append([2]);
    assert.equal(following(session, 1), [2]);
  });

  test(`5. A named append of no tokens adds an empty segment (${backend})`, () => {
    const session = makeSession();
    session.append([1]);
    session.append([], { segment: "empty" });
    session.append([2]);
    assert.equal(following(session, 1), []);
    assert.throws(
      () => session.append([3], { segment: "empty" }),
      (error: { code: string }) => error.code === "SEGMENT_EXISTS",
    );
    session.beginSpan({ segments: ["empty"] });
    assert.equal(ids(session.allowed()), [END]);
  });
}

test.run();
