/** Control characters but tab and newline, which a terminal would obey. */
// eslint-disable-next-line no-control-regex
const CONTROL = /[\x00-\x08\x0b-\x1f\x7f-\x9f]/g;
/** What would break a line, move its columns or turn its direction. */
const LINE_CONTROL = /[\t\n\u2028\u2029\p{Bidi_Control}]/gu;
/** Unicode's pictures of the first 32 control characters begin here; DEL has one of its own, the C1 set has none. */
const CONTROL_PICTURES = 0x2400;
const DELETE_PICTURE = "\u2421";
const REPLACEMENT = "\ufffd";

/** Text as a terminal may get it: what documents and models write does not steer it. */
export function visible(text: string): string {
  return text.replace(CONTROL, picture);
}

/** The same for text that has to stay in its line. */
export function visibleInLine(text: string): string {
  return visible(text).replace(LINE_CONTROL, picture);
}

function picture(character: string): string {
  const code = character.charCodeAt(0);
  if (code < 0x20) return String.fromCharCode(CONTROL_PICTURES + code);
  return code === 0x7f ? DELETE_PICTURE : REPLACEMENT;
}
