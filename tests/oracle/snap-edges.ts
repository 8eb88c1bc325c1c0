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
  for (const { index, segment } of new Intl.Segmenter("en", { granularity: snap }).segment(text)) {
    edges.add(index);
    const [, lead, body] = /^(\s*)(.*?)\s*$/s.exec(segment)!;
    if (snap === "word" || body === "") continue;
    edges.add(index + lead!.length + body!.length);
    if (!/^\p{Mark}/u.test(body!)) edges.add(index + lead!.length);
  }
  return edges;
}

function bytesIn(text: string): number {
  return new TextEncoder().encode(text).length;
}
