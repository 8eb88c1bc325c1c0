import { test } from "uvu";
import * as assert from "uvu/assert";
import { settings } from "./explore.js";
import { playText, TextEvents } from "./text-explorer.js";
import { smallTexts } from "./text-plans.js";

test("small vocabularies that overlap: every backend of text mode agrees with the oracle", () => {
  const { seed, steps: wanted, full, backends } = settings(40_000);
  const events = new TextEvents();
  let steps = 0;
  for (let current = seed; steps < wanted; current++) steps += playText(smallTexts, current, backends, events);
  console.log(`histogram ${JSON.stringify({ suite: "text-small", seed, backends, steps, ...events.counts })}`);
  assert.ok(steps > 0 && backends.length > 0, "nothing was compared");
  if (!full) return;
  for (const [name, count] of Object.entries(events.counts)) {
    if (name !== "large contexts searched") assert.ok(count > 0, `There were no ${name}`);
  }
});

test.run();
