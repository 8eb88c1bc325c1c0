import { test } from "uvu";
import * as assert from "uvu/assert";
import { END, START } from "../../support/backends.js";
import { thrownBy } from "../../support/thrown.js";
import { acceptAll, allowedBy, hasCode, makeBatch } from "../support/batches.js";
import { openDevice } from "../support/device.js";

const device = await openDevice();

test("sources count from their segment, with its bytes and lines", () => {
  const batch = makeBatch();
  const layout = { offsets: [0, 2, 3, 6], text: "ab\ncde" };
  const context = batch.createContext([
    { tokens: [1, 2] },
    { tokens: [5, 1, 2], segment: "a.txt", ...layout },
    { tokens: [1, 2, 3], segment: "b.txt", offsets: Int32Array.of(0, 1, 2, 3) },
    { tokens: [1, 2], recallable: false },
  ]);
  const row = batch.open({ context, maxTokens: 20 });
  acceptAll(batch, row, [START, 1, 2, END]);
  assert.equal(batch.sources(row, 0), [
    { segment: "a.txt", start: 1, end: 3, bytes: [2, 6], chars: [2, 6], lines: [1, 2] },
    { segment: "b.txt", start: 0, end: 2, bytes: [0, 2] },
    { segment: null, start: 0, end: 2 },
  ]);
  batch.close();
});

test("no match crosses a segment's edge, not that of an empty one either", () => {
  const batch = makeBatch();
  const context = batch.createContext([{ tokens: [1, 2] }, { tokens: [], segment: "empty" }, { tokens: [3] }]);
  const row = batch.open({ context, maxTokens: 20 });
  acceptAll(batch, row, [START, 2]);
  assert.equal(allowedBy(batch.bitmask(row)), [END]);
  const bare = batch.open({ maxTokens: 20 });
  batch.append(bare, [1, 2]);
  batch.append(bare, [], { segment: "empty" });
  batch.append(bare, [3]);
  acceptAll(batch, bare, [START, 2]);
  assert.equal(allowedBy(batch.bitmask(bare)), [END]);
  batch.close();
});

test("a name is used once, until what it named is undone", () => {
  const batch = makeBatch();
  const exists = 'SEGMENT_EXISTS: A segment named "a" is in the context already';
  const twice = [1, 2].map((token) => ({ tokens: [token], segment: "a" }));
  assert.is(
    thrownBy(() => batch.createContext(twice)),
    exists,
  );
  const context = batch.createContext([{ tokens: [1], segment: "a" }]);
  const row = batch.open({ context, maxTokens: 20 });
  assert.is(
    thrownBy(() => batch.append(row, [2], { segment: "a" })),
    exists,
  );
  batch.append(row, [2, 3], { segment: "b" });
  const fork = batch.fork(row);
  assert.throws(() => batch.append(row, [4], { segment: "b" }), hasCode("SEGMENT_EXISTS"));
  batch.truncate(row, 2);
  assert.throws(() => batch.append(row, [4], { segment: "b" }), hasCode("SEGMENT_EXISTS"));
  batch.truncate(row, 1);
  batch.append(row, [4], { segment: "b" });
  batch.reset(row);
  batch.append(row, [4], { segment: "b" });
  assert.throws(() => batch.append(fork, [4], { segment: "b" }), hasCode("SEGMENT_EXISTS"));
  batch.release(fork);
  batch.append(batch.open({ maxTokens: 5 }), [4], { segment: "b" });
  batch.close();
});

test("a rollback on the device takes the segments that it cuts", () => {
  const batch = makeBatch();
  const row = batch.open({ maxTokens: 20 });
  batch.append(row, [1, 2], { segment: "kept" });
  batch.append(row, [3, 4], { segment: "cut" });
  batch.append(row, [1], { segment: "gone" });
  batch.rollback(device.place(Int32Array.of(2)), { rows: 1 });
  acceptAll(batch, row, [4, 5, START, 4, END]);
  assert.equal(batch.sources(row, 0), [{ segment: null, start: 3, end: 4 }]);
  assert.throws(() => batch.beginSpan(row, { segments: ["gone"] }), hasCode("SEGMENT_UNKNOWN"));
  batch.beginSpan(row, { segments: ["cut"] });
  assert.equal(allowedBy(batch.bitmask(row)), [3, END]);
  batch.close();
});

test("a named append to a sequence that is in a span, full or in error is refused", () => {
  const batch = makeBatch();
  const row = batch.open({ maxTokens: 5 });
  batch.append(row, [1, 2], { segment: "a" });
  assert.is(
    thrownBy(() => batch.append(row, [1, 2, 3, 4], { segment: "b" })),
    "SEQUENCE_IN_ERROR: Could not append to sequence 0: its status is CONTEXT_FULL",
  );
  assert.throws(() => batch.append(row, [1], { segment: "b" }), /its status is CONTEXT_FULL/);
  batch.clear(row);
  batch.beginSpan(row);
  assert.throws(() => batch.append(row, [1], { segment: "b" }), /its status is WRONG_SPAN/);
  batch.clear(row);
  batch.endSpan(row);
  batch.append(row, [1], { segment: "b" });
  assert.is(batch.snapshot(row).length, 3);
  batch.close();
});

test("beginSpan searches the named segments only", () => {
  const batch = makeBatch();
  const names = Array.from({ length: 15 }, (_, i) => `s${i}`);
  const context = batch.createContext(names.map((segment, token) => ({ tokens: [token], segment })));
  const row = batch.open({ context, maxTokens: 20 });
  const allowedIn = (segments: string[]) => {
    batch.beginSpan(row, { segments });
    const allowed = allowedBy(batch.bitmask(row));
    batch.reset(row);
    return allowed;
  };
  assert.equal(allowedIn([]), [END]);
  assert.equal(allowedIn(["s3", "s0", "s3"]), [0, 3, END]);
  assert.equal(allowedIn(names), [...names.keys(), END]);
  // Eight stretches of the sequence can be searched, and neighbours are one.
  const odd = names.filter((_, i) => i % 2 === 0);
  assert.equal(allowedIn(odd), [0, 2, 4, 6, 8, 10, 12, 14, END]);
  batch.append(row, [1]);
  batch.append(row, [16], { segment: "last" });
  assert.is(
    thrownBy(() => batch.beginSpan(row, { segments: [...odd, "last"] })),
    'RangeError: Expected "segments" to take up at most 8 stretches of the sequence, got 9',
  );
  assert.is(
    thrownBy(() => batch.beginSpan(row, { segments: ["s1", "nowhere"] })),
    'SEGMENT_UNKNOWN: No segment is named "nowhere"',
  );
  batch.close();
});

test("named segments come first, however many places come before them", () => {
  const batch = makeBatch({ poolBytes: 1 << 20 });
  const unnamed = 5000;
  const context = batch.createContext([
    { tokens: new Int32Array(unnamed).fill(1) },
    { tokens: [2, 1, 1], segment: "late" },
  ]);
  const row = batch.open({ context, maxTokens: 20 });
  acceptAll(batch, row, [START, 1, END]);
  const late = [1, 2].map((start) => ({ segment: "late", start, end: start + 1 }));
  assert.equal(batch.sources(row, 0, { limit: 1 }), late.slice(0, 1));
  assert.equal(batch.sources(row, 0, { limit: 3 }), [...late, { segment: null, start: 0, end: 1 }]);
  assert.equal(batch.sources(row, 0, { limit: 0 }), []);
  assert.is(batch.sources(row, 0).length, 16);
  assert.is(batch.sources(row, 0, { limit: 2 ** 30 }).length, unnamed + 2);
  batch.close();
});

test("a span that was undone, or has changed, lists no sources", () => {
  const batch = makeBatch();
  const context = batch.createContext([{ tokens: [1, 2, 3, 1, 2, 4] }]);
  const row = batch.open({ context, maxTokens: 20 });
  acceptAll(batch, row, [START, 1, 2]);
  const [open] = batch.quotes(row);
  assert.is(open.sources().length, 2);
  acceptAll(batch, row, [3]);
  assert.throws(() => open.sources(), hasCode("SPAN_UNDONE"));
  const [longer] = batch.quotes(row);
  acceptAll(batch, row, [END]);
  assert.equal(longer.sources(), [{ segment: null, start: 0, end: 3 }]);
  batch.truncate(row, 6);
  assert.throws(() => longer.sources(), hasCode("SPAN_UNDONE"));
  acceptAll(batch, row, [START, 1]);
  const [again] = batch.quotes(row);
  batch.release(row);
  assert.throws(() => again.sources(), hasCode("CLOSED"));
  batch.open({ context, maxTokens: 20 });
  acceptAll(batch, row, [START, 1]);
  assert.is(
    thrownBy(() => again.sources()),
    "CLOSED: The span's sequence was released",
  );
  batch.close();
});

test.run();
