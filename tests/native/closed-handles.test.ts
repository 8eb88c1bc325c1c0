import { test } from "uvu";
import * as assert from "uvu/assert";
import { RecallError } from "../../lib/base/errors.js";
import { NativeContext } from "../../lib/engine/native/context.js";
import { failureOf } from "../../lib/engine/native/failure.js";
import { NativeHandles } from "../../lib/engine/native/handles.js";
import { loadNativeEngine } from "../../lib/engine/native/engine.js";
import { Failure, type NativeAddon } from "../../lib/engine/native/addon.js";

const engine = loadNativeEngine();
const { addon } = engine;
const tokens = Int32Array.of(1, 2, 3, 1, 2, 4);
const joined = { searchable: true, newRun: false };

function makeContext() {
  const context = engine.createContext({ vocabSize: 10, barriers: new Int32Array(0) });
  context.append(tokens, joined);
  return context;
}

function isClosed(error: unknown): boolean {
  return error instanceof RecallError && error.code === "CLOSED";
}

test("every verb of a closed context throws CLOSED", () => {
  const context = makeContext();
  context.close();
  context.close();
  assert.throws(() => context.length, isClosed);
  assert.throws(() => context.bytes, isClosed);
  assert.throws(() => context.append(tokens, joined), isClosed);
  assert.throws(() => context.append(Int32Array.of(1), joined), isClosed);
  assert.throws(() => context.truncate(0), isClosed);
  assert.throws(() => context.read(0, 1), isClosed);
  assert.throws(() => context.fork(), isClosed);
  assert.throws(() => context.compact(), isClosed);
  assert.throws(() => context.matcher(), isClosed);
});

test("every verb of a closed matcher throws CLOSED", () => {
  const context = makeContext();
  const matcher = context.matcher();
  matcher.advance(1);
  matcher.close();
  matcher.close();
  assert.throws(() => matcher.depth, isClosed);
  assert.throws(() => matcher.begin(null), isClosed);
  assert.throws(() => matcher.advance(1), isClosed);
  assert.throws(() => matcher.rewind(0), isClosed);
  assert.throws(() => matcher.allows(1), isClosed);
  assert.throws(() => matcher.continuations(), isClosed);
  assert.throws(() => matcher.draft(4, false), isClosed);
  assert.throws(() => matcher.sources(null, 4), isClosed);
  context.close();
});

test("a matcher outlives its context", () => {
  const context = makeContext();
  const matcher = context.matcher();
  context.close();
  assert.ok(matcher.advance(1));
  assert.equal([...matcher.continuations()], [2]);
  assert.ok(matcher.advance(2));
  assert.equal([...matcher.continuations()], [3, 4]);
  matcher.close();
});

test("a handle does not find the object that took its slot", () => {
  const old = addon.createContext(10, new Int32Array(0));
  addon.closeContext(old);
  const later = Array.from({ length: 1000 }, () => addon.createContext(10, new Int32Array(0)));
  assert.not.ok(later.includes(old));
  assert.is(addon.contextLength(old), Failure.CLOSED);
  assert.is(addon.closeContext(old), Failure.CLOSED);
  for (const context of later) assert.is(addon.closeContext(context), 0);
});

test("what is closed lets go of its handle: an object in the same slot is not addressed", () => {
  const calls: unknown[] = [];
  const SLOT = 7;
  const fake = new Proxy({} as NativeAddon, {
    get: (_, name) => (handle: number) => {
      calls.push([name, handle]);
      return handle === -1 ? Failure.CLOSED : SLOT;
    },
  });
  const handles = new NativeHandles(fake);
  const context = new NativeContext(handles, SLOT);
  const matcher = context.matcher();
  matcher.close();
  context.close();
  calls.length = 0;
  const verbs: (() => unknown)[] = [
    () => context.length,
    () => context.append(tokens, joined),
    () => context.truncate(0),
    () => context.fork(),
    () => matcher.begin(null),
    () => matcher.advance(1),
    () => matcher.continuations(),
  ];
  for (const verb of verbs) assert.throws(verb, isClosed);
  context.close();
  matcher.close();
  assert.is(calls.length, verbs.length + 2);
  assert.not.ok(calls.some((call) => (call as unknown[]).includes(SLOT)));
});

test("each failure of the addon has its error", () => {
  const codes = Object.entries(Failure).map(([name, status]) => {
    const error = failureOf(status, "append tokens");
    return [name, error instanceof RecallError ? error.code : error.name];
  });
  assert.equal(Object.fromEntries(codes), {
    INVALID_ARGUMENT: "RangeError",
    OUT_OF_MEMORY: "OUT_OF_MEMORY",
    CONTEXT_FULL: "CONTEXT_FULL",
    NOT_ALLOWED: "TOKEN_NOT_ALLOWED",
    STALE: "Error",
    NO_VALID_TOKEN: "NO_VALID_TOKEN",
    CLOSED: "CLOSED",
    MISTYPED: "TypeError",
  });
});

test("handles and arguments of any kind are refused", () => {
  const values = [undefined, null, -1, 2 ** 31, 1.5, NaN, "0", {}, [], new Float64Array(2), 10n, Symbol("handle")];
  const functions = Object.entries(addon).filter(([name]) => !/^(abiVersion|closeAbandoned|live)/.test(name)) as [
    string,
    (...args: unknown[]) => number,
  ][];
  for (const [name, call] of functions) {
    for (const value of values) {
      const result = call(value, value, value, value, value, value, value, value);
      assert.ok(result < 0, `${name}(${String(value)}) returned ${result}`);
    }
    assert.ok(call() < 0, `${name}() succeeded`);
  }
});

test("a verb on a context that changed after begin is refused, until the next begin", () => {
  const context = makeContext();
  const matcher = context.matcher();
  matcher.advance(1);
  context.append(Int32Array.of(5), joined);
  assert.throws(() => matcher.advance(2), /the context changed/);
  matcher.begin(null);
  assert.ok(matcher.advance(4));
  assert.equal([...matcher.continuations()], [5]);
  matcher.close();
  context.close();
});

test("sets of continuations of every size", () => {
  for (const size of [0, 1, 2, 63, 64, 65, 1000, 5000]) {
    const context = engine.createContext({ vocabSize: 10_000, barriers: new Int32Array(0) });
    for (let i = 0; i < size; i++) context.append(Int32Array.of(9_999, i), { searchable: true, newRun: true });
    if (size === 0) context.append(Int32Array.of(9_999), joined);
    const matcher = context.matcher();
    const distinct = size === 0 ? [9_999] : [...Array(size).keys(), 9_999];
    assert.equal([...matcher.continuations()], distinct);
    assert.ok(matcher.advance(9_999));
    assert.equal([...matcher.continuations()], [...Array(size).keys()]);
    assert.equal([...matcher.sources(null, 100_000)], size === 0 ? [0] : distinct.slice(0, -1).map((i) => 2 * i));
    matcher.rewind(0);
    assert.equal([...matcher.continuations()], distinct);
    matcher.close();
    context.close();
  }
});

test.run();
