import { basename } from "node:path";
import { openModel } from "./model.js";
import { evalJson, evalText, type EvalResult } from "./eval-report.js";
import { evaluate, type DictionarySize, type EvalPlan } from "./eval-run.js";
import { UsageError } from "./command-error.js";
import { AnswersProgress } from "./progress.js";

/** As the command line gives them. */
export interface EvalCommandOptions extends Omit<EvalPlan, "sizes"> {
  model: string[];
  lengths?: number[];
  entries?: number[];
  json: boolean;
}

const DEFAULT_LENGTHS = [1024, 4096];

/**
 * Evaluates models one after the other: the figures on standard output, progress on standard error.
 * What is complete is written also where it fails or is interrupted.
 * @throws CommandError; the reason of the signal
 */
export async function runEval(options: EvalCommandOptions, interrupt: AbortSignal): Promise<void> {
  const { model: paths, json, lengths, entries, ...rest } = options;
  const plan: EvalPlan = { ...rest, sizes: sizesOf(lengths, entries) };
  expectPossible(plan);
  const results: EvalResult[] = [];
  const progress = new AnswersProgress(
    process.stderr,
    2 * paths.length * plan.sizes.length * plan.dictionaries * plan.questions,
  );
  try {
    for (const path of paths) {
      const model = await openModel(path, interrupt);
      const name = basename(path, ".gguf");
      for await (const row of evaluate(model, plan, interrupt, () => progress.add())) {
        results.push({ model: name, ...row });
      }
      await model.dispose();
      if (interrupt.aborted) break;
    }
  } finally {
    progress.stop();
    // What has taken its time is not lost where a later size turns out to be more than a model reads.
    if (results.length > 0) process.stdout.write(json ? evalJson(plan, results) : evalText(plan, results));
  }
  interrupt.throwIfAborted();
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
