import type { LlamaModel, Token } from "node-llama-cpp";
import { messageTokens, plainTokens } from "../hosts/node-llama-cpp/prompt-tokens.js";
import { promptText, type WorkloadExample } from "./workload/example.js";
import type { PromptForm } from "../answer/prompt.js";
import type { Tags } from "../answer/tag-prompt.js";

/**
 * An example's prompt as tokens: a chat message where the form is that, and with a sentence about tags where the model
 * has no recall tokens. A lookup is always plain text.
 */
export function evalPrompt(model: LlamaModel, example: WorkloadExample, form: PromptForm, tags: Tags | null): Token[] {
  const { task, before, document, after } = example;
  if (task === "lookup") return plainTokens(model, [document, after]);
  const ending = tags === null ? "" : `\n\n${aboutTags(tags)}`;
  if (form === "chat") return messageTokens(model, promptText(example) + ending);
  return plainTokens(
    model,
    [before, document, `${after}${ending}\n\n`].filter((part) => part !== ""),
  );
}

function aboutTags({ start, end }: Tags): string {
  return (
    "Before you give the value, quote the entry that it stands in: " +
    `write ${start}, then the entry exactly as it stands above, then ${end}.`
  );
}
