import { test } from "uvu";
import * as assert from "uvu/assert";
import { JavaScriptTextMatcher } from "../../lib/engine/javascript/text/matcher.js";
import { NativeTextMatcher } from "../../lib/engine/native/text-matcher.js";
import {
  ConstrainedSampler,
  RecallBatch,
  type RecallError,
  RecallTextContext,
  TokenVocabulary,
} from "../../lib/entry/index.js";
import { type BackendName, backends } from "../support/backends.js";
import { refusal } from "../support/thrown.js";
import { recallTokens as tokens, say, textSnapshot, Tokens, utf8 } from "../support/text-vocabulary.js";

for (const backend of backends) {
  const makeSession = (options?: Parameters<Tokens["session"]>[1]) => tokens.session(backend, options);
  const rule = (name: string, run: () => void) => test(`${name} (${backend})`, run);

  rule("Text mode: beginSpan takes segments and a tag that closes, endSpan needs no token", () => {
    const session = makeSession();
    session.append("ab", { segment: "one" });
    session.append("a.", { segment: "two" });
    session.beginSpan({ segments: ["two"], end: "\n" });
    say(session, "a");
    assert.equal(tokens.allowed(session), [".", "\n"]);
    say(session, "\n");
    assert.equal([session.inSpan, session.contextLength, session.quotes[0].text], [false, 6, "a"]);
    session.beginSpan();
    say(session, "a", "b", "<");
    session.endSpan();
    assert.equal([session.quotes[1].text, session.quotes[1].end, session.contextLength], ["ab", 8, 9]);
    session.truncate(9);
    assert.is(session.inSpan, false);
    session.truncate(8);
    assert.is(session.inSpan, true);
  });

  rule("Text mode: a session may have no closing tag", () => {
    const session = makeSession({ endTag: null });
    session.append("ab");
    say(session, "<recall>", "a", "b");
    assert.equal(tokens.allowed(session), []);
    session.endSpan();
    assert.is(session.quotes[0].text, "ab");
  });

  rule("Text mode: undoing restores every state exactly", () => {
    const session = makeSession();
    session.append("The cat sat.", { segment: "a" });
    session.append("ab<re");
    const spoken = ["a", "<", "<re", "call>The", " cat", " sat", ".</", "recall>", "b", null, "<re", "call>", "a"];
    const states = [textSnapshot(session)];
    for (const text of spoken) {
      say(session, text);
      states.push(textSnapshot(session));
    }
    for (let from = states.length - 1; from >= 0; from--) {
      for (let to = 0; to <= from; to++) {
        const copy = session.fork();
        copy.rollback(from - to);
        assert.equal(textSnapshot(copy), states[to], `from ${from} to ${to}`);
        // What is undone can be done again.
        copy.acceptAll(tokens.ids(...spoken.slice(to, from)));
        assert.equal(textSnapshot(copy), states[from], `from ${from} to ${to} and back`);
        copy.close();
      }
      if (from > 0) session.rollback(1);
    }
    assert.equal(textSnapshot(session), states[0]);
  });

  rule("Text mode: refused tokens change nothing; acceptAll is atomic, validate looks ahead", () => {
    const session = makeSession();
    session.append("The cat sat.");
    say(session, "<re");
    const before = textSnapshot(session);
    const tried = tokens.ids("call>The", " cat", "</recall>", "a", "<recall>", "b");
    assert.is(session.validate(tried), 5);
    assert.equal(textSnapshot(session), before);
    // a was generated, b was not.
    assert.is(
      refusal(() => session.acceptAll(tried)),
      "TOKEN_NOT_ALLOWED",
    );
    assert.equal(textSnapshot(session), before);
    say(session, "call>");
    assert.is(
      refusal(() => say(session, null)),
      "TOKEN_NOT_ALLOWED",
    );
    assert.is(
      refusal(() => session.append("a")),
      "IN_SPAN",
    );
    assert.is(
      refusal(() => session.beginSpan()),
      "IN_SPAN",
    );
    session.reset();
    assert.equal(textSnapshot(session), textSnapshot(makeSession()));
    assert.is(
      refusal(() => session.endSpan()),
      "NOT_IN_SPAN",
    );
    assert.is(
      refusal(() => session.beginSpan({ segments: ["a"] })),
      "SEGMENT_UNKNOWN",
    );
    session.append("a", { segment: "a" });
    assert.is(
      refusal(() => session.append("b", { segment: "a" })),
      "SEGMENT_EXISTS",
    );
    session.close();
    assert.is(
      refusal(() => session.allowed()),
      "CLOSED",
    );
  });

  rule("Text mode: a refused append leaves a pending opening tag", () => {
    const session = makeSession({ maxContextBytes: 12 });
    say(session, "<re");
    assert.is(
      refusal(() => session.append("a long text")),
      "CONTEXT_FULL",
    );
    say(session, "call>");
    assert.is(session.inSpan, true);
  });

  rule("Text mode: sessions share a frozen context, and bytes are text too", () => {
    const context = new RecallTextContext({ vocabulary: tokens.vocabulary, backend });
    context.append("The cat", { segment: "a" }).append(utf8("\n sat."));
    assert.is(context.length, 13);
    assert.throws(
      () => tokens.session(backend, { context }),
      (error: RecallError) => error.code === "NOT_FROZEN",
    );
    context.freeze();
    assert.is(
      refusal(() => context.append("b")),
      "FROZEN",
    );
    const [one, two] = [tokens.session(backend, { context }), tokens.session(backend, { context })];
    context.close();
    one.append("ab", { segment: "b" });
    say(two, "<recall>");
    assert.equal(tokens.allowed(two)!.includes("b"), false);
    say(two, " cat");
    assert.equal(two.quotes[0].sources(), [
      { segment: "a", start: 3, end: 7, bytes: [3, 7], chars: [3, 7], lines: [1, 1] },
    ]);
    assert.throws(() => one.truncate(12), /^Expected "length" to be an integer in \[13, 16\)$/);
    one.reset();
    assert.is(one.contextLength, 13);
    one.append("ab", { segment: "b" });
  });

  rule("Text mode: batches and the sampler take its sessions", () => {
    const session = makeSession();
    session.append("The cat sat.");
    const batch = new RecallBatch();
    batch.add(session);
    assert.equal(batch.accept(tokens.ids("<re")), ["outside"]);
    batch.prepare();
    const logits = new Float32Array(session.vocabSize);
    logits[tokens.id("call>Zoo")] = 9;
    logits[tokens.id("call>The")] = 8;
    assert.is(new ConstrainedSampler({ temperature: 0 }).sample(logits, session), tokens.id("call>The"));
    assert.is(batch.apply(logits, session.vocabSize), 1);
    assert.is(logits[tokens.id("call>Zoo")], -Infinity);
    assert.equal(batch.accept([tokens.id("call>Zoo")]), ["TOKEN_NOT_ALLOWED"]);
    assert.equal(batch.accept([tokens.id("call>The")]), ["opened"]);
    assert.equal(batch.fillBitmask(new Int32Array(1), 1), [true]);
    assert.is(batch.remove(0), session);
  });
}

for (const backend of backends) {
  test(`Text mode: a span is one object, which truncate opens again (${backend})`, () => {
    const session = tokens.session(backend);
    session.append("The cat sat.");
    say(session, "<recall>", "The", " cat");
    const [span] = session.quotes;
    assert.equal([span.text, span.start, span.end, span.open], ["The cat", 20, 27, true]);
    say(session, "</recall>", "a");
    assert.is(session.quotes[0], span);
    assert.equal([span.text, span.end, span.open], ["The cat", 27, false]);
    const fork = session.fork();
    session.rollback(3);
    assert.is(session.quotes[0], span);
    assert.equal([span.text, span.end, span.open], ["The", 23, true]);
    assert.equal([fork.quotes[0].text, fork.quotes[0].open], ["The cat", false]);
    session.reset();
    assert.equal([session.quotes.length, span.text], [0, "The"]);
  });

  test(`Text mode: looking where an open span ends reads no more of it than a tag has bytes (${backend})`, () => {
    const session = tokens.session(backend, { maxSpanBytes: 100_000 });
    session.append("ab".repeat(600));
    session.beginSpan();
    const { view } = TokenVocabulary.prototype;
    let views = 0;
    TokenVocabulary.prototype.view = function (id) {
      views++;
      return view.call(this, id);
    };
    try {
      for (let i = 0; i < 500; i++) {
        say(session, "a", "b");
        assert.is(session.quotes[0].end - session.quotes[0].start, 2 * (i + 1));
      }
    } finally {
      TokenVocabulary.prototype.view = view;
    }
    assert.ok(views < 500 * 60, `${views} tokens`);
  });
}

/** Runs `run` with a function that says how often matchers were asked whether a quote begins so since it was called last. */
function countingQuestions(backend: BackendName, run: (questions: () => number) => void): void {
  const matcher = (backend === "native" ? NativeTextMatcher : JavaScriptTextMatcher).prototype;
  const { begin, advanceBytes } = matcher;
  let calls = 0;
  matcher.begin = function (options) {
    calls++;
    begin.call(this, options);
  };
  matcher.advanceBytes = function (bytes) {
    calls++;
    return advanceBytes.call(this, bytes);
  };
  try {
    run(() => {
      const counted = calls;
      calls = 0;
      return counted;
    });
  } finally {
    matcher.begin = begin;
    matcher.advanceBytes = advanceBytes;
  }
}

for (const backend of backends) {
  const texts = ["<", ">", "a", "b", "1", "2", ...Array.from({ length: 200 }, (_, i) => `<${i}`)];
  const many = new Tokens(...texts);
  const inOrder = (...allowed: string[]) => allowed.sort((a, b) => texts.indexOf(a) - texts.indexOf(b));
  const always = ["<", ">", "a", "b", "1", "2"];

  test(`Text mode: which tokens may open a span is worked out once while nothing that is searched changes (${backend})`, () => {
    const session = many.session(backend, { startTag: "<", endTag: ">", recallGenerated: false });
    session.append("7 and 11");
    countingQuestions(backend, (questions) => {
      const expected = inOrder(...always, "<1", "<7", "<11");
      assert.equal(many.allowed(session), expected);
      assert.ok(questions() > 0);
      for (let i = 0; i < 20; i++) {
        session.accept(many.id(i % 2 === 0 ? "a" : "b"));
        assert.equal(many.allowed(session), expected);
      }
      assert.is(questions(), 0);
      session.append(", 42");
      assert.equal(many.allowed(session), inOrder(...expected, "<4", "<42", "<2"));
      session.truncate(1);
      assert.equal(many.allowed(session), inOrder(...always, "<7"));
    });
  });

  test(`Text mode: sessions with the same tags share what is known of the tokens that open a span (${backend})`, () => {
    const sessions = Array.from({ length: 3 }, () => many.session(backend, { startTag: "<", endTag: ">" }));
    sessions.forEach((session, i) => session.append(String(i)));
    const { tokensOf } = TokenVocabulary.prototype;
    let calls = 0;
    TokenVocabulary.prototype.tokensOf = function (wanted) {
      calls++;
      return tokensOf.call(this, wanted);
    };
    try {
      sessions.forEach((session, i) => assert.equal(many.allowed(session), inOrder(...always, `<${i}`)));
      const other = many.session(backend, { startTag: "<", endTag: "7" });
      assert.equal(many.allowed(other), inOrder(...always, "<7"));
    } finally {
      TokenVocabulary.prototype.tokensOf = tokensOf;
    }
    assert.ok(calls <= 2);
  });

  test(`Text mode: the tokens asked about are those that the new bytes may let open a span (${backend})`, () => {
    const session = many.session(backend, { startTag: "<", endTag: ">" });
    session.append("7 and 11");
    countingQuestions(backend, (questions) => {
      many.allowed(session);
      questions();
      for (let i = 0; i < 20; i++) session.accept(many.id(i % 2 === 0 ? "a" : "b"));
      assert.equal(many.allowed(session), inOrder(...always, "<1", "<7", "<11"));
      assert.is(questions(), 0);
      session.accept(many.id("1"));
      assert.equal(many.allowed(session), inOrder(...always, "<1", "<7", "<11"));
      assert.is(questions(), 0);
      session.accept(many.id("2"));
      assert.equal(many.allowed(session), inOrder(...always, "<1", "<7", "<11", "<2", "<12"));
      // One quote begins, for "2" and "12".
      assert.is(questions(), 3);
      session.rollback(1);
      assert.equal(many.allowed(session), inOrder(...always, "<1", "<7", "<11"));
      assert.is(questions(), 0);
    });
  });
}

test.run();
