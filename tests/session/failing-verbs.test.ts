/** Every verb of a session over an engine that runs out of memory at each of its calls in turn. */

import { test } from "uvu";
import * as assert from "uvu/assert";
import { javascriptTextEngine } from "../../lib/engine/javascript/text/engine.js";
import { javascriptEngine } from "../../lib/engine/javascript/tokens/engine.js";
import { RecallError, RecallSession, RecallTextSession } from "../../lib/entry/index.js";
import { ForkedState } from "../../lib/session/decoding-session.js";
import { TextMachine } from "../../lib/text-mode/machine.js";
import { startTextSession } from "../../lib/text-mode/options.js";
import { TextSequence } from "../../lib/text-mode/sequence.js";
import { TokenMachine } from "../../lib/token-mode/machine.js";
import { startSession } from "../../lib/token-mode/options.js";
import { TokenSequence } from "../../lib/token-mode/sequence.js";
import { END, START, VOCAB_SIZE } from "../support/backends.js";
import { FallibleEngine } from "../support/fallible-engine.js";
import { snapshot } from "../support/snapshot.js";
import { recallTokens, textSnapshot } from "../support/text-vocabulary.js";

/** A session of either mode; what follows is done to it by the same verbs. */
interface Case<Session> {
  readonly what: string;
  prepare(session: Session): void;
  verb(session: Session): unknown;
  /** A span that cannot be opened again is undone as a whole: where memory runs out, this may be left too. */
  orElse?(session: Session): void;
}

/** Lets the first, second, ... call of a verb fail, until it succeeds; nothing is changed then, and it may be tried again. */
function failEachCall<Session extends RecallSession | RecallTextSession>(
  make: (engine: FallibleEngine) => Session,
  describe: (session: Session) => unknown,
  { prepare, verb, orElse }: Case<Session>,
  failsOn: boolean,
): number {
  const prepared = (engine = new FallibleEngine()) => {
    const session = make(engine);
    prepare(session);
    return session;
  };
  const before = describe(prepared());
  const [done, undone] = [prepared(), prepared()];
  const answer = verb(done);
  const after = describe(done);
  orElse?.(undone);
  for (let calls = 0; ; calls++) {
    const engine = new FallibleEngine();
    const session = prepared(engine);
    Object.assign(engine, { callsLeft: calls, failsOn });
    try {
      assert.equal(verb(session), answer);
      return calls;
    } catch (error) {
      if (!(error instanceof RecallError)) throw error;
      assert.is(error.code, "OUT_OF_MEMORY");
    } finally {
      engine.callsLeft = Infinity;
    }
    const left = describe(session);
    if (orElse !== undefined && JSON.stringify(left) !== JSON.stringify(before)) {
      assert.equal(left, describe(undone), `call ${calls}`);
      continue;
    }
    assert.equal(left, before, `call ${calls}`);
    assert.equal(verb(session), answer);
    assert.equal(describe(session), after, `again after call ${calls}`);
  }
}

function refused(run: () => void): string {
  try {
    run();
  } catch (error) {
    if (error instanceof RecallError && error.code === "TOKEN_NOT_ALLOWED") return error.code;
    throw error;
  }
  return "accepted";
}

function tokenSession(engine: FallibleEngine): RecallSession {
  const options = { vocabSize: VOCAB_SIZE, startTokenId: START, endTokenId: END, backend: "javascript" } as const;
  const context = javascriptEngine.createContext({ vocabSize: VOCAB_SIZE, barriers: Int32Array.of(START, END) });
  const { settings } = startSession(options);
  const machine = new TokenMachine(settings, new TokenSequence(engine.wrap(context)));
  const session = new RecallSession(new ForkedState(settings, machine));
  session.append([1, 2, 3, 1, 2, 4], { segment: "document" });
  session.acceptAll([1, START, 1, 2, END, 5, START, 2, 4, END, 6]);
  return session;
}

const closed = () => undefined;
const open = (session: RecallSession) => session.acceptAll([START, 1]);

const tokenCases: readonly Case<RecallSession>[] = [
  { what: "append", prepare: closed, verb: (session) => void session.append([1, 2]) },
  { what: "append a document", prepare: closed, verb: (session) => void session.append([1, 2], { segment: "x" }) },
  { what: "accept outside a span", prepare: closed, verb: (session) => session.accept(3) },
  { what: "accept the start token", prepare: closed, verb: (session) => session.accept(START) },
  { what: "accept in a span", prepare: open, verb: (session) => session.accept(2) },
  { what: "accept the end token", prepare: open, verb: (session) => session.accept(END) },
  { what: "beginSpan", prepare: closed, verb: (session) => session.beginSpan() },
  { what: "beginSpan in a segment", prepare: closed, verb: (session) => session.beginSpan({ segments: ["document"] }) },
  { what: "endSpan", prepare: open, verb: (session) => session.endSpan() },
  { what: "allows", prepare: open, verb: (session) => session.allows(2) },
  { what: "draft", prepare: open, verb: (session) => Array.from(session.draft(8)) },
  { what: "acceptAll", prepare: closed, verb: (session) => session.acceptAll([5, START, 2, 4, END, 6]) },
  { what: "acceptAll in a span", prepare: open, verb: (session) => session.acceptAll([2, 3]) },
  { what: "acceptAll refused", prepare: closed, verb: (session) => refused(() => session.acceptAll([5, START, 2, 9])) },
  { what: "acceptAll refused in a span", prepare: open, verb: (session) => refused(() => session.acceptAll([2, 9])) },
  { what: "validate", prepare: closed, verb: (session) => session.validate([5, START, 2, 4, 9]) },
  { what: "validate in a span", prepare: open, verb: (session) => session.validate([2, 3, 9]) },
  {
    what: "validate past the end of a span",
    prepare: open,
    verb: (session) => session.validate([2, END, 5, START, 2]),
    orElse: (session) => session.truncate(session.contextLength - 2),
  },
  { what: "rollback in a span", prepare: open, verb: (session) => session.rollback(1) },
  { what: "rollback over a span", prepare: open, verb: (session) => session.rollback(3) },
  { what: "fork", prepare: closed, verb: (session) => void session.fork() },
  { what: "fork in a span", prepare: open, verb: (session) => void session.fork() },
  { what: "truncate outside a span", prepare: open, verb: (session) => session.truncate(7) },
  {
    what: "truncate into a closed span",
    prepare: open,
    verb: (session) => session.truncate(9),
    orElse: (session) => session.truncate(7),
  },
  { what: "reset", prepare: open, verb: (session) => session.reset() },
];

function textSession(engine: FallibleEngine): RecallTextSession {
  const { settings } = startTextSession({ vocabulary: recallTokens.vocabulary, backend: "javascript" });
  const context = javascriptTextEngine.createTextContext(recallTokens.vocabulary.table);
  const machine = new TextMachine(settings, new TextSequence(engine.wrap(context), false));
  const session = new RecallTextSession(new ForkedState(settings, machine));
  session.append("The cat sat. The cat", { segment: "document" });
  session.acceptAll(ids("a", "<recall>", "The", " cat", "</recall>", "b", "<re"));
  return session;
}

const ids = (...texts: (string | null)[]) => recallTokens.ids(...texts);
const openText = (session: RecallTextSession) => session.acceptAll(ids("call>", "The"));
const accept =
  (...texts: (string | null)[]) =>
  (session: RecallTextSession) =>
    texts.length === 1 ? session.accept(ids(...texts)[0]!) : session.acceptAll(ids(...texts));

const textCases: readonly Case<RecallTextSession>[] = [
  { what: "append", prepare: closed, verb: (session) => void session.append("more") },
  { what: "append a document", prepare: closed, verb: (session) => void session.append("more", { segment: "x" }) },
  { what: "accept outside a span", prepare: closed, verb: accept("a") },
  { what: "accept no bytes", prepare: closed, verb: accept(null) },
  { what: "accept an opening token", prepare: closed, verb: accept("call>") },
  { what: "accept an opening token that goes on", prepare: closed, verb: accept("call>The") },
  { what: "accept in a span", prepare: openText, verb: accept(" cat") },
  { what: "accept a closing token", prepare: openText, verb: accept("</recall>") },
  { what: "accept a token that closes after text", prepare: accept("call>", "a"), verb: accept("t</recall>") },
  { what: "beginSpan", prepare: closed, verb: (session) => session.beginSpan() },
  { what: "beginSpan in a segment", prepare: closed, verb: (session) => session.beginSpan({ segments: ["document"] }) },
  { what: "endSpan", prepare: openText, verb: (session) => session.endSpan() },
  { what: "allowed", prepare: openText, verb: (session) => Array.from(session.allowed()!) },
  { what: "allowed outside a span", prepare: closed, verb: (session) => Array.from(session.allowed()!) },
  { what: "allows", prepare: openText, verb: (session) => session.allows(2) },
  { what: "allows outside a span", prepare: closed, verb: (session) => session.allows(ids("call>Zoo")[0]!) },
  { what: "draft", prepare: openText, verb: (session) => Array.from(session.draft(8)) },
  {
    what: "acceptAll refused",
    prepare: closed,
    verb: (session) => refused(() => accept("a", "<re", "call>Zoo")(session)),
  },
  {
    what: "acceptAll refused in a span",
    prepare: openText,
    verb: (session) => refused(() => accept(" cat", "b")(session)),
  },
  { what: "validate", prepare: closed, verb: (session) => session.validate(ids("call>", "The", "b")) },
  { what: "validate in a span", prepare: openText, verb: (session) => session.validate(ids(" cat", "b")) },
  { what: "rollback in a span", prepare: openText, verb: (session) => session.rollback(1) },
  { what: "rollback over a span", prepare: openText, verb: (session) => session.rollback(2) },
  { what: "fork", prepare: closed, verb: (session) => void session.fork() },
  { what: "fork in a span", prepare: openText, verb: (session) => void session.fork() },
  { what: "truncate outside a span", prepare: openText, verb: (session) => session.truncate(21) },
  { what: "truncate inside a document", prepare: openText, verb: (session) => session.truncate(9) },
  {
    what: "truncate into a closed span",
    prepare: openText,
    verb: (session) => session.truncate(32),
    orElse: (session) => session.truncate(21),
  },
  {
    what: "validate past the end of a span",
    prepare: openText,
    verb: (session) => session.validate(ids(" cat", "</recall>", "a")),
    orElse: (session) => session.rollback(2),
  },
  {
    what: "acceptAll refused past the end of a span",
    prepare: openText,
    verb: (session) => refused(() => accept(" cat", "</recall>", "<re", "call>Zoo")(session)),
    orElse: (session) => session.rollback(2),
  },
  { what: "reset", prepare: openText, verb: (session) => session.reset() },
];

/** What is taken back where it cannot be kept: that too may have to wait until there is memory. */
const takesBack = (what: string) => /^(acceptAll|validate)/.test(what);

function testEach<Session extends RecallSession | RecallTextSession>(
  mode: string,
  cases: readonly Case<Session>[],
  make: (engine: FallibleEngine) => Session,
  describe: (session: Session) => unknown,
): void {
  for (const each of cases) {
    test(`${mode} mode, ${each.what}: where a call fails, nothing was changed`, () => {
      assert.ok(failEachCall(make, describe, each, false) > 0);
    });
    if (!takesBack(each.what)) continue;
    test(`${mode} mode, ${each.what}: where all calls fail from one on, nothing was changed`, () => {
      assert.ok(failEachCall(make, describe, each, true) > 0);
    });
  }
}

test("a fork that fails leaves no context behind", () => {
  for (const [make, enter] of [
    [tokenSession, open],
    [textSession, openText],
  ] as [(engine: FallibleEngine) => RecallSession | RecallTextSession, (session: unknown) => void][]) {
    const engine = new FallibleEngine();
    const session = make(engine);
    enter(session);
    engine.openForks = 0;
    // The fork, its matcher and the quote's beginning.
    engine.callsLeft = 2;
    assert.throws(() => session.fork());
    assert.is(engine.openForks, 0);
  }
});

testEach("token", tokenCases, tokenSession, snapshot);
testEach("text", textCases, textSession, textSnapshot);

test.run();
