/** Characters below are never written as they are. */
export const CONTROL_LIMIT = 0x20;

/** The beginning of an escape sequence. */
export interface EscapePrefix {
  readonly id: number;
  readonly next: Map<number, EscapePrefix>;
  /** The characters that it may come to. */
  readonly points: number[];
}

/** The escape sequences that `JSON.stringify` writes, from behind the backslash. */
export const ESCAPES: EscapePrefix = readEscapes();

function readEscapes(): EscapePrefix {
  let prefixes = 0;
  const root: EscapePrefix = { id: prefixes++, next: new Map(), points: [] };
  const controls = Array.from({ length: CONTROL_LIMIT }, (_, point) => String.fromCharCode(point));
  for (const character of [...controls, '"', "\\"]) {
    let prefix = root;
    const point = character.charCodeAt(0);
    prefix.points.push(point);
    for (const sign of JSON.stringify(character).slice(2, -1)) {
      let next = prefix.next.get(sign.charCodeAt(0));
      if (next === undefined) {
        next = { id: prefixes++, next: new Map(), points: [] };
        prefix.next.set(sign.charCodeAt(0), next);
      }
      prefix = next;
      prefix.points.push(point);
    }
  }
  return root;
}
