import { test } from "uvu";
import * as assert from "uvu/assert";
import { settings } from "./explore.js";
import { playText, TextEvents } from "./text-explorer.js";
import { largeTexts } from "./text-plans.js";

test("contexts of thousands of bytes: every backend of text mode agrees with the oracle", () => {
  const { seed, steps: wanted, full, backends } = settings(2_000);
  const events = new TextEvents();
  let steps = 0;
  for (let current = seed; steps < wanted; current++) steps += playText(largeTexts, current, backends, events);
  console.log(`histogram ${JSON.stringify({ suite: "text-large", seed, backends, steps, ...events.counts })}`);
  assert.ok(steps > 0 && backends.length > 0, "nothing was compared");
  if (!full) return;
  const happened = (name: string): number => events.counts[name] ?? 0;
  for (const name of ["spans opened by a tag", "spans closed by a tag", "spans reopened", "large contexts searched"]) {
    assert.ok(happened(name) > 0, `There were no ${name}`);
  }
});

test.run();
