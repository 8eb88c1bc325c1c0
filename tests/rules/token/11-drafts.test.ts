import { test } from "uvu";
import * as assert from "uvu/assert";
import type { RecallSession } from "../../../lib/entry/index.js";
import { backends, END, sessionsOn, START } from "../../support/backends.js";
import { ids } from "../../support/snapshot.js";

function latest(session: RecallSession, max: number): number[] {
  return ids(session.draft(max, { choose: "latest" }));
}

for (const backend of backends) {
  const makeSession = sessionsOn(backend);

  test(`11. A draft is the longest run on which all candidates agree (${backend})`, () => {
    const session = makeSession();
    session.append([1, 2, 3, 4, 5, 0, 1, 2, 3, 4, 6]);
    session.acceptAll([START, 1]);
    assert.equal(ids(session.draft(10)), [2, 3, 4]);
    assert.equal(ids(session.draft(2)), [2, 3]);
    assert.equal(ids(session.draft(0)), []);
    session.acceptAll(session.draft(10));
    assert.equal(ids(session.draft(10)), []);
  });

  test(`11. Candidates without a continuation have no say (${backend})`, () => {
    const session = makeSession();
    session.append([1, 2, 3]);
    session.append([1, 2], { segment: "a" });
    session.append([1], { segment: "b" });
    session.acceptAll([START, 1]);
    assert.equal(ids(session.draft(10)), [2, 3]);
  });

  test(`11. With choose: "latest" a draft follows the latest candidate that has a continuation (${backend})`, () => {
    const session = makeSession();
    session.append([1, 2, 3, 1, 4, 5, 1]);
    session.acceptAll([START, 1]);
    assert.equal(latest(session, 10), [4, 5, 1]);
    assert.equal(latest(session, 2), [4, 5]);
    assert.equal(ids(session.draft(10)), []);
  });

  test(`11. A draft stops at the run's edge and at maxSpanTokens (${backend})`, () => {
    const session = makeSession({ maxSpanTokens: 3 });
    session.append([1, 2]);
    session.append([5, 6, 7, 8, 9], { segment: "a" });
    session.acceptAll([START, 1]);
    assert.equal(ids(session.draft(10)), [2]);
    session.rollback(1);
    session.accept(5);
    assert.equal(ids(session.draft(10)), [6, 7]);
    assert.equal(latest(session, 10), [6, 7]);
    session.acceptAll([6, 7]);
    assert.equal(ids(session.draft(10)), []);
    assert.equal(latest(session, 10), []);
  });

  test(`11. A draft is empty outside a span, and at depth 0 unless there is one way to begin (${backend})`, () => {
    const session = makeSession();
    session.append([4, 4, 4]);
    assert.equal(ids(session.draft(10)), []);
    session.accept(START);
    assert.equal(ids(session.draft(10)), [4, 4, 4]);
    session.endSpan();
    session.append([5]);
    session.accept(START);
    assert.equal(ids(session.draft(10)), []);
    assert.equal(latest(session, 10), [5]);
  });

  test(`11. A draft keeps to the segments that are searched (${backend})`, () => {
    const session = makeSession();
    session.append([1, 2, 3], { segment: "a" });
    session.append([1, 4, 5], { segment: "b" });
    session.beginSpan({ segments: ["a"] });
    session.accept(1);
    assert.equal(ids(session.draft(10)), [2, 3]);
    assert.equal(latest(session, 10), [2, 3]);
  });

  test(`11. A closing token is never drafted (${backend})`, () => {
    const session = makeSession();
    session.append([1, 2, 3, 4]);
    session.beginSpan({ end: [3] });
    session.accept(1);
    assert.equal(ids(session.draft(10)), [2]);
    assert.equal(latest(session, 10), [2]);
    session.accept(2);
    assert.equal(ids(session.draft(10)), []);
    session.accept(3);
    session.acceptAll([START, 1]);
    assert.not.ok(ids(session.draft(10)).includes(END));
  });

  test(`11. A draft changes nothing and is acceptable (${backend})`, () => {
    const session = makeSession();
    session.append([1, 2, 3, 4, 5, 6]);
    session.acceptAll([START, 2]);
    const allowed = ids(session.allowed());
    const draft = session.draft(10);
    assert.equal(ids(session.allowed()), allowed);
    assert.is(session.validate(draft), 4);
  });
}

test.run();
