import { test } from "uvu";
import * as assert from "uvu/assert";
import { RecallTextContext, RecallTextSession, TokenVocabulary } from "../../lib/entry/index.js";
import { backends } from "../support/backends.js";
import { refusal } from "../support/thrown.js";
import { recallTokens as tokens, say, textSnapshot, utf8, type Tokens } from "../support/text-vocabulary.js";

for (const backend of backends) {
  const makeSession = (options?: Parameters<Tokens["session"]>[1]) => tokens.session(backend, options);
  const rule = (name: string, run: () => void) => test(`${name} (${backend})`, run);

  rule("Text mode 1. Lengths are bytes", () => {
    const session = makeSession({ maxContextBytes: 12 });
    session.append("éa");
    assert.is(session.contextLength, 3);
    say(session, "The", " cat");
    assert.is(session.contextLength, 10);
    assert.is(
      refusal(() => say(session, "The")),
      "CONTEXT_FULL",
    );
    assert.is(
      refusal(() => session.append("The")),
      "CONTEXT_FULL",
    );
    say(session, "é");
    say(session, null);
    assert.is(session.contextLength, 12);
  });

  rule("Text mode 1. truncate takes an edge of a generated token, or any place in appended text", () => {
    const session = makeSession();
    session.append("The cat", { segment: "a" });
    say(session, "The", " cat");
    assert.throws(() => session.truncate(8), /^Expected "length" not to be inside a generated token$/);
    assert.is(session.contextLength, 14);
    session.truncate(10);
    session.truncate(5);
    session.beginSpan({ segments: ["a"] });
    say(session, "The");
    assert.equal([...session.draft(4)], []);
    assert.equal(tokens.allowed(session), ["</recall>", "<"]);
  });

  rule("Text mode 1. rollback undoes the last accepted tokens, whatever their bytes", () => {
    const session = makeSession();
    session.append("ab");
    const before = textSnapshot(session);
    say(session, "a", null, "b");
    session.rollback(2);
    assert.is(session.contextLength, 3);
    session.rollback(1);
    assert.equal(textSnapshot(session), before);
    assert.throws(() => session.rollback(1), /^Expected "count" to be an integer in \[0, 1\)$/);
  });

  rule("Text mode 1. Of several states of one length truncate keeps the latest", () => {
    const session = makeSession();
    session.append("ab");
    say(session, null);
    session.append("a");
    session.truncate(2);
    session.append("a");
    session.beginSpan();
    say(session, "b");
    // The token without bytes stands between b and a.
    assert.equal(tokens.allowed(session), ["</recall>", "<"]);
  });

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

  rule("Text mode 3. Any tokenisation of the text is allowed, from a character's edge", () => {
    const session = makeSession();
    session.append("The cat sat.é");
    say(session, "<recall>");
    assert.equal(tokens.allowed(session), [
      "</recall>",
      "The",
      " cat",
      " sat",
      ".",
      ".</",
      "t</recall>",
      "a",
      "é",
      "<",
    ]);
    say(session, " cat");
    assert.equal(tokens.allowed(session), ["</recall>", " sat", "<"]);
    say(session, " sat");
    assert.equal(tokens.allowed(session), ["</recall>", ".", ".</", "<"]);
  });

  rule("Text mode 3. The closing tag may go on in any tokenisation", () => {
    const session = makeSession();
    session.append("The cat sat.");
    say(session, "<recall>", " sat", ".</");
    assert.equal(tokens.allowed(session), ["recall>"]);
    assert.equal(session.quotes[0].text, " sat.");
    say(session, "recall>");
    assert.is(session.inSpan, false);
    const [span] = session.quotes;
    assert.equal([span.text, span.start, span.end, span.open], [" sat.", 20, 25, false]);
  });

  rule(
    "Text mode 4. Completing the tag closes the span, in the middle of a token that the text would allow too",
    () => {
      const session = makeSession();
      session.append("The</recall>!");
      say(session, "<recall>", "The");
      // Past the tag a token may go on only where the text does.
      say(session, "</recall>!");
      assert.is(session.inSpan, false);
      assert.equal(session.quotes[0].text, "The");
      session.reset();
      session.append("The cat");
      say(session, "<recall>", "The");
      assert.is(
        refusal(() => say(session, "</recall>!")),
        "TOKEN_NOT_ALLOWED",
      );
    },
  );

  rule("Text mode 4. Tags cut runs like barriers; a quote joins the context between them", () => {
    const session = makeSession();
    session.append("ab");
    say(session, "<recall>", "a", "</recall>", "b", "<recall>", "a");
    // The first a is followed by b; the quoted one by its tag.
    assert.equal(tokens.allowed(session), ["</recall>", "b", "<"]);
    assert.equal(session.quotes[1].sources(), [
      { segment: null, start: 0, end: 1 },
      { segment: null, start: 10, end: 11 },
    ]);
  });

  rule("Text mode 4. Without recallGenerated nothing that was generated is searched", () => {
    const session = makeSession({ recallGenerated: false });
    session.append("ab");
    say(session, "é", "<recall>", "a", "</recall>", "<recall>");
    assert.equal(tokens.allowed(session), ["</recall>", "a", "b", "<"]);
    say(session, "a");
    assert.equal(session.quotes[1].sources().length, 1);
  });

  rule("Text mode 5. With snap a quote starts and ends at edges of units only", () => {
    const session = makeSession({ snap: "word" });
    session.append("The cat\nsat.", { segment: "a" });
    say(session, "<recall>");
    assert.equal(tokens.allowed(session), ["</recall>", "The", " cat", ".", ".</", "<", "\n"]);
    say(session, "The");
    const line = makeSession({ snap: "line" });
    line.append("The cat\n sat.", { segment: "a" });
    line.append(" cat", { segment: "b" });
    say(line, "<recall>");
    assert.equal(tokens.allowed(line), ["</recall>", "The", " cat", " sat", "<", "\n"]);
    say(line, "The");
    // No line ends here.
    assert.equal(tokens.allowed(line), [" cat"]);
    say(line, " cat", "</recall>");
    assert.equal(line.quotes[0].sources(), [
      { segment: "a", start: 0, end: 7, bytes: [0, 7], chars: [0, 7], lines: [1, 1] },
    ]);
  });

  rule("Text mode 6. A quote goes no further than the last edge within maxSpanBytes", () => {
    const session = makeSession({ maxSpanBytes: 5 });
    session.append("The cat");
    say(session, "<recall>", "The");
    assert.equal(tokens.allowed(session), ["</recall>", "<"]);
  });

  rule("Text mode 6. Below minSpanBytes the closing tag is withheld, unless it is the only way on", () => {
    const session = makeSession({ minSpanBytes: 5 });
    session.append("The cat");
    say(session, "<recall>", "The");
    assert.equal(tokens.allowed(session), [" cat"]);
    session.truncate(3);
    say(session, "<recall>", "The");
    assert.equal(tokens.allowed(session), ["</recall>", "<"]);
  });

  rule("Text mode 7. JSON mode quotes the escaped text, and reports places in the original", () => {
    const session = makeSession({ json: true });
    session.append('a"\n\nb', { segment: "a" });
    assert.is(session.contextLength, 8);
    session.beginSpan();
    assert.equal(tokens.allowed(session), ["a", "b", '"', "\\n", "\\"]);
    say(session, "a", "\\");
    assert.equal(tokens.allowed(session), ['"']);
    assert.is(session.quotes[0].text, "a");
    say(session, '"', "\\n", "\\");
    assert.is(session.quotes[0].text, 'a"\n');
    say(session, "n", "b", '"');
    const [span] = session.quotes;
    assert.equal([span.text, new TextDecoder().decode(span.bytes)], ['a"\n\nb', 'a\\"\\n\\nb']);
    assert.equal(span.sources(), [{ segment: "a", start: 0, end: 5, bytes: [0, 5], chars: [0, 5], lines: [1, 3] }]);
    assert.equal([session.inSpan, session.contextLength], [false, 17]);
    session.beginSpan();
    say(session, "\\n", "b");
    assert.equal(session.quotes[1].sources(), [
      { segment: "a", start: 3, end: 5, bytes: [3, 5], chars: [3, 5], lines: [2, 3] },
    ]);
  });

  rule("Text mode 7. What truncate leaves of an escape sequence or a character is in no quote", () => {
    for (const [text, length, rest] of [
      ['a"b', 2, ""],
      ["a\u0001b", 2, ""],
      ["a\u0001b", 6, ""],
      ["aéb", 2, ""],
      ['a"b', 2, "n"],
      ["aéb", 2, "b"],
    ] as const) {
      for (const segment of [undefined, "s"]) {
        const session = makeSession({ json: true });
        session.append(text, { segment });
        session.truncate(length);
        assert.is(session.contextLength, length);
        session.append(rest);
        assert.is(session.contextLength, length + rest.length);
        session.beginSpan();
        const first = ["a", "b", '"', "n"].filter((token) => token === "a" || token === rest || token === '"');
        assert.equal(tokens.allowed(session), first, JSON.stringify(text));
        say(session, "a");
        assert.equal(tokens.allowed(session), ['"']);
        say(session, '"');
        assert.is(session.quotes[0].text, "a");
        assert.equal(
          session.quotes[0].sources().map(({ start, end }) => [start, end]),
          [[0, 1]],
        );
      }
    }
  });

  rule("Text mode 7. Cut before an escape sequence or behind it, text is quoted to its end", () => {
    const session = makeSession({ json: true });
    session.append('a\\"b');
    for (const [length, quote] of [
      [6, ["a", "\\", "\\", "\\", '"', "b"]],
      [5, ["a", "\\", "\\", "\\", '"']],
      [4, ["a", "\\", "\\"]],
      [3, ["a", "\\", "\\"]],
      [2, ["a"]],
      [1, ["a"]],
    ] as const) {
      session.truncate(length);
      const fork = session.fork();
      fork.beginSpan();
      say(fork, ...quote);
      assert.equal(tokens.allowed(fork), ['"'], `${length}`);
      say(fork, '"');
      assert.is(fork.quotes[0].text, JSON.parse(`"${quote.join("")}"`));
    }
  });

  rule(
    "Text mode 7. Cut behind any number of backslashes, text is quoted to the last escape sequence that is whole",
    () => {
      for (const before of ["", "a"]) {
        const session = makeSession({ json: true });
        session.append(before + "\\".repeat(70));
        for (const count of [140, 131, 130, 129, 128, 127, 65, 64, 63, 34, 33, 32, 31, 30, 2, 1]) {
          session.truncate(before.length + count);
          const fork = session.fork();
          fork.beginSpan();
          const whole = [...before, ...Array<string>(count - (count % 2)).fill("\\")];
          say(fork, ...whole);
          assert.equal(tokens.allowed(fork), ['"'], `${count} backslashes`);
          say(fork, '"');
          assert.is(fork.quotes[0].text, before + "\\".repeat(count >> 1));
        }
      }
    },
  );

  rule(
    "Text mode 1. Cut in the middle of a character, text is the bytes it has, and goes on with those appended",
    () => {
      const session = makeSession();
      session.append("aé");
      session.truncate(2);
      session.beginSpan();
      say(session, "a");
      assert.is(session.allows(tokens.id("é")), false);
      session.truncate(2);
      session.endSpan();
      session.append(utf8("éb").subarray(1));
      session.beginSpan();
      say(session, "a", "é", "b");
      assert.is(session.quotes.at(-1)!.text, "aéb");
    },
  );

  rule("Text mode 7. In JSON mode a tag opens spans only where it is given", () => {
    const session = makeSession({ json: true });
    session.append("a");
    say(session, "<recall>");
    assert.is(session.inSpan, false);
    const tagged = makeSession({ json: true, startTag: 'x"' });
    tagged.append("ax");
    say(tagged, "a");
    assert.is(tagged.inSpan, false);
  });

  rule("Text mode 8. Sources are byte ranges of the document, named segments first", () => {
    const session = makeSession();
    session.append("é a");
    session.append("b\néa", { segment: "one" });
    session.append("a", { segment: "two" });
    say(session, "<recall>", "a");
    const [span] = session.quotes;
    assert.equal(span.sources(), [
      { segment: "one", start: 4, end: 5, bytes: [4, 5], chars: [3, 4], lines: [2, 2] },
      { segment: "two", start: 0, end: 1, bytes: [0, 1], chars: [0, 1], lines: [1, 1] },
      { segment: null, start: 3, end: 4 },
    ]);
    assert.is(span.sources({ limit: 1 }).length, 1);
    session.truncate(9);
    assert.is(
      refusal(() => span.sources()),
      "SPAN_UNDONE",
    );
  });
}

test.run();
