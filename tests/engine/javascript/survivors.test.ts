import { test } from "uvu";
import * as assert from "uvu/assert";
import { Survivors } from "../../../lib/engine/javascript/survivors.js";
import { Random, seedOfRun } from "../../support/random.js";

test("each step's candidates are those of the one before it that were kept, and come back when it is undone", () => {
  const random = new Random(seedOfRun());
  const seen = { undone: 0, emptied: 0 };
  for (let round = 0; round < 300; round++) {
    const survivors = new Survivors();
    const first = Array.from({ length: random.below(30) }, (_, i) => 3 * i);
    survivors.begin(Int32Array.from(first));
    const steps = [first];
    for (let step = 0; step < 40; step++) {
      if (random.chance(0.3)) {
        const kept = random.between(1, steps.length);
        survivors.rewind(kept);
        steps.length = kept;
        seen.undone++;
      } else {
        const dropped = new Set(steps[steps.length - 1].filter(() => random.chance(random.pick([0, 0.1, 0.5]))));
        const kept = steps[steps.length - 1].filter((start) => !dropped.has(start));
        assert.is(
          survivors.narrow((start) => !dropped.has(start)),
          kept.length,
        );
        steps.push(kept);
        if (kept.length === 0) seen.emptied++;
      }
      assert.is(survivors.steps, steps.length);
      assert.is(survivors.count, steps[steps.length - 1].length);
      const latest = random.chance(0.5) ? survivors.ascending : survivors.latest.slice().sort();
      assert.equal([...latest], steps[steps.length - 1]);
    }
  }
  for (const [what, count] of Object.entries(seen)) assert.ok(count > 100, `${what}: ${count}`);
});

test("every candidate is looked at once a step, and going back looks at none", () => {
  const survivors = new Survivors();
  survivors.begin(Int32Array.from({ length: 1000 }, (_, i) => i));
  let looks = 0;
  const keep = (holds: (start: number) => boolean) =>
    survivors.narrow((start) => {
      looks++;
      return holds(start);
    });
  keep((start) => start % 2 === 0);
  keep((start) => start % 4 === 0);
  survivors.rewind(1);
  assert.is(survivors.count, 1000);
  keep((start) => start < 10);
  assert.is(looks, 1000 + 500 + 1000);
});

test.run();
