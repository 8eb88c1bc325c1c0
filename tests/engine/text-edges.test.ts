import { test } from "uvu";
import * as assert from "uvu/assert";
import { loadTextEngine } from "../../lib/engine/load-text.js";

const VOCABULARY = { vocabSize: 2, offsets: Int32Array.of(0, 1, 2), bytes: Buffer.from('\\"') };
const [BACKSLASH, CLOSE] = [0, 1];

for (const backend of ["javascript", "native"] as const) {
  test(`${backend}: of two places that look alike, one is an edge because an escape sequence was cut there`, () => {
    const context = loadTextEngine(backend).createTextContext(VOCABULARY);
    const append = (text: string, newRun: boolean) => {
      context.append(Buffer.from(text), { searchable: true, newRun, json: true, edges: null });
    };
    append("\\n!\\n", true);
    context.truncate(4);
    append("n#", false);
    context.compact();
    const matcher = context.matcher();
    matcher.begin({ ranges: null, tag: Buffer.from('"'), minBytes: 0, maxBytes: 100 });
    assert.ok(matcher.advance(BACKSLASH));
    assert.ok(matcher.mayEnd());
    assert.equal([...matcher.allowed()], [CLOSE]);
    assert.ok(matcher.advance(CLOSE));
    assert.is(matcher.closedAt, 1);
    context.close();
  });
}

test.run();
