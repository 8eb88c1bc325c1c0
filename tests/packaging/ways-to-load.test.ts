/** The ways to load the package that cost little; `npm run test:packaging` has all of them. */

import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { scratch } from "../support/scratch.js";
import { esbuildCases } from "./cases/esbuild.js";
import { nodeCases } from "./cases/node.js";
import { installPacked, packPackage } from "./packed.js";
import { Place } from "./place.js";

const project = join(scratch, "project");
installPacked(packPackage(scratch), project);
const place = new Place(project);

for (const { name, expected, run } of [...nodeCases, ...esbuildCases]) {
  test(name, async () => assert.equal(await run(place), expected));
}

test.run();
