import { test } from "uvu";
import * as assert from "uvu/assert";
import { RecallContext, RecallSession } from "../../lib/entry/index.js";
import { backends, END, sessionsOn, START } from "../support/backends.js";
import { Tokens, recallTokens as tokens } from "../support/text-vocabulary.js";

for (const backend of backends) {
  const makeSession = sessionsOn(backend);

  test(`accept says where each token has left the session (${backend})`, () => {
    const session = makeSession().append([1, 2, 3]);
    const states = [5, START, 1, 2, END, 5, START, END].map((token) => session.accept(token));
    assert.equal(states, ["outside", "opened", "inside", "inside", "closed", "outside", "opened", "closed"]);
    session.beginSpan();
    assert.is(session.accept(2), "inside");
    session.endSpan();
    assert.is(session.accept(2), "outside");
  });

  test(`acceptAll says where the last token has left the session (${backend})`, () => {
    const session = makeSession().append([1, 2, 3]);
    assert.is(session.acceptAll([]), "outside");
    assert.is(session.acceptAll([START]), "opened");
    assert.is(session.acceptAll([]), "inside");
    assert.is(session.acceptAll([1, 2]), "inside");
    assert.throws(() => session.acceptAll([3, 1]), /not allowed/);
    assert.is(session.acceptAll([3, END]), "closed");
    assert.is(session.acceptAll([]), "outside");
  });

  test(`Text mode: accept says where each token has left the session (${backend})`, () => {
    const session = tokens.session(backend);
    session.append("The cat sat.");
    const say = (...texts: string[]) => texts.map((text) => session.accept(tokens.id(text)));
    assert.equal(say("a", "<re", "call>The"), ["outside", "outside", "opened"]);
    assert.equal(say(" cat", " sat", ".</", "recall>"), ["inside", "inside", "inside", "closed"]);
    assert.equal(say("a", "<recall>", "</recall>", "x<recall>T"), ["outside", "opened", "closed", "opened"]);
    const empty = new Tokens("<q></q>", "a").session(backend, { startTag: "<q>", endTag: "</q>" }).append("a");
    assert.is(empty.accept(0), "closed");
  });

  test(`the last quote is the latest one, open or closed, and the same object as in the list (${backend})`, () => {
    const session = makeSession().append([1, 2, 3]);
    assert.is(session.lastQuote, undefined);
    session.acceptAll([START, 1]);
    const first = session.lastQuote!;
    assert.equal([first.open, [...first.tokens]], [true, [1]]);
    session.acceptAll([2, END]);
    assert.is(session.lastQuote, first);
    assert.equal([first.open, [...first.tokens]], [false, [1, 2]]);
    session.acceptAll([START, 3, END]);
    assert.is(session.lastQuote, session.quotes[1]);
    assert.is(session.quotes[0], first);
    session.rollback(4);
    assert.is(session.lastQuote, first);
    assert.is(first.open, true);
    session.truncate(3);
    assert.is(session.lastQuote, undefined);
    assert.is(session.fork().lastQuote, undefined);
  });

  test(`a quote has text where the session was told how to decode tokens (${backend})`, () => {
    const names = ["zero", "one", "two", "three"];
    const decode = (ids: Int32Array) => Array.from(ids, (id) => names[id]).join(" ");
    const context = new RecallContext({ vocabSize: 20, startTokenId: START, endTokenId: END, backend });
    context.append([1, 2, 3]).freeze();
    for (const session of [
      new RecallSession({ context, decode }),
      makeSession({ decode }).append([1, 2, 3]),
      makeSession({ decode }).append([1, 2, 3]).fork(),
    ]) {
      session.acceptAll([START, 1, 2]);
      const [quote] = session.quotes;
      assert.equal([quote.text, quote.open, quote.bytes], ["one two", true, undefined]);
      session.acceptAll([3, END]);
      assert.is(quote.text, "one two three");
    }
    const unknown = makeSession().append([1, 2, 3]);
    unknown.acceptAll([START, 1, END]);
    assert.is(unknown.lastQuote!.text, undefined);
    assert.throws(() => makeSession({ decode: "text" as never }), /Expected "decode" to be a function/);
  });
}

test.run();
