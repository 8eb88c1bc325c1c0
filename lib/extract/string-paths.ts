import { below } from "../schema/json-pointer.js";

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** An array or an object that is open: the pointer, and in which item or under which key it goes on. */
interface Level {
  readonly pointer: string;
  key: string | number;
}

/**
 * The strings of JSON text without white space that are values: by the offset of the byte behind the opening mark, a JSON
 * pointer to where each stands.
 */
export function stringPaths(text: Uint8Array): Map<number, string> {
  const paths = new Map<number, string>();
  const levels: Level[] = [];
  const pointer = () => {
    const level = levels.at(-1);
    return level === undefined ? "" : below(level.pointer, level.key);
  };
  for (let at = 0; at < text.length; at++) {
    switch (String.fromCharCode(text[at])) {
      case "[":
        levels.push({ pointer: pointer(), key: 0 });
        break;
      case "{":
        levels.push({ pointer: pointer(), key: "" });
        break;
      case "]":
      case "}":
        levels.pop();
        break;
      case ",": {
        const level = levels.at(-1)!;
        if (typeof level.key === "number") level.key++;
        break;
      }
      case '"': {
        const end = endOfString(text, at + 1);
        if (text[end + 1] === 0x3a) {
          levels.at(-1)!.key = JSON.parse(new TextDecoder().decode(text.subarray(at, end + 1))) as string;
        } else paths.set(at + 1, pointer());
        at = end;
      }
    }
  }
  return paths;
}

/** The offset of the mark that closes a string. */
function endOfString(text: Uint8Array, start: number): number {
  let at = start;
  while (text[at] !== QUOTE) at += text[at] === BACKSLASH ? 2 : 1;
  return at;
}
