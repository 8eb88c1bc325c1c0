import type { RecallDocument } from "../hosts/shared/document-locator.js";
import { shownDocument } from "../hosts/node-llama-cpp/prompt-tokens.js";
import { InputError, UsageError } from "../base/command-error.js";
import { decodeInput, readInput } from "../base/input-file.js";

/** The text that opens a quote and the one that closes it. */
export interface Tags {
  start: string;
  end: string;
}

/**
 * What tells a model to put its quotes between tags. To write one of your own, copy this text into a file, change it,
 * and give the file to `--template`:
 *
 * - `{documents}`: every document, each under a line with its name;
 * - `{question}`: what was asked;
 * - `{startTag}` and `{endTag}`: the tags.
 *
 * Each has to occur; braces around anything else stay as they are. Where the model brings a chat template, the text is
 * the user's message; otherwise it is the beginning that the model goes on from.
 */
export const DEFAULT_TEMPLATE = `Answer the question from the documents below. Whenever you say what a document says, \
quote it: write {startTag}, then words copied from the document exactly, then {endTag}. An answer looks like this: \
The report says that {startTag}words copied from the document{endTag}.

{documents}

Question: {question}

Remember: every quote stands between {startTag} and {endTag}.`;

/** How the answer is begun where there is no chat template. */
const RAW_ENDING = "\n\nAnswer:";

const PLACEHOLDERS = ["documents", "question", "startTag", "endTag"] as const;
type Placeholder = (typeof PLACEHOLDERS)[number];
const PLACEHOLDER = new RegExp(`\\{(${PLACEHOLDERS.join("|")})\\}`, "g");

/** A prompt's text but for documents and question. */
export class TagPrompt {
  readonly tags: Tags;
  readonly #template: string;
  readonly #isDefault: boolean;

  /**
   * @param template the default unless given
   * @throws InputError where a placeholder is missing
   */
  constructor(tags: Tags, template?: string, name = "The template") {
    this.tags = tags;
    this.#isDefault = template === undefined;
    this.#template = template ?? DEFAULT_TEMPLATE;
    const missing = PLACEHOLDERS.filter((placeholder) => !this.#template.includes(`{${placeholder}}`));
    if (missing.length === 0) return;
    throw new InputError(`${name} lacks ${missing.map((placeholder) => `{${placeholder}}`).join(" and ")}`);
  }

  /** The prompt: what the documents or the question have in braces is left alone. */
  text(documents: readonly RecallDocument[], question: string, form: "chat" | "raw"): string {
    const values: Record<Placeholder, string> = {
      documents: documents.map(shownDocument).join("\n\n"),
      question,
      startTag: this.tags.start,
      endTag: this.tags.end,
    };
    const text = this.#template.replaceAll(PLACEHOLDER, (_, placeholder: Placeholder) => values[placeholder]);
    return form === "raw" && this.#isDefault ? text + RAW_ENDING : text;
  }
}

/**
 * Reads a template; a byte order mark is not part of it, and neither is the last line's end.
 * @throws InputError
 */
export async function readTemplate(path: string): Promise<string> {
  return decodeInput(path, await readInput(path)).replace(/\r?\n$/, "");
}

/**
 * Checks tags for use together.
 * @throws UsageError
 */
export function expectTags({ start, end }: Tags): Tags {
  if (start === "" || end === "") throw new UsageError("Expected tags that are not empty");
  if (start === end) throw new UsageError("Expected the tags to differ");
  return { start, end };
}
