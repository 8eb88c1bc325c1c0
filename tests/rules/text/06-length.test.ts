import { test } from "uvu";
import * as assert from "uvu/assert";
import { backends } from "../../support/backends.js";
import { recallTokens as tokens, say, type Tokens } from "../../support/text-vocabulary.js";

for (const backend of backends) {
  const makeSession = (options?: Parameters<Tokens["session"]>[1]) => tokens.session(backend, options);
  const rule = (name: string, run: () => void) => test(`${name} (${backend})`, run);

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
}

test.run();
