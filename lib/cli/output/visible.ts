/** Control characters but tab and newline, which a terminal would obey. */
// eslint-disable-next-line no-control-regex
const CONTROL = /[\x00-\x08\x0b-\x1f\x7f-\x9f]/g;
/**
 * What sets the direction of the text that follows, up to the end of the line: the program's own words would turn with
 * it. The marks beside them (U+200E, U+200F, U+061C) act where they stand, and Arabic and Hebrew are written with them.
 */
const DIRECTION = /[\u202a-\u202e\u2066-\u2069]/g;
/** What would break a line, move its columns or turn its direction. */
const LINE_CONTROL = /[\t\n\u2028\u2029\p{Bidi_Control}]/gu;
/** What JSON need not escape, and a terminal would obey. */
const UNESCAPED = /[\x7f-\x9f\u2028\u2029\p{Bidi_Control}]/gu;
/** Unicode's pictures of the first 32 control characters begin here; DEL has one of its own, the C1 set has none. */
const CONTROL_PICTURES = 0x2400;
const DELETE_PICTURE = "\u2421";
const REPLACEMENT = "\ufffd";

/** Text as a terminal may get it: what documents and models write does not steer it. */
export function visible(text: string): string {
  return text.replace(CONTROL, picture).replace(DIRECTION, picture);
}

/** The same for text that has to stay in its line. */
export function visibleInLine(text: string): string {
  return visible(text).replace(LINE_CONTROL, picture);
}

/** JSON text that does not steer a terminal either, and holds the same value. */
export function visibleJson(value: unknown): string {
  const escape = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
  return JSON.stringify(value, null, 2).replace(UNESCAPED, escape);
}

function picture(character: string): string {
  const code = character.charCodeAt(0);
  if (code < 0x20) return String.fromCharCode(CONTROL_PICTURES + code);
  return code === 0x7f ? DELETE_PICTURE : REPLACEMENT;
}
