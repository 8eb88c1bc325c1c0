/**
 * Edges of words and sentences, by script: what a byte costs in a long paragraph, and how much more where the paragraph is
 * four times as long; beside it, the platform's segmenter on the whole paragraph at once. The edges are compared with the
 * oracle's before anything is timed.
 */
import { strict as assert } from "node:assert";
import { snapEdges, type Snap } from "../lib/session/snap-edges.js";
import { definedEdges } from "../tests/oracle/snap-edges.js";
import { Random } from "../tests/support/random.js";
import { paragraphOf, sentencesOf, undividedTexts, unusualTexts, type Script } from "../tests/support/scripts.js";
import { show } from "./harness/figures.js";
import { describeMachine } from "./harness/machine.js";
import { median } from "./harness/median.js";
import { saveResults, type Measurement } from "./harness/results.js";
import { printTable } from "./harness/table.js";

const UNITS = ["word", "sentence"] as const;
const SHORT = 8_192;
const LONG = 4 * SHORT;
const CHECKED = 4_096;
const ROUNDS = 5;

/** Paragraphs by name, of at least so many UTF-16 units. */
const paragraphs: readonly (readonly [name: string, textOf: (length: number) => string])[] = [
  ...(Object.keys(sentencesOf) as Script[]).map((script) => {
    return [script, (length: number) => paragraphOf(script, length, new Random(1))] as const;
  }),
  ["Chinese without marks", (length) => undividedTexts["common ideographs"](length, new Random(1))],
  ["full stops", unusualTexts["full stops"]],
];

const ways: Readonly<Record<string, (text: string, unit: Snap) => unknown>> = {
  Verbatim: snapEdges,
  "the text at once": definedEdges,
};

/** Nanoseconds for a byte, the median of some rounds. */
function costOf(run: (text: string, unit: Snap) => unknown, text: string, unit: Snap, rounds: number): number {
  const bytes = Buffer.byteLength(text);
  const costs = Array.from({ length: rounds }, () => {
    const start = process.hrtime.bigint();
    run(text, unit);
    return Number(process.hrtime.bigint() - start) / bytes;
  });
  return median(costs);
}

const measurements: Measurement[] = [];
for (const [name, textOf] of paragraphs) {
  for (const unit of UNITS) {
    const checked = textOf(CHECKED);
    assert.deepEqual(Array.from(snapEdges(checked, unit)), definedEdges(checked, unit));
    for (const [way, run] of Object.entries(ways)) {
      const rounds = way === "Verbatim" ? ROUNDS : 1;
      const [short, long] = [SHORT, LONG].map((length) => costOf(run, textOf(length), unit, rounds)) as [
        number,
        number,
      ];
      const shared = { way, text: name, condition: unit };
      measurements.push(
        { ...shared, subject: "edges", value: long, unit: "ns/byte" },
        { ...shared, subject: "edges, a text four times as long", value: long / short, unit: "ratio" },
      );
    }
  }
}

const { processor, node } = describeMachine();
console.log(`${processor}, Node ${node}; paragraphs of ${show(LONG)} UTF-16 units.\n`);
const header = [
  "paragraph",
  "unit",
  ...Object.keys(ways).flatMap((way) => [`${way}, ns/byte`, "times the short one's"]),
];
const rows = paragraphs.flatMap(([name]) =>
  UNITS.map((unit) => {
    const figures = measurements.filter(({ text, condition }) => text === name && condition === unit);
    return [name, unit, ...figures.map(({ value }) => show(value))];
  }),
);
printTable(header, rows);
saveResults("snap", measurements);
