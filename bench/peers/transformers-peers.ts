import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { writeOnnxModel } from "../../examples/reference-model/onnx.js";
import { lookupPrompt } from "../../examples/reference-model/dictionary.js";
import { loadOnnxModel } from "../../tests/support/onnx.js";
import { remarkOn } from "./answer.js";
import { Figures, inTurns, probeAll } from "./figures.js";
import { GENERATE_WAYS } from "./generate-ways.js";
import { measureMemory } from "./memory.js";
import { ProcessorWalk, ROW } from "./processor-walk.js";
import { PROCESSOR_WAYS } from "./processor-ways.js";
import type { SearchedDictionary } from "./searched-dictionary.js";
import { wideReferenceModel } from "./wide-model.js";

const QUOTES = 10;

/** All ways to generate, in turns, with the whole dictionary in each prompt. */
export async function measureGenerate(dictionary: SearchedDictionary, vocabulary: number): Promise<Figures[]> {
  const folder = join("build", "bench", `reference-wide-${vocabulary}`);
  mkdirSync(folder, { recursive: true });
  if (!existsSync(join(folder, "onnx", "model.onnx"))) writeOnnxModel(folder, wideReferenceModel(vocabulary));
  const loaded = await loadOnnxModel(folder);
  const { document, entries } = dictionary;
  const figures = GENERATE_WAYS.map(({ name }) => new Figures(name));
  await inTurns(figures, async (way, round) => {
    const prompt = lookupPrompt(document, entries[(7 * round) % entries.length]!.key);
    const answer = await GENERATE_WAYS[way]!.answer({ ...loaded, prompt });
    const remark = remarkOn(answer, document);
    const times = { "opening a quote": answer.opening, "time per token": answer.perToken };
    return { figures: { ...times, "exact quotes": remark === null ? 1 : 0 }, remark };
  });
  return figures;
}

/** The processors alone, in turns, with so many tokens to search. */
export async function measureProcessors(tokens: number, withMemory: boolean): Promise<Figures[]> {
  const walk = new ProcessorWalk(tokens);
  const figures = PROCESSOR_WAYS.map(({ name }) => new Figures(name));
  if (withMemory) {
    const probed = { host: "transformers.js", size: tokens, vocabulary: ROW } as const;
    await probeAll(figures, (way) => measureMemory({ ...probed, way }));
  }
  await inTurns(figures, (way) => {
    const { setUp, opening, perToken } = walk.run(PROCESSOR_WAYS[way]!, QUOTES);
    const figures = { "set-up": setUp, "opening a quote": opening, "time per token": perToken };
    return Promise.resolve({ figures, remark: null });
  });
  return figures;
}
