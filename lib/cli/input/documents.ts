import { realpath } from "node:fs/promises";
import type { AskDocument } from "../../answer/document.js";
import { InputError } from "../../base/command-error.js";
import { decodeInput, readInput } from "../../base/input-file.js";
import { readStandardInput, STANDARD_INPUT, STANDARD_INPUT_NAME } from "./standard-input.js";

const BYTE_ORDER_MARK = "\ufeff";

/**
 * Reads documents as UTF-8 text, each under the path it was given by. A file that is given twice is read once; a byte
 * order mark is not part of the text; everything else stays as it is.
 * @param paths files, and "-" for standard input, which is named "<stdin>"
 * @throws InputError; the reason of the signal
 */
export async function readDocuments(
  paths: readonly string[],
  { signal, stdin }: { signal?: AbortSignal; stdin?: NodeJS.ReadableStream } = {},
): Promise<AskDocument[]> {
  const documents: AskDocument[] = [];
  const seen = new Set<string>();
  for (const path of paths) {
    const identity = path === STANDARD_INPUT ? path : await identify(path);
    if (seen.has(identity)) continue;
    seen.add(identity);
    const bytes = path === STANDARD_INPUT ? await readStandardInput(signal, stdin) : await readInput(path, signal);
    documents.push(decode(nameOf(path), bytes));
  }
  if (documents.every(({ text }) => text === "")) throw new InputError("The documents are empty");
  return documents;
}

/** A file's path, and never the name of standard input: a file may be called that. */
function nameOf(path: string): string {
  if (path === STANDARD_INPUT) return STANDARD_INPUT_NAME;
  return path === STANDARD_INPUT_NAME ? `./${path}` : path;
}

function decode(name: string, bytes: Uint8Array): AskDocument {
  const text = decodeInput(name, bytes, { ignoreBOM: true });
  const textStart = text.startsWith(BYTE_ORDER_MARK) ? Buffer.byteLength(BYTE_ORDER_MARK) : 0;
  return { name, text: textStart > 0 ? text.slice(BYTE_ORDER_MARK.length) : text, textStart };
}

/** The bytes of a document's file, which decoding kept all of. */
export function fileBytes({ text, textStart }: AskDocument): Uint8Array {
  return Buffer.from(textStart > 0 ? BYTE_ORDER_MARK + text : text);
}

/** Where a file really is. Pipes, such as a shell's process substitution, are at no path but their own. */
function identify(path: string): Promise<string> {
  return realpath(path).catch(() => path);
}
