/**
 * What `npm start` shows: the same model, the same document and the same questions, with and without the constraint.
 */

import { mkdirSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { AskEvent } from "../lib/answer/answerer.js";
import { Asker } from "../lib/answer/asker.js";
import { readDocuments } from "../lib/cli/input/documents.js";
import { openModel } from "../lib/model/node-llama-cpp/open-model.js";
import { ReadingProgress } from "../lib/cli/output/progress.js";
import { textRenderer } from "../lib/cli/output/render.js";
import { parseDictionary } from "./reference-model/dictionary.js";
import { writeReferenceModel } from "./reference-model/write.js";

const QUESTIONS = ["Tokyo", "Reykjavik", "Lima"];
/** An answer repeats an entry twice; without the constraint it may not end by itself. */
const MAX_TOKENS = 80;

const root = new URL("../../", import.meta.url);
const modelPath = fileURLToPath(new URL("models/reference-diluted.gguf", root));
const documentPath = fileURLToPath(new URL("examples/data/cities.txt", root));
const colour = process.stdout.isTTY === true && !process.env.NO_COLOR;

await main();

async function main(): Promise<void> {
  mkdirSync(new URL("models", root), { recursive: true });
  writeReferenceModel({ path: modelPath, sharpness: "diluted" });
  const [{ text, textStart }] = await readDocuments([documentPath]);
  const { entries } = parseDictionary(text);
  say(`
The model    ${relative(modelPath)}, ${(statSync(modelPath).size / 1e6).toFixed(0)} MB: a small circuit whose weights
             are written by hand. It looks a key up, quotes the entry between recall tokens, and answers. Its
             attention is made too weak on purpose, so that it loses its way in a long document, as real models do.
The document ${relative(documentPath)}: ${entries.length} places and where they lie, one per line.
`);
  const asker = new Asker(await openModel(modelPath), { documents: [{ name: "cities.txt", text, textStart }] });
  for (const question of QUESTIONS) {
    say(`\nQuestion: ${question}\n`);
    for (const constrained of [true, false]) {
      await show(
        constrained ? "with Verbatim   " : "without         ",
        asker.ask(question, { constrained, maxTokens: MAX_TOKENS }),
      );
    }
    say(`  the document says ${text.split("\n").find((line) => line.startsWith(`${question}:`))}\n`);
  }
  await asker.close();
  say(`
What stands between “ and ” is a quote. With Verbatim the model could only go on as some place in the document goes
on, so every quote is in it, and we know where. Without, the same model makes up the numbers and calls that a quote.

Ask something yourself:
  node dist/lib/cli/verbatim.js ask --model ${relative(modelPath)} --context ${relative(documentPath)} "Nairobi"
`);
}

async function show(label: string, events: AsyncIterable<AskEvent>): Promise<void> {
  const renderer = textRenderer(colour);
  const progress = new ReadingProgress(process.stderr);
  let answer = "";
  for await (const event of events) {
    progress.show(event);
    answer += renderer.render(event);
  }
  say(`  ${label} ${answer.trim()}\n`);
}

function say(text: string): void {
  process.stdout.write(text);
}

function relative(path: string): string {
  return path.slice(fileURLToPath(root).length);
}
