/**
 * What a session on a frozen context holds after two quotes, and a fork of one, and what it takes to make one: by the number
 * of documents, in both modes, on both engines. Beside it, what a session would hold that copied the ids of the context
 * and the table of its documents.
 */
import { measureCases } from "./harness/cases.js";
import { figure, show } from "./harness/figures.js";
import { describeMachine } from "./harness/machine.js";
import { saveResults, type Measurement } from "./harness/results.js";
import { printTable } from "./harness/table.js";
import { copiedBytes, heldBytes } from "./session/held-bytes.js";
import { wayOf, type Backend } from "./session/quoted-text.js";
import { conditionOf, DISTINCT, openingCases, sharedContextCase, type Mode } from "./session/shared-context.js";

const DOCUMENTS = [1, 1_000, 40_000];
const MODES: readonly Mode[] = ["tokens", "text"];
const BACKENDS: readonly Backend[] = ["native", "javascript"];
const SESSIONS = 80;

async function measureAll(): Promise<Measurement[]> {
  const measurements: Measurement[] = [];
  for (const documents of DOCUMENTS) {
    const copied = { subject: "copied tables", way: "a copy", condition: conditionOf(documents), unit: "bytes" };
    measurements.push({ ...copied, value: await copiedBytes(DISTINCT, documents) });
    for (const mode of MODES) {
      for (const backend of BACKENDS) measurements.push(...(await measureOne(mode, backend, documents)));
    }
  }
  return measurements;
}

async function measureOne(mode: Mode, backend: Backend, documents: number): Promise<Measurement[]> {
  const shared = sharedContextCase(mode, backend, documents);
  const used = shared.open();
  const of = { way: wayOf(backend), text: mode, condition: conditionOf(documents), unit: "bytes" };
  const measurements: Measurement[] = [];
  for (const [subject, make] of [
    ["bytes of a session", shared.open],
    ["bytes of a fork", () => used.fork()],
  ] as const) {
    const makeUsed = () => {
      const session = make();
      shared.use(session);
      return session;
    };
    measurements.push({ subject, ...of, value: await heldBytes(makeUsed, SESSIONS) });
  }
  return [...measurements, ...measureCases(openingCases(shared)).map(({ measurement }) => measurement)];
}

function printAll(measurements: readonly Measurement[]): void {
  const rows = MODES.flatMap((text) =>
    BACKENDS.flatMap((backend) =>
      DOCUMENTS.map((documents) => {
        const condition = conditionOf(documents);
        const of = (subject: string) => figure(measurements, { subject, text, way: wayOf(backend), condition });
        const copied = figure(measurements, { subject: "copied tables", condition });
        const [session, fork] = [of("bytes of a session"), of("bytes of a fork")];
        return [
          text,
          wayOf(backend),
          show(documents, 0),
          ...[session, fork, copied].map((bytes) => show(bytes, 0)),
          `${show(copied / Math.max(session, fork))}×`,
          ...["opening a session", "forking a session"].map((subject) => show(of(subject), 0)),
        ];
      }),
    ),
  );
  const made = ["to open, ns", "to fork, ns"];
  printTable(["mode", "way", "documents", "bytes of a session", "of a fork", "of copies", "", ...made], rows);
}

const { processor, node } = describeMachine();
console.log(`${processor}, Node ${node}, one thread; ${show(DISTINCT)} ids, ${SESSIONS} sessions\n`);
const measurements = await measureAll();
printAll(measurements);
saveResults("session-sharing", measurements);
