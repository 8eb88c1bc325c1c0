import { strict as assert } from "node:assert";
import {
  RecallContext,
  RecallSession,
  RecallTextContext,
  RecallTextSession,
  TokenVocabulary,
} from "../../lib/entry/index.js";
import type { Case } from "../harness/cases.js";
import { wayOf, type Backend } from "./quoted-text.js";

export const DISTINCT = 150_000;
/** Ids that no document holds follow the others. */
const VOCABULARY = DISTINCT + 1_000;
const [START, END] = [VOCABULARY - 2, VOCABULARY - 1];

export type Mode = "tokens" | "text";
type Session = RecallSession | RecallTextSession;

/** A frozen context of 150,000 ids, each once, in so many documents; and sessions on it. */
export interface SharedContextCase {
  readonly mode: Mode;
  readonly backend: Backend;
  readonly documents: number;
  open(): Session;
  /** Writes what the context lacks, quotes, asks for the ids of the whole context twice. */
  use(session: Session): void;
}

const wordOf = (id: number): string => `${id.toString(36)} `;
let words: TokenVocabulary | undefined;

/** The ids below DISTINCT in parts of like size. */
function* partsOf(documents: number): Generator<Int32Array> {
  for (let i = 0; i < documents; i++) {
    const [from, to] = [Math.ceil((i * DISTINCT) / documents), Math.ceil(((i + 1) * DISTINCT) / documents)];
    yield Int32Array.from({ length: to - from }, (_, offset) => from + offset);
  }
}

export function sharedContextCase(mode: Mode, backend: Backend, documents: number): SharedContextCase {
  const open = mode === "tokens" ? tokenSessions(backend, documents) : textSessions(backend, documents);
  return { mode, backend, documents, open, use };
}

function tokenSessions(backend: Backend, documents: number): () => Session {
  const options = { vocabSize: VOCABULARY, startTokenId: START, endTokenId: END, backend };
  const context = new RecallContext(options);
  let i = 0;
  for (const part of partsOf(documents)) context.append(part, { segment: `document ${i++}` });
  context.freeze();
  return () => new RecallSession({ context });
}

function textSessions(backend: Backend, documents: number): () => Session {
  words ??= new TokenVocabulary({ vocabSize: VOCABULARY, tokenBytes: (id) => Buffer.from(wordOf(id)) });
  const context = new RecallTextContext({ vocabulary: words, backend });
  let i = 0;
  for (const part of partsOf(documents)) {
    context.append(Array.from(part, wordOf).join(""), { segment: `document ${i++}` });
  }
  context.freeze();
  return () => new RecallTextSession({ context });
}

function use(session: Session): void {
  session.acceptAll([DISTINCT + 7, DISTINCT + 8]);
  for (let span = 0; span < 2; span++) {
    session.beginSpan();
    assert.ok(session.allowed()!.length >= DISTINCT);
    session.accept(77 + span);
    session.endSpan();
  }
}

/** Opening a session on the context, and forking one that was used; closing is not timed. */
export function openingCases({ mode, backend, documents, open, use }: SharedContextCase): Case[] {
  const used = open();
  const of = { way: wayOf(backend), text: mode, condition: conditionOf(documents) };
  const ways = { "opening a session": open, "forking a session": () => used.fork() };
  return Object.entries(ways).map(([subject, make]): Case => {
    const made: Session[] = [];
    return {
      of: { subject, ...of },
      work: { tokens: 1 },
      check() {
        const session = make();
        use(session);
        session.close();
      },
      run: () => void made.push(make()),
      after: () => made.pop()!.close(),
    };
  });
}

export function conditionOf(documents: number): string {
  return `${DISTINCT} ids in ${documents} documents`;
}
