import { UsageError } from "../../base/command-error.js";
import type { FoundDocument } from "./document-folder.js";
import { readInput } from "../../base/input-file.js";
import type { QuotedDocument } from "./quotes-file.js";
import { readStandardInput, STANDARD_INPUT } from "./standard-input.js";

/** Files that stand for documents, wherever they are: whoever runs the program says so. */
export type GivenDocuments = ReadonlyMap<string, () => Promise<FoundDocument>>;

/**
 * Reads `name=file`, where the name is that of a document and may have equals signs in it.
 * @throws UsageError where it is of no document, or a document or standard input is given twice
 */
export function parseGivenDocuments(
  pairs: readonly string[],
  documents: readonly QuotedDocument[],
  { stdinIsRead }: { stdinIsRead: boolean },
): GivenDocuments {
  let isRead = stdinIsRead;
  const given = new Map<string, () => Promise<FoundDocument>>();
  for (const pair of pairs) {
    const named = documents.filter(({ name }) => pair.startsWith(`${name}=`));
    if (named.length === 0) throw new UsageError(`--document ${pair} is not the name of a document, "=" and a file`);
    // Of names that begin alike, the longest is meant.
    const name = named.reduce((longest, each) => (each.name.length > longest.length ? each.name : longest), "");
    if (given.has(name)) throw new UsageError(`--document ${name} is given twice`);
    const path = pair.slice(name.length + 1);
    if (path === STANDARD_INPUT && isRead) throw new UsageError("Standard input can be read once");
    isRead ||= path === STANDARD_INPUT;
    given.set(name, () => (path === STANDARD_INPUT ? readStandardInput() : readInput(path)));
  }
  return given;
}
