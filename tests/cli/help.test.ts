/** Help and the version: written without what runs models, and without what takes its time. */

import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { makeProgram } from "../../lib/cli/commands.js";
import { program } from "../support/program.js";
import { scratch } from "../support/scratch.js";

/** Fails where a module is loaded that is not of Node, of commander or of the program, and where an addon is. */
const WATCH = `
import { register } from "node:module";
register("data:text/javascript," + encodeURIComponent(\`
  export async function resolve(specifier, context, next) {
    const found = await next(specifier, context);
    const url = found.url;
    const heavy = /\\\\.node$|\\\\/(engine|session|model-process)\\\\//.test(url);
    if (heavy || (url.includes("/node_modules/") && !url.includes("/node_modules/commander/"))) throw new Error("loads " + url);
    return found;
  }
\`));
`;

const COMMANDS = makeProgram(() => undefined).commands.map((command) => command.name());

test("--version and every --help are written and loaded lightly, and end with exit code 0", () => {
  writeFileSync(join(scratch, "watch.mjs"), WATCH);
  const { version } = JSON.parse(readFileSync(new URL("../../../package.json", import.meta.url), "utf8")) as {
    version: string;
  };
  assert.equal(COMMANDS, ["ask", "extract", "eval", "verify"]);
  for (const [args, expected] of [
    [["--version"], new RegExp(`^${version.replaceAll(".", "\\.")}\n$`)],
    [["--help"], /^Usage: verbatim \[options\] \[command\]\n/],
    ...COMMANDS.map((name) => [[name, "--help"], new RegExp(`^Usage: verbatim ${name} \\[options\\]`)]),
  ] as [string[], RegExp][]) {
    const watched = ["--import", join(scratch, "watch.mjs"), program, ...args];
    const { status, stdout, stderr } = spawnSync(process.execPath, watched, { encoding: "utf8" });
    assert.equal([status, stderr], [0, ""], args.join(" "));
    assert.match(stdout, expected);
  }
});

test.run();
