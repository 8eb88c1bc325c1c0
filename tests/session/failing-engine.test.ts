/** An engine that runs out of memory in the middle of a verb: the session's state stays whole. */

import { test } from "uvu";
import * as assert from "uvu/assert";
import type { EngineContext, EngineMatcher } from "../../lib/engine/engine.js";
import { javascriptEngine } from "../../lib/engine/javascript/tokens/engine.js";
import { RecallError } from "../../lib/base/errors.js";
import { TokenSequence } from "../../lib/token-mode/sequence.js";
import { startSession } from "../../lib/token-mode/options.js";
import { SpanMachine } from "../../lib/token-mode/machine.js";
import { END, START, VOCAB_SIZE } from "../support/backends.js";

/** How many calls succeed before one fails; that one changes nothing. */
let callsLeft = Infinity;
let openContexts = 0;

const failing = new Set<PropertyKey>(["append", "truncate", "read", "fork", "matcher", "begin", "advance", "rewind"]);

/** The same object, except that calls fail when `callsLeft` says so. */
function fallible<Target extends EngineContext | EngineMatcher>(target: Target): Target {
  return new Proxy(target, {
    get(_, name) {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== "function") return value;
      return (...args: unknown[]) => {
        if (failing.has(name) && callsLeft-- <= 0) throw new RecallError("OUT_OF_MEMORY", String(name));
        if (name === "close" && "fork" in target) openContexts--;
        const result: unknown = value.apply(target, args);
        if (name === "fork") openContexts++;
        return name === "fork" || name === "matcher" ? fallible(result as EngineContext) : result;
      };
    },
  });
}

function makeMachine(): SpanMachine {
  const { settings } = startSession({
    vocabSize: VOCAB_SIZE,
    startTokenId: START,
    endTokenId: END,
    backend: "javascript",
  });
  const context = javascriptEngine.createContext({ vocabSize: VOCAB_SIZE, barriers: Int32Array.of(START, END) });
  const machine = new SpanMachine(settings, new TokenSequence(fallible(context)));
  for (const token of [1, 2, 3, 1, 2, 4, START, 1, 2, END, 5, START, 2, 4, END, 6]) machine.step(token);
  return machine;
}

/** Everything a machine tells, and what it goes on with. */
function stateOf(machine: SpanMachine) {
  const { open, closedSpans, length, sequence } = machine;
  return {
    length,
    closedSpans: closedSpans.map(({ opening, end, closedByToken }) => ({ start: opening.start, end, closedByToken })),
    open: open === null ? null : { start: open.opening.start, tokens: [...open.tokens], allowed: [...open.allowed()] },
    sequence: [...sequence.read(0, sequence.length)],
  };
}

/**
 * Lets the first, second, ... engine call of a verb fail, until the verb succeeds. After each failure the machine can
 * still be brought where the verb leads: by the verb itself or, where it stands before the span (`START`, 2), by that.
 */
function failEachCall(prepare: () => SpanMachine, verb: (machine: SpanMachine) => void) {
  const outcomes: { before: object; after: object }[] = [];
  for (let calls = 0; ; calls++) {
    const machine = prepare();
    const before = stateOf(machine);
    callsLeft = calls;
    try {
      verb(machine);
      return outcomes;
    } catch (error) {
      assert.is((error as RecallError).code, "OUT_OF_MEMORY");
    } finally {
      callsLeft = Infinity;
    }
    outcomes.push({ before, after: stateOf(machine) });
    if (machine.length === prepare().length) verb(machine);
    else for (const token of [START, 2]) machine.step(token);
    const once = prepare();
    verb(once);
    assert.equal(stateOf(machine), stateOf(once));
  }
}

const openMachine = () => {
  const machine = makeMachine();
  for (const token of [START, 1]) machine.step(token);
  return machine;
};

for (const [what, prepare, verb] of [
  ["truncate outside a span", makeMachine, (machine) => machine.truncate(11)],
  ["truncate past the open span", openMachine, (machine) => machine.truncate(11)],
  ["truncate inside the open span", openMachine, (machine) => machine.truncate(17)],
  ["reset", makeMachine, (machine) => machine.reset()],
  ["reset in a span", openMachine, (machine) => machine.reset()],
  ["fork", openMachine, (machine) => void machine.fork()],
] as [string, () => SpanMachine, (machine: SpanMachine) => void][]) {
  test(`${what}: where a call fails, nothing was changed`, () => {
    const outcomes = failEachCall(prepare, verb);
    assert.ok(outcomes.length > 0);
    for (const { before, after } of outcomes) assert.equal(after, before);
  });
}

test("truncate into a closed span: as before, or, where the span cannot be opened again, before it", () => {
  for (const prepare of [makeMachine, openMachine]) {
    const withoutSpan = makeMachine();
    withoutSpan.truncate(11);
    const outcomes = failEachCall(prepare, (machine) => machine.truncate(13));
    const kept = outcomes.filter(({ before, after }) => JSON.stringify(before) === JSON.stringify(after));
    assert.ok(kept.length >= 1);
    assert.ok(kept.length < outcomes.length);
    for (const { after } of outcomes.slice(kept.length)) assert.equal(after, stateOf(withoutSpan));
  }
});

test("a fork that fails leaves no context behind", () => {
  const machine = openMachine();
  openContexts = 0;
  callsLeft = 2;
  assert.throws(() => machine.fork());
  callsLeft = Infinity;
  assert.is(openContexts, 0);
});

test.run();
