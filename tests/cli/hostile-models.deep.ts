// node-flags: --max-old-space-size=512
/**
 * Headers of a model that say something else than they did: the model runs, or one line says why not. `VERBATIM_MODELS`
 * is how many there are, `VERBATIM_SEED` which.
 */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { headerFields, mutated } from "../support/hostile-gguf.js";
import { outcomeOf } from "../support/hostile-run.js";
import { Random } from "../support/random.js";
import { scratch } from "../support/scratch.js";
import { writeTinyModel } from "../support/tiny-model.js";

writeTinyModel({ path: join(scratch, "tiny.gguf") });
const file = readFileSync(join(scratch, "tiny.gguf"));
const fields = headerFields(file);
const count = Number(process.env.VERBATIM_MODELS ?? 200);
const seed = Number(process.env.VERBATIM_SEED ?? 1);

test(`${count} headers of seed ${seed}`, async () => {
  const random = new Random(seed);
  const outcomes = new Map<string, number>();
  for (let i = 0; i < count; i++) {
    const model = mutated(file, fields, random);
    const { outcome, text } = await outcomeOf(model.file);
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    assert.ok(outcome === "ran" || outcome === "model", `${model.what}: ${outcome}, ${text}`);
    // eslint-disable-next-line no-control-regex
    if (outcome === "model") assert.match(text, /^verbatim: [^\x00-\x1f]+\n$/, model.what);
  }
  console.log(Object.fromEntries(outcomes));
  assert.ok(outcomes.get("ran")! > 0 && outcomes.get("model")! > 0);
});

test.run();
