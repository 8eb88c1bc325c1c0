import { test } from "uvu";
import * as assert from "uvu/assert";
import { RecallContext, RecallSession } from "../../../lib/entry/index.js";
import { backends, END, sessionsOn, START, type SessionMaker } from "../../support/backends.js";
import { ids, snapshot } from "../../support/snapshot.js";

/** A session that does a bit of everything; each step makes it longer, so that each length is one state. */
const story: ((session: RecallSession) => void)[] = [
  (session) => session.append([1, 2, 3]),
  (session) => session.append([1, 2, 4, 5], { segment: "a" }),
  (session) => session.accept(1),
  (session) => session.accept(START),
  (session) => session.accept(1),
  (session) => session.accept(2),
  (session) => session.accept(END),
  (session) => session.append([6], { recallable: false }),
  (session) => session.accept(2),
  (session) => session.accept(4),
  (session) => session.accept(START),
  (session) => session.accept(2),
  (session) => session.accept(4),
  (session) => session.accept(5),
];

/** What the session allows after everything that is in the snapshot: runs, duplicates of names. */
function tell(session: RecallSession) {
  const copy = session.fork();
  if (copy.inSpan) copy.endSpan();
  copy.append([2, 9]);
  copy.acceptAll([START, 2]);
  const told = { state: snapshot(session), next: snapshot(copy), recallsA: "" };
  copy.endSpan();
  try {
    copy.append([1], { segment: "a" });
  } catch (error) {
    told.recallsA = (error as { code: string }).code;
  }
  copy.close();
  return told;
}

function play(makeSession: SessionMaker, steps: number): RecallSession {
  const session = makeSession();
  for (const step of story.slice(0, steps)) step(session);
  return session;
}

for (const backend of backends) {
  const makeSession = sessionsOn(backend);

  test(`9. truncate leaves the session as it was when it last had that length (${backend})`, () => {
    for (let kept = 0; kept < story.length; kept++) {
      const expected = play(makeSession, kept);
      const session = play(makeSession, story.length);
      session.truncate(expected.contextLength);
      assert.equal(tell(session), tell(expected), `after ${kept} steps`);
      for (const step of story.slice(kept)) step(session);
      assert.equal(tell(session), tell(play(makeSession, story.length)), `again from step ${kept}`);
    }
  });

  test(`9. rollback(n) is truncate(contextLength - n) (${backend})`, () => {
    for (let count = 0; count <= play(makeSession, story.length).contextLength; count++) {
      const [rolledBack, truncated] = [play(makeSession, story.length), play(makeSession, story.length)];
      rolledBack.rollback(count);
      truncated.truncate(truncated.contextLength - count);
      assert.equal(tell(rolledBack), tell(truncated));
    }
  });

  test(`9. contextLength counts the open span's tokens and its start token (${backend})`, () => {
    const session = makeSession();
    session.append([1, 2]);
    session.accept(START);
    assert.is(session.contextLength, 3);
    session.accept(1);
    assert.is(session.contextLength, 4);
    session.endSpan();
    assert.is(session.contextLength, 4);
    session.beginSpan();
    assert.is(session.contextLength, 4);
  });

  test(`9. Cutting into a closed span opens it again (${backend})`, () => {
    const session = makeSession();
    session.append([1, 2, 3]);
    session.acceptAll([START, 1, 2, END, 7]);
    session.truncate(6);
    assert.is(session.inSpan, true);
    assert.equal(ids(session.allowed()), [3, END]);
    session.truncate(4);
    assert.is(session.inSpan, true);
    assert.equal(ids(session.allowed()), [1, 2, 3, END]);
  });

  test(`9. Cutting a span's start token away undoes it (${backend})`, () => {
    const session = makeSession();
    session.append([1, 2, 3]);
    session.acceptAll([START, 1, 2, END]);
    session.truncate(3);
    assert.is(session.inSpan, false);
    assert.equal(session.quotes, []);
    session.accept(START);
    session.truncate(3);
    assert.is(session.inSpan, false);
    assert.equal(session.quotes, []);
  });

  test(`9. truncate(span.start) leaves a span of beginSpan open and empty, less removes it (${backend})`, () => {
    const session = makeSession();
    session.append([1, 2, 3]);
    session.beginSpan();
    session.acceptAll([1, 2]);
    const open = session.fork();
    session.accept(END);
    for (const each of [open, session]) {
      each.truncate(3);
      assert.is(each.inSpan, true);
      assert.equal(ids(each.quotes[0].tokens), []);
      assert.equal(ids(each.allowed()), [1, 2, 3, END]);
      each.truncate(2);
      assert.is(each.inSpan, false);
      assert.equal(each.quotes, []);
    }
  });

  test(`9. A span reopened keeps its segments and its closing ids (${backend})`, () => {
    const session = makeSession();
    session.append([1, 2], { segment: "a" });
    session.append([1, 3]);
    session.beginSpan({ segments: ["a"], end: [7] });
    session.acceptAll([1, 7, 5]);
    session.truncate(5);
    assert.equal(ids(session.allowed()), [2, 7]);
  });

  test(`9. A span closed by endSpan stays closed under truncate(span.end) (${backend})`, () => {
    const session = makeSession();
    session.append([1, 2, 3]);
    session.acceptAll([START, 1, 2]);
    session.endSpan();
    session.acceptAll([5, 6]);
    session.truncate(session.quotes[0].end);
    assert.is(session.inSpan, false);
    assert.is(session.quotes.length, 1);
    session.rollback(1);
    assert.is(session.inSpan, true);
    assert.equal(ids(session.allowed()), [2, END]);
  });

  test(`9. A segment cut in the middle keeps its name, cut at its start it is gone (${backend})`, () => {
    const session = makeSession();
    session.append([9]);
    session.append([1, 2, 3], { segment: "a" });
    session.truncate(3);
    session.append([4]);
    session.beginSpan({ segments: ["a"] });
    assert.equal(ids(session.allowed()), [1, 2, END]);
    session.acceptAll([1, 2]);
    // The tokens after the cut are not the segment's.
    assert.equal(ids(session.allowed()), [END]);
    assert.equal(session.quotes[0].sources(), [{ segment: "a", start: 0, end: 2 }]);
    session.endSpan();
    session.truncate(1);
    assert.throws(
      () => session.beginSpan({ segments: ["a"] }),
      (error: { code: string }) => error.code === "SEGMENT_UNKNOWN",
    );
    session.append([5], { segment: "a" });
  });

  test(`9. An empty segment is kept where the session last had that length with it (${backend})`, () => {
    const session = makeSession();
    session.append([1, 2]);
    session.append([], { segment: "empty" });
    session.append([3], { segment: "a" });
    session.truncate(2);
    session.beginSpan({ segments: ["empty"] });
    session.endSpan();
    assert.throws(
      () => session.beginSpan({ segments: ["a"] }),
      (error: { code: string }) => error.code === "SEGMENT_UNKNOWN",
    );
    session.truncate(1);
    assert.throws(
      () => session.beginSpan({ segments: ["empty"] }),
      (error: { code: string }) => error.code === "SEGMENT_UNKNOWN",
    );
  });

  test(`9. What was undone is not searched (${backend})`, () => {
    const session = makeSession();
    session.append([1, 2, 3, 1, 4]);
    session.truncate(2);
    session.acceptAll([START, 2]);
    assert.equal(ids(session.allowed()), [END]);
    session.truncate(1);
    session.acceptAll([START, 1]);
    assert.equal(ids(session.allowed()), [END]);
    assert.equal(session.quotes[0].sources(), [{ segment: null, start: 0, end: 1 }]);
  });

  test(`9. A fork and its original share nothing that either changes (${backend})`, () => {
    for (let steps = 0; steps <= story.length; steps++) {
      const original = play(makeSession, steps);
      const expected = tell(original);
      const [copy, untouched] = [original.fork(), original.fork()];
      assert.equal(tell(copy), expected);
      for (const step of story.slice(steps)) step(copy);
      copy.truncate(1);
      copy.append([13, 13, 13]);
      assert.equal(tell(original), expected);
      const changed = tell(copy);
      original.reset();
      original.append([14, 14]);
      assert.equal(tell(copy), changed);
      assert.equal(tell(untouched), expected);
      original.close();
      assert.equal(tell(copy), changed);
    }
  });

  test(`9. reset returns to the state after construction (${backend})`, () => {
    for (let steps = 0; steps <= story.length; steps++) {
      const session = play(makeSession, steps);
      session.reset();
      assert.equal(tell(session), tell(makeSession()));
    }
    const session = makeSession();
    session.append([], { segment: "a" });
    session.beginSpan();
    session.endSpan();
    session.reset();
    assert.equal(tell(session), tell(makeSession()));
  });

  test(`9. On a shared context, reset returns to it and nothing undoes it (${backend})`, () => {
    const context = new RecallContext({ vocabSize: 20, startTokenId: START, endTokenId: END, backend });
    context.append([1, 2, 3], { segment: "a" });
    context.freeze();
    const session = new RecallSession({ context });
    const fresh = tell(session);
    assert.throws(() => session.truncate(2), 'Expected "length" to be an integer in [3, 4)');
    session.append([7, 8], { segment: "b" });
    session.acceptAll([START, 1, 2]);
    session.reset();
    assert.equal(tell(session), fresh);
    assert.equal(tell(session), tell(new RecallSession({ context })));
  });
}

for (const backend of backends) {
  test(`9. A span is one object, which truncate opens again (${backend})`, () => {
    const session = sessionsOn(backend)();
    session.append([1, 2, 3, 1, 2, 4]);
    session.acceptAll([START, 1, 2]);
    const [span] = session.quotes;
    assert.is(session.quotes, session.quotes);
    assert.equal([ids(span.tokens), span.start, span.end, span.open], [[1, 2], 7, 9, true]);
    session.acceptAll([3, END, 5]);
    assert.is(session.quotes[0], span);
    assert.equal([ids(span.tokens), span.end, span.open], [[1, 2, 3], 10, false]);
    const fork = session.fork();
    session.truncate(8);
    assert.is(session.quotes[0], span);
    assert.equal([ids(span.tokens), span.end, span.open], [[1], 8, true]);
    assert.is.not(fork.quotes[0], span);
    assert.equal([ids(fork.quotes[0].tokens), fork.quotes[0].open], [[1, 2, 3], false]);
    session.truncate(6);
    assert.equal(session.quotes, []);
    session.acceptAll([START, 2]);
    assert.is.not(session.quotes[0], span);
    assert.equal(ids(span.tokens), [1]);
    assert.throws(
      () => span.sources(),
      (error: { code: string }) => error.code === "SPAN_UNDONE",
    );
  });
}

test.run();
