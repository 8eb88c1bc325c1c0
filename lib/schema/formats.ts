import type { Dfa } from "./regular/dfa.js";
import { compilePattern } from "./regular/pattern.js";

const DATE =
  "(?:(?:\\d\\d[2468][048]|\\d\\d[13579][26]|\\d\\d0[48]|[02468][048]00|[13579][26]00)-02-29" +
  "|\\d{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\\d|30)|02-(?:0[1-9]|1\\d|2[0-8])))";
const CLOCK = "(?:[01]\\d|2[0-3]):[0-5]\\d";
const SECONDS = ":[0-5]\\d(?:\\.\\d{1,9})?";
const ZONE = `(?:Z|[+-]${CLOCK})`;
const BYTE = "(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
const IPV4 = `(?:${BYTE}\\.){3}${BYTE}`;
const GROUP = "[0-9a-fA-F]{1,4}";
const IPV6 = [
  `(?:${GROUP}:){7}${GROUP}`,
  // Two colons stand for the groups that are missing.
  ...Array.from({ length: 7 }, (_, before) => {
    const [head, most] = [Array<string>(before).fill(GROUP).join(":"), 6 - before];
    return `${head}::${most > 0 ? `(?:${GROUP}(?::${GROUP}){0,${most - 1}})?` : ""}`;
  }),
].join("|");
const LABEL = "[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?";
/** A host that all readers of addresses take: without the names of other scripts, whose labels begin like "xn--". */
const HOST = "[a-zA-Z0-9]+(?:-[a-zA-Z0-9]+)*(?:\\.[a-zA-Z0-9]+(?:-[a-zA-Z0-9]+)*)*\\.[a-zA-Z]{2,}";
const PATH_CHARACTER = "(?:[A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2})";
const AFTER_HOST = `(?::[1-9]\\d{0,3})?(?:/${PATH_CHARACTER}*)*(?:\\?(?:${PATH_CHARACTER}|[/?])*)?(?:#(?:${PATH_CHARACTER}|[/?])*)?`;
const URI = `(?:https?|ftp|wss?)://${HOST}${AFTER_HOST}`;
const ATOM = "[A-Za-z0-9_+-]+";
const BASE64 = "(?:[0-9a-zA-Z+/]{4})*(?:[0-9a-zA-Z+/]{2}==|[0-9a-zA-Z+/]{3}=)?";

/**
 * What a format allows, as a pattern of the whole string: no string that anybody refuses who knows the format, though
 * not every one that all of them take.
 */
const FORMATS: Readonly<Record<string, string>> = {
  date: `(?!0000)${DATE}`,
  time: `${CLOCK}${SECONDS}${ZONE}`,
  "date-time": `(?!0000)${DATE}T${CLOCK}${SECONDS}${ZONE}`,
  duration: "P(?!$)(?:\\d+W|(?:\\d+Y)?(?:\\d+M)?(?:\\d+D)?(?:T(?=\\d)(?:\\d+H)?(?:\\d+M)?(?:\\d+S)?)?)",
  email: `(?=[^@]{1,64}@)${ATOM}(?:\\.${ATOM})*@(?:${LABEL}\\.)+[A-Za-z]{2,}`,
  hostname: `(?:${LABEL}\\.)*${LABEL}`,
  ipv4: IPV4,
  ipv6: `(?:${IPV6})`,
  ipvanyaddress: `(?:${IPV4}|${IPV6})`,
  uri: URI,
  url: URI,
  iri: URI,
  "uri-reference": `(?:${URI}|(?:/${PATH_CHARACTER}+)+)`,
  "iri-reference": `(?:${URI}|(?:/${PATH_CHARACTER}+)+)`,
  uuid: "[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}",
  "json-pointer": "(?:/(?:[^~/]|~0|~1)*)*",
  base64: BASE64,
  byte: BASE64,
  base64url: "(?:[A-Za-z0-9_-]{4})*(?:[A-Za-z0-9_-]{2,3})?",
};

/** Formats of any string: they say how it is shown or kept. */
const ANY_STRING: ReadonlySet<string> = new Set(["binary", "password", "path"]);

/** Where a library's pattern stands beside the format, times may lack what RFC 3339 wants. */
const LOOSE: Readonly<Record<string, string>> = {
  time: `${CLOCK}(?:${SECONDS})?${ZONE}?`,
  "date-time": `${DATE}T${CLOCK}(?:${SECONDS})?${ZONE}?`,
};

/** The formats that are honoured, for a message. */
export const KNOWN_FORMATS: readonly string[] = [...Object.keys(FORMATS), ...ANY_STRING].sort();

/** The strings of a format; `null` where it allows every string, `undefined` where it is not known. */
export function stringsOfFormat(format: string): Dfa | null | undefined {
  if (ANY_STRING.has(format)) return null;
  return Object.hasOwn(FORMATS, format) ? compilePattern(`^(?:${FORMATS[format]})$`) : undefined;
}

/** The strings of a format as libraries read it; `undefined` where all read it alike. */
export function looseStringsOfFormat(format: string): Dfa | undefined {
  return Object.hasOwn(LOOSE, format) ? compilePattern(`^(?:${LOOSE[format]})$`) : undefined;
}
