export type Unit = "word" | "line" | "sentence";

/**
 * Where a quote with `snap` may start and end, by the definition of rule 13: the text in one piece, one entry per byte
 * and one for the end, 1 at an edge.
 */
export function definedEdges(text: string, snap: Unit): number[] {
  const edges = new Array<number>(bytesIn(text) + 1).fill(0);
  let [index, byte] = [0, 0];
  for (const edge of [...edgesOf(text, snap)].sort((a, b) => a - b)) {
    byte += bytesIn(text.slice(index, edge));
    index = edge;
    edges[byte] = 1;
  }
  return edges;
}

/** The same, as places in the string. */
function edgesOf(text: string, snap: Unit): Set<number> {
  const edges = new Set([0, text.length]);
  if (snap === "line") {
    for (const match of text.matchAll(/\r?\n/g)) edges.add(match.index).add(match.index + match[0].length);
    return edges;
  }
  if (snap === "word") return new Set([0, ...wordEdges(text)]);
  for (const { index, segment } of new Intl.Segmenter("en", { granularity: snap }).segment(text)) {
    edges.add(index);
    const [, lead, body] = /^(\s*)(.*?)\s*$/s.exec(segment)!;
    if (body === "") continue;
    edges.add(index + lead!.length + body!.length);
    if (!/^\p{Mark}/u.test(body!)) edges.add(index + lead!.length);
  }
  return edges;
}

/** The words of a text all at once, but for stretches of `limit` units and more that a dictionary divides. */
export function wordEdges(text: string, limit = 1024): number[] {
  const edges = wordsOf(text);
  const ends = edges.filter((edge) => !isInsideStretch(text, edge));
  return ends.flatMap((end, i) => {
    const start = ends[i - 1] ?? 0;
    if (end - start < limit) return edges.filter((edge) => edge > start && edge <= end);
    return stretchEdges(text.slice(start, end), limit, end === text.length).map((edge) => start + edge);
  });
}

/** So many units at a time, each time from the last edge in their first half. */
function stretchEdges(stretch: string, limit: number, isLast: boolean): number[] {
  if (stretch.length < limit || (isLast && beginningOf(stretch, limit) === stretch)) return wordsOf(stretch);
  const near = wordsInside(stretch, limit)
    .slice(0, -1)
    .filter((edge) => edge <= limit / 2);
  // A longer word ends where as much of the stretch says as has two edges.
  for (let length = limit; near.length === 0; length *= 2) {
    const [first, second] = wordsInside(stretch, length);
    if (second !== undefined || (first !== undefined && length >= stretch.length)) near.push(first!);
    else if (length >= stretch.length) return wordsOf(stretch);
  }
  const cut = near.at(-1)!;
  return [...near, ...stretchEdges(stretch.slice(cut), limit, isLast).map((edge) => cut + edge)];
}

/** The edges between the words of a text's beginning. */
function wordsInside(text: string, length: number): number[] {
  return wordsOf(beginningOf(text, length)).slice(0, -1);
}

/** So many units of a text, and one more where that leaves no character cut. */
function beginningOf(text: string, length: number): string {
  const isCut = /^[\ud800-\udbff][\udc00-\udfff]/.test(text.slice(length - 1));
  return text.slice(0, length + (isCut ? 1 : 0));
}

/** Where the words of a text end. */
function wordsOf(text: string): number[] {
  const words = new Intl.Segmenter("en", { granularity: "word" }).segment(text);
  return Array.from(words, ({ index, segment }) => index + segment.length);
}

/** Whether letters that a dictionary divides stand on both sides. */
function isInsideStretch(text: string, edge: number): boolean {
  const scripts = ["Han", "Hiragana", "Katakana", "Thai", "Lao", "Khmer", "Myanmar"];
  const letter = `[ー${scripts.map((script) => `\\p{sc=${script}}`).join("")}\uff70\uff9e\uff9f]`;
  return (
    new RegExp(`${letter}$`, "u").test(text.slice(0, edge)) && new RegExp(`^${letter}`, "u").test(text.slice(edge))
  );
}

function bytesIn(text: string): number {
  return new TextEncoder().encode(text).length;
}
