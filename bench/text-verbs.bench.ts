/**
 * Verbs of a session of text mode, on the native engine, behind 10 MB of text that repeats itself, where each of them concerns half of all places:
 * a token generated outside a span, a draft of 16 tokens, the first three sources of a quote, and a fork. Each result is
 * compared with what the text says before it is timed.
 */
import { strict as assert } from "node:assert";
import { RecallTextContext, RecallTextSession, TokenVocabulary } from "../lib/entry/index.js";
import { measureCases, printCases, type Case } from "./harness/cases.js";
import { describeMachine } from "./harness/machine.js";
import { saveResults } from "./harness/results.js";
import { wayOf, type Backend } from "./session/quoted-text.js";

const BYTES = 10_000_000;
const DRAFTED = 16;
const TOKENS = ["a", "b", "ab", "c ", "<recall>", "</recall>"];
const [A, WORD] = [0, 3];
const GENERATED = 1_000;

const vocabulary = new TokenVocabulary({
  vocabSize: TOKENS.length,
  tokenBytes: TOKENS.map((token) => Buffer.from(token)),
});

function casesOf(backend: Backend): Case[] {
  const context = new RecallTextContext({ vocabulary, backend });
  context.append("ab".repeat(BYTES / 2), { segment: "document" });
  const session = new RecallTextSession({ context: context.freeze() });
  const quoting = session.fork();
  quoting.beginSpan();
  quoting.accept(A);
  const of = { way: wayOf(backend), text: "ab, repeated", condition: "10 MB" };
  const work = { tokens: 1 };
  const drafted = Int32Array.from({ length: DRAFTED }, (_, i) => (i === 0 ? 1 : 2));
  const sources = [0, 2, 4].map((start) => ({ segment: "document", start, end: start + 1 }));
  const generate = () => {
    for (let i = 0; i < GENERATED; i++) session.accept(WORD);
  };
  const forks: RecallTextSession[] = [];
  return [
    {
      of: { subject: "accept outside a span", ...of },
      work,
      operations: GENERATED,
      check() {
        generate();
        assert.equal(session.contextLength, BYTES + 2 * GENERATED);
        session.reset();
      },
      run: generate,
      after: () => session.reset(),
    },
    {
      of: { subject: "draft", ...of },
      work: { tokens: DRAFTED },
      check: () => assert.deepEqual(quoting.draft(DRAFTED), drafted),
      run: () => void quoting.draft(DRAFTED),
    },
    {
      of: { subject: "the first three sources", ...of },
      work,
      check() {
        const found = quoting.quotes[0]!.sources({ limit: 3 });
        assert.deepEqual(
          found.map(({ segment, start, end }) => ({ segment, start, end })),
          sources,
        );
      },
      run: () => void quoting.quotes[0]!.sources({ limit: 3 }),
    },
    {
      of: { subject: "fork in a quote", ...of },
      work,
      check() {
        const fork = quoting.fork();
        assert.deepEqual(fork.allowed(), quoting.allowed());
        fork.close();
      },
      run: () => void forks.push(quoting.fork()),
      after: () => forks.pop()!.close(),
    },
  ];
}

console.log(`${describeMachine().processor}, one thread\n`);
const measured = measureCases(casesOf("native"));
printCases(measured);
saveResults(
  "text-verbs",
  measured.map(({ measurement }) => measurement),
);
