import { test } from "uvu";
import * as assert from "uvu/assert";
import { SNAPS, snapEdges, type Snap } from "../lib/session/snap-edges.js";
import { definedEdges } from "./oracle/snap-edges.js";
import { Random, seedOfRun } from "./support/random.js";

const encoder = new TextEncoder();

/** The text with a bar at each edge but the two ends. */
function barred(text: string, snap: Snap): string {
  const bytes = encoder.encode(text);
  const edges = snapEdges(text, snap);
  assert.is(edges.length, bytes.length + 1);
  assert.is(edges[0], 1);
  assert.is(edges[bytes.length], 1);
  const inner = Array.from(edges.keys()).filter((at) => edges[at] && at > 0 && at < bytes.length);
  const ends = [0, ...inner, bytes.length];
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  return ends
    .slice(1)
    .map((end, i) => decoder.decode(bytes.subarray(ends[i], end)))
    .join("|");
}

test("an empty text has one edge", () => {
  for (const snap of SNAPS) assert.equal(Array.from(snapEdges("", snap)), [1]);
});

test("the edges of words", () => {
  assert.is(barred("It's 3.5 m.", "word"), "It's| |3.5| |m|.");
  assert.is(barred("Über  naïve 🙂🙂", "word"), "Über|  |naïve| |🙂|🙂");
  assert.is(barred("a\r\nb", "word"), "a|\r\n|b");
});

test("a combining mark and a joined emoji are not cut", () => {
  assert.is(barred("cafe\u0301 x", "word"), "cafe\u0301| |x");
  assert.is(barred("👩‍👩‍👧🇩🇪🇫🇷", "word"), "👩‍👩‍👧|🇩🇪|🇫🇷");
  assert.is(barred(" \u0301Yes.", "sentence"), " \u0301Yes.");
});

test("the edges of lines", () => {
  assert.is(barred("one two\nthree", "line"), "one two|\n|three");
  assert.is(barred("é\r\nà\r\n", "line"), "é|\r\n|à|\r\n");
  assert.is(barred("\n\r\n\nx", "line"), "\n|\r\n|\n|x");
  assert.is(barred("a\rb", "line"), "a\rb");
});

test("the edges of sentences", () => {
  assert.is(barred("One is here.  Two? Three", "sentence"), "One is here.|  |Two?| |Three");
  assert.is(barred("Él dijo «no». Überall!", "sentence"), "Él dijo «no».| |Überall!");
  assert.is(barred("A title\r\n\r\n  It rains. ", "sentence"), "A title|\r\n|\r\n|  |It rains.| ");
});

test("an abbreviation that a small letter or a digit follows ends no sentence", () => {
  assert.is(barred("At 3.5 p.m. it rained, e.g. here. Then", "sentence"), "At 3.5 p.m. it rained, e.g. here.| |Then");
});

test("a lone surrogate counts as the three bytes it is encoded in", () => {
  for (const snap of SNAPS) assert.is(barred("\ud800 a", snap).replaceAll("|", ""), "\ufffd a");
});

const PIECES = [
  "a",
  "The",
  "B.",
  "e.g.",
  "p.m. ",
  "3.5",
  " ",
  "  ",
  "\n",
  "\r\n",
  "\r",
  "? ",
  "!",
  ".\u00a0",
  "é",
  "e\u0301",
  "\u0301",
];
const RARE = ["🙂", "👩‍👩‍👧", "🇩🇪", "漢字", "ไทยภาษา", "…", "”", "\u2028", "\ud800", "\t", "it's", "x_y", "\u200d"];

function randomText(random: Random): string {
  const pieces = random.chance(0.5) ? PIECES : [...PIECES, ...RARE];
  return Array.from({ length: random.magnitude(1500) }, () => random.pick(pieces)).join("");
}

test("a text is segmented as its definition says, however long it is", () => {
  const random = new Random(seedOfRun());
  for (let round = 0; round < 200; round++) {
    const text = randomText(random);
    for (const snap of SNAPS) {
      const found = Array.from(snapEdges(text, snap));
      assert.equal(found, definedEdges(text, snap), `${snap}, round ${round}: ${JSON.stringify(text)}`);
    }
  }
});

test.run();
