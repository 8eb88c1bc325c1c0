import { test } from "uvu";
import * as assert from "uvu/assert";
import { backends } from "../../support/backends.js";
import { recallTokens as tokens, say, type Tokens } from "../../support/text-vocabulary.js";

for (const backend of backends) {
  const makeSession = (options?: Parameters<Tokens["session"]>[1]) => tokens.session(backend, options);
  const rule = (name: string, run: () => void) => test(`${name} (${backend})`, run);

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
}

test.run();
