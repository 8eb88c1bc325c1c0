import { basename } from "node:path";
import { evalJson, evalText, type EvalResult } from "./output/eval-report.js";
import type { DictionarySize, EvalPlan } from "../evaluation/measure-model.js";
import { UsageError } from "../base/command-error.js";
import { checkModelFile } from "../model/node-llama-cpp/model-file.js";
import { runJob } from "./model-process/run-job.js";
import { AnswersProgress } from "./output/progress.js";

/** As the command line gives them. */
export interface EvalCommandOptions extends Omit<EvalPlan, "sizes"> {
  model: string[];
  lengths?: number[];
  entries?: number[];
  json: boolean;
  debug: boolean;
}

const DEFAULT_LENGTHS = [1024, 4096];

/**
 * Evaluates models one after the other: the figures on standard output, progress on standard error.
 * What is complete is written also where it fails or is interrupted.
 * @throws CommandError; the reason of the signal
 */
export async function runEval(options: EvalCommandOptions, interrupt: AbortSignal): Promise<void> {
  const { model: paths, json, debug, lengths, entries, ...rest } = options;
  const plan: EvalPlan = { ...rest, sizes: sizesOf(lengths, entries) };
  expectPossible(plan);
  paths.forEach(checkModelFile);
  const results: EvalResult[] = [];
  const progress = new AnswersProgress(
    process.stderr,
    2 * paths.length * plan.sizes.length * plan.dictionaries * plan.questions,
  );
  try {
    for (const path of paths) {
      const model = basename(path, ".gguf");
      for await (const event of runJob("evaluate", { model: path, plan }, { signal: interrupt, debug })) {
        if (event.type === "answer") progress.add();
        else results.push({ model, ...event.row });
      }
      interrupt.throwIfAborted();
    }
  } finally {
    progress.stop();
    // What has taken its time is not lost where a later size turns out to be more than a model reads.
    if (results.length > 0) process.stdout.write(json ? evalJson(plan, results) : evalText(plan, results));
  }
}

function sizesOf(lengths: number[] | undefined, entries: number[] | undefined): DictionarySize[] {
  if (lengths !== undefined && entries !== undefined) throw new UsageError("Expected --lengths or --entries, not both");
  return entries?.map((each) => ({ entries: each })) ?? (lengths ?? DEFAULT_LENGTHS).map((tokens) => ({ tokens }));
}

function expectPossible({ workload, form, place, questions }: EvalPlan): void {
  if (workload === "lookup" && (form !== undefined || place !== undefined)) {
    throw new UsageError("A lookup has one form: leave out --form and --place");
  }
  if (workload === "reasoning-retrieval" && questions > 1) {
    throw new UsageError("A dictionary of reasoning-retrieval answers one question: leave out --questions");
  }
}
