import { test } from "uvu";
import * as assert from "uvu/assert";
import { judge } from "../../bench/harness/verdict.js";

test("a bound is met by every figure, the bound itself included", () => {
  assert.is(judge([40, 55], { atLeast: 40 }), "met");
  assert.is(judge([40, 12], { atMost: 40 }), "met");
});

test("one figure beyond the bound is short", () => {
  assert.is(judge([55, 39.9], { atLeast: 40 }), "short");
  assert.is(judge([12, 40.1], { atMost: 40 }), "short");
});

test("what was not measured is not met, but what is known to be short is said", () => {
  assert.is(judge([], { atMost: 40 }), "not measured");
  assert.is(judge([NaN], { atLeast: 40 }), "not measured");
  assert.is(judge([12, NaN], { atMost: 40 }), "not measured");
  assert.is(judge([41, NaN], { atMost: 40 }), "short");
});

test.run();
