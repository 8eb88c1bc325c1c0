import { evaluate, type EvalPlan, type EvalRow } from "../../evaluation/measure-model.js";
import { openModel } from "../../model/node-llama-cpp/open-model.js";
import type { JobContext } from "./job-context.js";

/** What one model is asked. */
export interface EvalJob {
  model: string;
  plan: EvalPlan;
}

/** What happens while a model is evaluated. */
export type EvalEvent = { type: "answer" } | { type: "row"; row: EvalRow };

/** Evaluates a model. Where it is interrupted, it ends with the figures that are complete. */
export async function run({ model: path, plan }: EvalJob, { signal, emit }: JobContext<EvalEvent>): Promise<void> {
  const model = await openModel(path, signal);
  for await (const row of evaluate(model, plan, signal, () => emit({ type: "answer" }))) emit({ type: "row", row });
}
