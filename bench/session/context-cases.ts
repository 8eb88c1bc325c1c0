import { strict as assert } from "node:assert";
import type { RecallSession } from "../../lib/entry/index.js";
import type { Case } from "../harness/cases.js";
import { wayOf, type Backend, type QuotedText } from "./quoted-text.js";

const APPENDED = 1_000;

/** Getting a context ready, letting it grow, and the first mask of a span. */
export function contextCases(quoted: QuotedText, backend: Backend): Case[] {
  const { text, length: tokens, vocabulary } = quoted;
  const of = { way: wayOf(backend), text, tokens, vocabulary };
  return [ready(quoted, backend, of), append(quoted, backend, of), firstMask(quoted, backend, of)];
}

type Setting = Omit<Case["of"], "subject">;

/** Tokens in, index, the first span's first mask. */
function ready(quoted: QuotedText, backend: Backend, of: Setting): Case {
  let session: RecallSession;
  const getReady = () => {
    session = quoted.session(backend);
    session.accept(quoted.startTokenId);
    return session.allowed();
  };
  return {
    of: { subject: "context ready", ...of },
    work: { tokens: quoted.length },
    perToken: true,
    runs: 5,
    check() {
      assert.deepEqual(Array.from(getReady()!), quoted.allowed(0, 0));
      session.close();
    },
    run: () => void getReady(),
    after: () => session.close(),
  };
}

function append(quoted: QuotedText, backend: Backend, of: Setting): Case {
  const session = quoted.session(backend);
  const appended = quoted.next(APPENDED);
  let fork: RecallSession;
  const run = () => {
    for (const token of appended) fork.append(token);
  };
  return {
    of: { subject: "append one token", ...of },
    work: { tokens: 1 },
    operations: APPENDED,
    check() {
      fork = session.fork();
      run();
      const survivors = quoted.survivors(0, 0);
      const seen = new Set([...survivors.continuations(), ...appended.map((token) => token[0]!), quoted.endTokenId]);
      fork.accept(quoted.startTokenId);
      assert.deepEqual(Array.from(fork.allowed()!), Array.from(Int32Array.from(seen).sort()));
      fork.close();
    },
    before: () => void (fork = session.fork()),
    run,
    after: () => fork.close(),
  };
}

/** Opens a span, asks for the ids of every token of the context, and takes the span back. */
function firstMask(quoted: QuotedText, backend: Backend, of: Setting): Case {
  const session = quoted.session(backend);
  return {
    of: { subject: "first mask", ...of },
    work: { tokens: 1 },
    check: () => quoted.checkSpan(session, 0),
    before: () => session.truncate(quoted.length),
    run() {
      session.accept(quoted.startTokenId);
      session.allowed();
    },
  };
}
