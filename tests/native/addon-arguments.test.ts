import { test } from "uvu";
import * as assert from "uvu/assert";
import { Failure, type NativeAddon } from "../../lib/engine/native/addon.js";
import { loadNativeEngine } from "../../lib/engine/native/engine.js";

const { addon } = loadNativeEngine();
const tokens = Int32Array.of(1, 2, 3, 1, 2, 4);

/** The functions, to be called as nothing in TypeScript could. */
const untyped = addon as unknown as Record<keyof NativeAddon, (...args: unknown[]) => number>;

function open() {
  const context = addon.createContext(10, new Int32Array(0));
  assert.is(addon.appendTokens(context, tokens, 0), 0);
  const matcher = addon.createMatcher(context, new Int32Array(8));
  assert.is(addon.begin(matcher, null), 0);
  return { context, matcher };
}

test("an argument of another type is refused by one code, and changes nothing", () => {
  const { context, matcher } = open();
  const calls: [keyof NativeAddon, ...unknown[]][] = [
    ["createContext", 10, [1]],
    ["appendTokens", context, [1], 0],
    ["appendTokensWithEdges", context, tokens, [1], 0],
    ["appendToken", context, "1", 0],
    ["truncateContext", context, -1],
    ["readContext", context, -1, new Int32Array(1)],
    ["compactContextInBackground", context, 3],
    ["ownContext", context, 3],
    ["createMatcher", context, [0]],
    ["ownMatcher", matcher, "owner"],
    ["begin", matcher, Int32Array.of(1)],
    ["advance", matcher, "1"],
    ["rewind", matcher, -1],
    ["allows", matcher, null],
    ["copyContinuations", matcher, new Uint8Array(8)],
    ["draft", matcher, [0], 0],
    ["sources", matcher, [0, 1], new Int32Array(1)],
    ["createVocabulary", 1, [0, 1], new Uint8Array(1)],
    ["maskedFill", [0], new Int32Array(1), 0],
    ["sample", new Float32Array(4), -1, null, 1, 0, 1, 0, 0.5],
  ];
  for (const [name, ...args] of calls) assert.is(untyped[name](...args), Failure.MISTYPED, name);
  assert.is(addon.contextLength(context), tokens.length);
  assert.is(addon.matcherDepth(matcher), 0);
  assert.is(addon.closeMatcher(matcher), 0);
  assert.is(addon.closeContext(context), 0);
});

test("a value that is of its type and out of its range is refused as such", () => {
  const { context, matcher } = open();
  assert.is(addon.appendTokensWithEdges(context, tokens, new Uint8Array(2), 0), Failure.INVALID_ARGUMENT);
  assert.is(addon.truncateContext(context, tokens.length + 1), Failure.INVALID_ARGUMENT);
  assert.is(addon.rewind(matcher, 9), Failure.INVALID_ARGUMENT);
  assert.is(addon.sample(new Float32Array(4), 5, null, 1, 0, 1, 0, 0.5), Failure.INVALID_ARGUMENT);
  addon.closeMatcher(matcher);
  addon.closeContext(context);
});

test("what is no handle is as a closed one, whatever comes after it", () => {
  assert.is(untyped.advance("0", 1), Failure.CLOSED);
  assert.is(untyped.appendTokens(undefined, [1], 0), Failure.CLOSED);
  assert.is(untyped.closeMatcher({}), Failure.CLOSED);
  assert.is(untyped.ownContext(null, {}), Failure.CLOSED);
});

test.run();
