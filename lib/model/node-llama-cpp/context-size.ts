import type { LlamaModel } from "node-llama-cpp";
import { shownNumber } from "../../base/count.js";
import { ModelError } from "../../base/command-error.js";

/**
 * The size of a context that has room for so many tokens.
 * @param wanted the most it may have; as many as the model reads unless given
 * @param step sizes are multiples of this, except the largest
 * @param problem what is wrong where a limit, which is given with its name, is too small
 * @throws ModelError
 */
export function contextSizeFor(
  model: LlamaModel,
  needed: number,
  { wanted, step, problem }: { wanted?: number; step: number; problem: (limit: string) => string },
): number {
  const modelReads = model.trainContextSize;
  const limit = wanted ?? modelReads;
  if (limit > modelReads) {
    throw new ModelError(
      `A context of ${shownNumber(limit)} tokens is more than the ${shownNumber(modelReads)} the model reads`,
    );
  }
  if (needed <= limit) return Math.min(limit, Math.ceil(needed / step) * step);
  throw new ModelError(
    problem(`the ${shownNumber(limit)} ${limit === modelReads ? "the model reads" : "of the context size"}`),
  );
}
