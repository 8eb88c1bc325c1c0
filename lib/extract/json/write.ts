import { RecallError } from "../../base/errors.js";
import type { JsonConstraint } from "./constraint.js";

/** What writes JSON text: a model, and how it samples. */
export interface TokenWriter {
  /** Writes text that there is no choice about. */
  force(text: string): Promise<void> | void;
  /** One of these tokens, ascending, none of which is written by it. */
  sample(allowed: Int32Array): Promise<number>;
  /** Writes a token. */
  keep(token: number): void;
}

/**
 * Writes the JSON text of a constraint to its end. Where only one token may come, nothing is sampled.
 * @throws RecallError `NO_VALID_TOKEN` where the vocabulary has no token to go on with
 */
export async function writeJson(constraint: JsonConstraint, writer: TokenWriter): Promise<void> {
  for (;;) {
    const forced = constraint.force();
    if (forced !== "") {
      await writer.force(forced);
      continue;
    }
    if (constraint.isDone) return;
    const allowed = constraint.allowed();
    if (allowed.length === 0) {
      throw new RecallError("NO_VALID_TOKEN", "The model's vocabulary has no token that the data can go on with");
    }
    const token = allowed.length === 1 ? allowed[0] : await writer.sample(allowed);
    if (!constraint.accept(token)) {
      throw new RecallError("NOT_ENFORCED", `Token ${token} was sampled, which the schema does not allow here`);
    }
    writer.keep(token);
  }
}
