import { test } from "uvu";
import * as assert from "uvu/assert";
import { RecallTextContext, RecallTextSession, TokenVocabulary } from "../../../lib/entry/index.js";
import { backends } from "../../support/backends.js";
import { refusal } from "../../support/thrown.js";
import { recallTokens as tokens, say, textSnapshot, type Tokens } from "../../support/text-vocabulary.js";

for (const backend of backends) {
  const makeSession = (options?: Parameters<Tokens["session"]>[1]) => tokens.session(backend, options);
  const rule = (name: string, run: () => void) => test(`${name} (${backend})`, run);

  rule("Text mode 2. The opening tag opens a span in whatever tokens", () => {
    for (const opening of [["<recall>"], ["<re", "call>"], ["<", "<recall>"], ["<re", "<re", "call>"]]) {
      const session = makeSession();
      session.append("The cat sat.");
      say(session, ...opening);
      assert.is(session.inSpan, true);
      const length = opening.join("").length;
      assert.equal([session.quotes[0].start, session.contextLength], [12 + length, 12 + length]);
    }
  });

  rule("Text mode 2. The opening tag is not looked for across an append, a barrier or a closed span", () => {
    const between: ((session: RecallTextSession) => void)[] = [
      (session) => session.append("a"),
      (session) => session.append("", { segment: "empty" }),
      (session) => say(session, null),
      (session) => {
        session.beginSpan();
        session.endSpan();
      },
    ];
    for (const verb of between) {
      const session = makeSession();
      say(session, "<re");
      verb(session);
      say(session, "call>");
      assert.is(session.inSpan, false);
    }
    const session = makeSession();
    session.append("<re");
    say(session, "call>");
    assert.is(session.inSpan, false);
    session.append("");
    say(session, "<re");
    session.append("");
    say(session, "call>");
    assert.is(session.inSpan, true);
  });

  rule("Text mode 2. The searched context is everything before the tag's first byte", () => {
    const session = makeSession();
    say(session, "a", "<re", "call>");
    assert.equal(tokens.allowed(session), ["</recall>", "a", "<"]);
    say(session, "</recall>", "b");
    say(session, "<recall>");
    // Tags are never searched; what is on both sides of them is.
    assert.equal(tokens.allowed(session), ["</recall>", "a", "b", "<"]);
  });

  rule("Text mode 2. What an opening token has after the tag begins the quote, or the token is refused", () => {
    const session = makeSession();
    session.append("The cat sat.");
    say(session, "<re");
    const allowed = tokens.allowed(session)!;
    assert.is(allowed.includes("call>The"), true);
    assert.is(allowed.includes("call>Zoo"), false);
    assert.is(allowed.length, session.vocabSize - 1);
    assert.is(session.allows(tokens.id("call>Zoo")), false);
    const before = textSnapshot(session);
    assert.is(
      refusal(() => say(session, "call>Zoo")),
      "TOKEN_NOT_ALLOWED",
    );
    assert.equal(textSnapshot(session), before);
    const logits = new Float32Array(session.vocabSize + 3);
    assert.is(session.apply(logits), true);
    assert.is(logits[tokens.id("call>Zoo")], -Infinity);
    assert.is(logits[session.vocabSize], -Infinity);
    assert.is(logits[tokens.id(null)], 0);
    say(session, "call>The");
    assert.equal([session.inSpan, session.quotes[0].text], [true, "The"]);
    session.rollback(1);
    assert.equal(textSnapshot(session), before);
  });

  rule("Text mode 2. So it is where a session goes on with a character that its shared context ends inside", () => {
    const texts = ["<b\xc3>", "<b\xc3", "<ab>", "<b\xc3\xa9>", "\xa9", "b"];
    const vocabulary = new TokenVocabulary({
      vocabSize: texts.length,
      tokenBytes: texts.map((text) => Uint8Array.from(text, (character) => character.charCodeAt(0))),
    });
    const context = new RecallTextContext({ vocabulary, backend }).append(Uint8Array.of(0x61, 0x62, 0xc3)).freeze();
    const refused = (session: RecallTextSession) => {
      const allowed = session.allowed() ?? texts.keys();
      const ids = new Set<number>(allowed);
      return texts.filter((_, id) => !ids.has(id));
    };
    const open = () => new RecallTextSession({ context, startTag: "<", endTag: ">" });
    for (const first of [open(), open()]) {
      assert.equal(refused(first), ["<b\xc3\xa9>"]);
      const second = open();
      second.accept(4);
      assert.equal(refused(second), ["<b\xc3>"]);
      second.rollback(1);
      assert.equal(refused(second), ["<b\xc3\xa9>"]);
    }
  });

  rule("Text mode 2. Bytes of the opening token before the tag are searched", () => {
    const session = makeSession();
    session.append("The");
    say(session, "x<recall>T");
    assert.equal([session.quotes[0].text, session.quotes[0].start], ["T", 12]);
    session.rollback(1);
    assert.is(session.contextLength, 3);
    session.truncate(0);
    assert.is(session.allows(tokens.id("x<recall>T")), false);
  });
}

test.run();
