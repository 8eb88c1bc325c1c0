/**
 * The API report: docs/api-report/<entry point>.md holds every declaration that users of the package see, so that a change
 * of the public surface is a change of a committed file. `npm run check` compares, `npm run format` rewrites.
 */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import prettier from "prettier";
import { compileTypeScript } from "../setup/typescript.mjs";
import { filesUnder } from "../support/files.mjs";
import { repository } from "../support/repository.mjs";
import { entryPoints } from "./entry-points.mjs";
import { publicSurface } from "./public-surface.mjs";

const FOLDER = "docs/api-report";

/** Whether the committed report is what the sources say; with `fix` it is made so. */
export async function checkApiReport({ fix }) {
  compileTypeScript();
  const reports = await writtenReports();
  const stale = filesUnder(FOLDER, /\.md$/).filter((file) => !reports.has(file));
  const changed = [...reports].filter(([file, text]) => read(file) !== text);
  if (fix) {
    mkdirSync(join(repository, FOLDER), { recursive: true });
    for (const [file, text] of changed) writeFileSync(join(repository, file), text);
    for (const file of stale) rmSync(join(repository, file));
    return true;
  }
  for (const [file, text] of changed)
    console.error(`${file} is not what the sources say${firstDifference(file, text)}`);
  for (const file of stale) console.error(`${file} is of no entry point`);
  if (changed.length + stale.length > 0)
    console.error("The public surface changed: `npm run format` writes the report");
  return changed.length + stale.length === 0;
}

async function writtenReports() {
  const reports = new Map();
  for (const surface of publicSurface(entryPoints())) {
    reports.set(`${FOLDER}/${surface.entry.name}.md`, await formatted(reportOf(surface)));
  }
  return reports;
}

function reportOf({ entry, exported, reached }) {
  const sections = [`# API report of \`${entry.specifier}\``, "Written by `npm run format`; not edited by hand."];
  sections.push(codeOf(exported));
  if (reached.length > 0) sections.push("## Named by these, not exported", codeOf(reached));
  return sections.join("\n\n");
}

function codeOf(declarations) {
  return "```ts\n" + declarations.map(({ text }) => text).join("\n\n") + "\n```";
}

async function formatted(markdown) {
  const config = await prettier.resolveConfig(join(repository, FOLDER, "index.md"));
  return prettier.format(markdown, { ...config, parser: "markdown" });
}

function firstDifference(file, text) {
  const committed = (read(file) ?? "").split("\n");
  const written = text.split("\n");
  const line = written.findIndex((content, index) => content !== committed[index]);
  const at = line === -1 ? written.length : line;
  return `, line ${at + 1} of ${basename(file)}:\n- ${committed[at] ?? ""}\n+ ${written[at] ?? ""}`;
}

function read(file) {
  const path = join(repository, file);
  return existsSync(path) ? readFileSync(path, "utf8") : undefined;
}
