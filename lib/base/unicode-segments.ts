/** What Unicode divides a text into. */
export type Unit = "word" | "sentence";

/** UTF-16 units that are segmented at a time: what V8 does for one segment takes time that grows with all of them. */
export const WINDOW = 1024;

/** Two neighbours that are both of these may be divided by a dictionary, which looks at all such text around them. */
const inDictionaries =
  /^[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\u30fc\uff70\uff9e\uff9f\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]/u;

/**
 * Visits the edges of a text's words or sentences, ascending, its end included and its start left out, in time that is
 * linear in the text.
 *
 * The text is segmented in windows. Whether an edge is one depends on what follows up to the next edge at most, and on
 * nothing before an edge: so all edges inside a window count but the last, and the next window starts at one that
 * counts. A word that a dictionary found depends on more: it counts where the stretch that the dictionary divided ends
 * inside the window. A stretch that does not, since it is as long as a window, is divided in the middle of windows.
 */
export function forEachEdge(text: string, unit: Unit, visit: (edge: number) => void, window = WINDOW): void {
  for (let start = 0; start < text.length;) {
    const edges = nextEdges(text, start, unit, window);
    edges.forEach(visit);
    start = edges[edges.length - 1];
  }
}

const segmenters = new Map<Unit, Intl.Segmenter>();

/** Made when it is first needed: who never snaps to units needs no platform that has it. */
function segmenterOf(unit: Unit): Intl.Segmenter {
  const made = segmenters.get(unit) ?? new Intl.Segmenter("en", { granularity: unit });
  segmenters.set(unit, made);
  return made;
}

/** The edges that count in the window that starts at an edge: at least one. */
function nextEdges(text: string, start: number, unit: Unit, window: number): number[] {
  const end = endOfCharacter(text, start + window);
  const segments = segmenterOf(unit).segment(text.slice(start, end));
  const edges = Array.from(segments, ({ index }) => start + index).slice(1);
  if (end === text.length) return [...edges, end];
  const last = edges.pop();
  if (last === undefined || edges.length === 0) return [firstEdge(text, start, start + 1, unit, window)];
  if (unit === "sentence") return edges;
  let outside = edges.length;
  while (outside > 0 && isFromDictionary(text, edges[outside - 1])) outside--;
  if (outside > 0) return edges.slice(0, outside);
  // The stretch may end at the last edge, if that is one.
  const isLast = !isFromDictionary(text, last) && firstEdge(text, edges.at(-1)!, last, unit, window) === last;
  if (isLast) return [...edges, last];
  const near = edges.filter((edge) => edge <= start + window / 2);
  return near.length > 0 ? near : [edges[0]];
}

/** The first edge from `least` on, behind the edge `start`, in a window as wide as it takes to see one behind it. */
function firstEdge(text: string, start: number, least: number, unit: Unit, window: number): number {
  for (let size = window; ; size *= 2) {
    const end = endOfCharacter(text, start + size);
    let found: number | undefined;
    for (const { index } of segmenterOf(unit).segment(text.slice(start, end))) {
      if (found !== undefined) return found;
      if (start + index >= least) found = start + index;
    }
    if (end === text.length) return found ?? end;
  }
}

function isFromDictionary(text: string, edge: number): boolean {
  const before = isPair(text, edge - 2) ? edge - 2 : edge - 1;
  return inDictionaries.test(text.slice(before, edge)) && inDictionaries.test(text.slice(edge, edge + 2));
}

/** The end of the character before `end`, but no more than the text's. */
function endOfCharacter(text: string, end: number): number {
  return Math.min(isPair(text, end - 1) ? end + 1 : end, text.length);
}

/** Whether a surrogate pair starts at `index`. */
function isPair(text: string, index: number): boolean {
  return (text.codePointAt(index) ?? 0) > 0xffff;
}
