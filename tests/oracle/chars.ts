/**
 * How many UTF-16 units begin before each of two bytes of a text, if it is UTF-8: the first unit of a character begins
 * with its first byte, the second one, of a character that has two, with its second byte.
 */
export function charsBefore(
  text: string | Uint8Array,
  [from, to]: readonly [number, number],
): { chars?: [number, number] } {
  const string = Buffer.from(text).toString();
  if (!Buffer.from(string).equals(Buffer.from(text))) return {};
  const begins: number[] = [];
  let byte = 0;
  for (const character of string) {
    for (let unit = 0; unit < character.length; unit++) begins.push(byte + unit);
    byte += Buffer.byteLength(character);
  }
  const before = (end: number) => begins.filter((begin) => begin < end).length;
  return { chars: [before(from), before(to)] };
}
