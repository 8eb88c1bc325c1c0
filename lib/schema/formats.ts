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
/** Behind a network or an interface: how many bits of an address are its network's. */
const PREFIX4 = "/(?:[12]?\\d|3[0-2])";
const PREFIX6 = "/(?:12[0-8]|1[01]\\d|[1-9]?\\d)";
/** Networks whose other bits are seen to be zero. */
const NETWORK4 = `(?:${IPV4}(?:/32)?|${BYTE}\\.0\\.0\\.0/8|(?:${BYTE}\\.){2}0\\.0/16|(?:${BYTE}\\.){3}0/24)`;
const NETWORK6 = `(?:(?:${IPV6})(?:/128)?|${GROUP}:${GROUP}::/32|(?:${GROUP}:){2}${GROUP}::/48|(?:${GROUP}:){3}${GROUP}::/64)`;
const LABEL = "[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?";
/** A host that all readers of addresses take: without the names of other scripts, whose labels begin like "xn--". */
const HOST = "[a-zA-Z0-9]+(?:-[a-zA-Z0-9]+)*(?:\\.[a-zA-Z0-9]+(?:-[a-zA-Z0-9]+)*)*\\.[a-zA-Z]{2,}";
const PATH_CHARACTER = "(?:[A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2})";
const AFTER_HOST = `(?::[1-9]\\d{0,3})?(?:/${PATH_CHARACTER}*)*(?:\\?(?:${PATH_CHARACTER}|[/?])*)?(?:#(?:${PATH_CHARACTER}|[/?])*)?`;
const URI = `(?:https?|ftp|wss?)://${HOST}${AFTER_HOST}`;
const ATOM = "[A-Za-z0-9_+-]+";
/** Without two hyphens in a row, which names of other scripts begin with. */
const MAIL_LABEL = "[a-zA-Z0-9](?:-?[a-zA-Z0-9]){0,20}";
/** Top-level domains that no mail is sent to, which some validators refuse. */
const NO_MAIL = ["arpa", "invalid", "local", "localhost", "onion", "test"].map(inAnyCase).join("|");
/** Of at most 254 characters. */
const EMAIL = `(?=[^@]{1,64}@)${ATOM}(?:\\.${ATOM})*@(?:${MAIL_LABEL}\\.){1,3}(?!(?:${NO_MAIL})$)[A-Za-z]{2,24}`;
const HOSTNAME = `(?:${LABEL}\\.)*${LABEL}`;
const HEX = "[0-9a-fA-F]";
const BASE64 = "(?:[0-9a-zA-Z+/]{4})*(?:[0-9a-zA-Z+/]{2}==|[0-9a-zA-Z+/]{3}=)?";

/**
 * What a format allows, as a pattern of the whole string: no string that anybody refuses who knows the format, though
 * not every one that all of them take.
 */
const FORMATS: Readonly<Record<string, string>> = {
  date: `(?!0000)${DATE}`,
  time: `${CLOCK}${SECONDS}${ZONE}`,
  "date-time": `(?!0000)${DATE}T${CLOCK}${SECONDS}${ZONE}`,
  duration:
    "P(?!$)(?:\\d{1,6}W|(?:\\d{1,6}Y)?(?:\\d{1,6}M)?(?:\\d{1,6}D)?(?:T(?=\\d)(?:\\d{1,6}H)?(?:\\d{1,6}M)?(?:\\d{1,6}S)?)?)",
  email: EMAIL,
  "idn-email": EMAIL,
  "name-email": EMAIL,
  hostname: HOSTNAME,
  "idn-hostname": HOSTNAME,
  ipv4: IPV4,
  ipv6: `(?:${IPV6})`,
  ipvanyaddress: `(?:${IPV4}|${IPV6})`,
  ipv4interface: `${IPV4}(?:${PREFIX4})?`,
  ipv6interface: `(?:${IPV6})(?:${PREFIX6})?`,
  ipvanyinterface: `(?:${IPV4}(?:${PREFIX4})?|(?:${IPV6})(?:${PREFIX6})?)`,
  ipv4network: NETWORK4,
  ipv6network: NETWORK6,
  ipvanynetwork: `(?:${NETWORK4}|${NETWORK6})`,
  uri: URI,
  url: URI,
  iri: URI,
  "uri-reference": `(?:${URI}|(?:/${PATH_CHARACTER}+)+)`,
  "iri-reference": `(?:${URI}|(?:/${PATH_CHARACTER}+)+)`,
  "uri-template": URI,
  uuid: `${HEX}{8}(?:-${HEX}{4}){3}-${HEX}{12}`,
  ...Object.fromEntries([1, 3, 4, 5, 6, 7, 8].map((version) => [`uuid${version}`, uuidOf(version)])),
  decimal: "-?(?:0|[1-9]\\d*)(?:\\.\\d+)?",
  fraction: "-?(?:0|[1-9]\\d*)(?:/[1-9]\\d*)?",
  color: `#${HEX}{6}`,
  "json-pointer": "(?:/(?:[^~/]|~0|~1)*)*",
  "relative-json-pointer": "(?:0|[1-9]\\d*)(?:#|(?:/(?:[^~/]|~0|~1)*)*)",
  base64: BASE64,
  byte: BASE64,
  base64url: "(?:[A-Za-z0-9_-]{4})*(?:[A-Za-z0-9_-]{2,3})?",
};

function inAnyCase(word: string): string {
  return [...word].map((letter) => `[${letter}${letter.toUpperCase()}]`).join("");
}

function uuidOf(version: number): string {
  return `${HEX}{8}-${HEX}{4}-${version}${HEX}{3}-[89abAB]${HEX}{3}-${HEX}{12}`;
}

/** Where no pattern stands beside the format, whole groups: some validators refuse what is not padded, others padding. */
const ALONE: Readonly<Record<string, string>> = { base64url: "(?:[A-Za-z0-9_-]{4})*" };

/** Formats of any string: they say how it is shown or kept. */
const ANY_STRING: ReadonlySet<string> = new Set(["binary", "password", "path"]);

/** Where a library's pattern stands beside the format, times may lack what RFC 3339 wants. */
const LOOSE: Readonly<Record<string, string>> = {
  time: `${CLOCK}(?:${SECONDS})?${ZONE}?`,
  "date-time": `${DATE}T${CLOCK}(?:${SECONDS})?${ZONE}?`,
};

/** The formats that are honoured, for a message. */
export const KNOWN_FORMATS: readonly string[] = [...Object.keys(FORMATS), ...ANY_STRING].sort();

/**
 * The strings of a format; `null` where it allows every string, `undefined` where it is not known.
 * @param isAlone whether no pattern says more
 */
export function stringsOfFormat(format: string, isAlone: boolean): Dfa | null | undefined {
  if (ANY_STRING.has(format)) return null;
  if (isAlone && Object.hasOwn(ALONE, format)) return compilePattern(`^(?:${ALONE[format]})$`);
  return Object.hasOwn(FORMATS, format) ? compilePattern(`^(?:${FORMATS[format]})$`) : undefined;
}

/** The strings of a format as libraries read it; `undefined` where all read it alike. */
export function looseStringsOfFormat(format: string): Dfa | undefined {
  return Object.hasOwn(LOOSE, format) ? compilePattern(`^(?:${LOOSE[format]})$`) : undefined;
}
