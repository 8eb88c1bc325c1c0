import { test } from "uvu";
import { Random, seedOfRun } from "../../support/random.js";
import { openDevice } from "../support/device.js";
import { Explorer } from "../support/explorer.js";

const device = await openDevice();
const streams = [0n, device.createStream(), device.createStream()];
const seed = seedOfRun();
const ROUNDS = 200;
const VERBS = 100;

test("a batch does what sessions of the native engine do", () => {
  const counts: Record<string, number> = {};
  for (let round = 0; round < ROUNDS; round++) {
    const explorer = new Explorer(device, streams, new Random(seed * 1000 + round));
    explorer.run(VERBS);
    for (const [what, count] of Object.entries(explorer.counts)) counts[what] = (counts[what] ?? 0) + count;
  }
  console.log(JSON.stringify(counts));
});

test.run();
