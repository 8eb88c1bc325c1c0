import { test } from "uvu";
import * as assert from "uvu/assert";
import { SNAPS, snapEdges, type Snap } from "../../lib/session/snap-edges.js";
import { forEachEdge, WINDOW } from "../../lib/base/unicode-segments.js";
import { definedEdges, wordEdges } from "../oracle/snap-edges.js";
import { Random, seedOfRun } from "../support/random.js";
import { paragraphOf, sentencesOf, undividedTexts, unusualTexts, type Script } from "../support/scripts.js";

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

/** Every character of the standard's rules about words and sentences, and of ICU's dictionaries. */
const CHARACTERS = [
  ..."aBéжאב1٣.,'\":;_한ㄱ가!?…()»-״’‿。\u0301\u200d\u00ad\u2060🙂👩🇩🏽\ufe0f\r\n\u0085\u2028 \u3000\u00a0",
  "\ud800",
];
const DIVIDED_BY_DICTIONARIES = [..."カあ漢字ไทยกๆកမລ\u3099ー𠮷"];

function edgesFound(text: string, unit: "word" | "sentence", window?: number): number[] {
  const found: number[] = [];
  forEachEdge(text, unit, (edge) => found.push(edge), window);
  return found;
}

test("windows of any size find the edges of the text as a whole", () => {
  const random = new Random(seedOfRun());
  for (let round = 0; round < 1500; round++) {
    const characters = Array.from({ length: random.between(1, 6) }, () => random.pick(CHARACTERS));
    const text = Array.from({ length: random.below(60) }, () => random.pick(characters)).join("");
    for (const unit of ["word", "sentence"] as const) {
      const sentences = new Intl.Segmenter("en", { granularity: unit }).segment(text);
      const whole = Array.from(sentences, ({ index, segment }) => index + segment.length);
      for (const window of [2, 4, 16]) assert.equal(edgesFound(text, unit, window), whole, JSON.stringify(text));
    }
  }
});

test("a stretch that a dictionary divides is cut as its definition says", () => {
  const random = new Random(seedOfRun());
  for (let round = 0; round < 1500; round++) {
    const all = random.chance(0.5) ? DIVIDED_BY_DICTIONARIES : [...DIVIDED_BY_DICTIONARIES, ...CHARACTERS];
    const characters = Array.from({ length: random.between(1, 6) }, () => random.pick(all));
    const text = Array.from({ length: random.below(90) }, () => random.pick(characters)).join("");
    for (const window of [8, 16, 32]) {
      assert.equal(edgesFound(text, "word", window), wordEdges(text, window), `${window}: ${JSON.stringify(text)}`);
    }
  }
});

test("the edges of long paragraphs in any script are those of the text as a whole", () => {
  const random = new Random(seedOfRun());
  for (const script of Object.keys(sentencesOf) as Script[]) {
    const text = paragraphOf(script, 6 * WINDOW, random);
    for (const snap of ["word", "sentence"] as const) {
      assert.equal(Array.from(snapEdges(text, snap)), definedEdges(text, snap), `${script}, ${snap}`);
    }
  }
});

test("so are those of texts that are no sentences", () => {
  for (const [what, textOf] of Object.entries(unusualTexts)) {
    const text = textOf(6 * WINDOW);
    for (const snap of ["word", "sentence"] as const) {
      assert.equal(Array.from(snapEdges(text, snap)), definedEdges(text, snap), `${what}, ${snap}`);
    }
  }
});

test("long stretches without a mark are divided as the definition says", () => {
  const random = new Random(seedOfRun());
  for (const [what, textOf] of Object.entries(undividedTexts)) {
    const text = `- ${textOf(4 * WINDOW, random)}, ${textOf(WINDOW / 2, random)}`;
    assert.equal(Array.from(snapEdges(text, "word")), definedEdges(text, "word"), what);
  }
});

test("what segmenting takes is linear in the text, whatever it is made of", () => {
  const random = new Random(seedOfRun());
  const texts: [string, string][] = [
    ...(Object.keys(sentencesOf) as Script[]).map((script): [string, string] => {
      return [script, paragraphOf(script, 1 << 15, random)];
    }),
    ...Object.entries(unusualTexts).map(([what, textOf]): [string, string] => [what, textOf(1 << 15)]),
    ...Object.entries(undividedTexts).map(([what, textOf]): [string, string] => [what, textOf(1 << 14, random)]),
    ["many full stops", ".".repeat(160_000)],
    ["a word of a megabyte", "w".repeat(1 << 20)],
  ];
  for (const [what, text] of texts) {
    for (const snap of ["word", "sentence"] as const) {
      const { given, copied } = countSegmented(() => snapEdges(text, snap));
      assert.ok(given <= 8 * text.length, `${what}, ${snap}: ${given} units for ${text.length}`);
      assert.ok(copied <= 2 * WINDOW * text.length, `${what}, ${snap}: ${copied} units for ${text.length}`);
    }
  }
});

/** UTF-16 units that were given to segmenters; and, since each segment takes a copy of all its text, those copied. */
function countSegmented(run: () => unknown): { given: number; copied: number } {
  const { segment } = Intl.Segmenter.prototype;
  let [given, copied] = [0, 0];
  Intl.Segmenter.prototype.segment = function (text) {
    given += text.length;
    const segments = segment.call(this, text);
    const iterate = segments[Symbol.iterator].bind(segments);
    segments[Symbol.iterator] = function* () {
      for (const each of iterate()) {
        copied += text.length;
        yield each;
      }
    } as typeof iterate;
    return segments;
  };
  try {
    run();
  } finally {
    Intl.Segmenter.prototype.segment = segment;
  }
  return { given, copied };
}

test.run();
