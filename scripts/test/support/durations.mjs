import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { repository } from "../../support/repository.mjs";

const RECORD = join(repository, "dist/.test-seconds.json");

function readRecord() {
  return existsSync(RECORD) ? JSON.parse(readFileSync(RECORD, "utf8")) : {};
}

/** Whether a file compiles programs of its own, which takes longest. */
const compiles = (file) => Number(/\/(faults|programs)\//.test(file));

/**
 * Longest first, so that the last files to end are short ones; files that never ran come first, those that compile
 * before the others, larger ones before smaller.
 */
export function inOrder(files) {
  const seconds = readRecord();
  const size = (file) => statSync(join(repository, file)).size;
  const duration = (file) => seconds[file] ?? Number.MAX_VALUE;
  return [...files].sort((a, b) => duration(b) - duration(a) || compiles(b) - compiles(a) || size(b) - size(a));
}

export function recordDurations(results) {
  const seconds = readRecord();
  for (const result of results) seconds[result.file] = result.seconds;
  writeFileSync(RECORD, JSON.stringify(seconds));
}
