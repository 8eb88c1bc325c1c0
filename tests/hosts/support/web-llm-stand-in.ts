/**
 * What a bundler puts in the place of `@mlc-ai/web-llm` where there is no WebGPU: as much of it as an example needs. The
 * model writes anything, and likes to quote.
 */

import type { LogitProcessor, MLCEngineConfig } from "@mlc-ai/web-llm";
import { tokenBytesOfTokenizerJson } from "../../../lib/entry/index.js";
import { Random } from "../../support/random.js";
import { TagWishes } from "./tag-wishes.js";
import { byteString, TextQuoting } from "./text-quoting.js";
import { WebLlmPipeline } from "./web-llm-pipeline.js";

const MOST_STEPS = 1000;
const STEPS = 60;
const WIDTH = 151_936;

export async function CreateMLCEngine(modelId: string, { logitProcessorRegistry }: MLCEngineConfig) {
  const tokenizerJson: unknown = await (await fetch("/small-tokenizer.json")).json();
  const tokens = tokenBytesOfTokenizerJson(tokenizerJson).map((bytes) => byteString(bytes ?? new Uint8Array(0)));
  const random = new Random(1);
  const processor: LogitProcessor = logitProcessorRegistry!.get(modelId)!;
  const pipeline = new WebLlmPipeline(processor, { ids: tokens.length, width: WIDTH }, random);
  const create = () => {
    pipeline.beginConversation();
    const written = new TextQuoting([]);
    const wishes = new TagWishes(tokens, random);
    let content = "";
    for (let step = 0; step < STEPS || (written.inSpan && step < MOST_STEPS); step++) {
      const token = tokens[pipeline.step(wishes.next(written)).token];
      written.accept(token);
      content += token;
    }
    return Promise.resolve({ choices: [{ message: { content } }] });
  };
  return { chat: { completions: { create } } };
}
