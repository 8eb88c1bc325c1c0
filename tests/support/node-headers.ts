import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";

/** The folder of Node's headers: its own, or the one that node-gyp downloaded. */
export function nodeHeaders(): string {
  const folders = [
    join(dirname(process.execPath), "..", "include", "node"),
    join(homedir(), ".cache", "node-gyp", process.versions.node, "include", "node"),
    join(homedir(), "Library", "Caches", "node-gyp", process.versions.node, "include", "node"),
  ];
  const found = folders.find((folder) => existsSync(join(folder, "node_api.h")));
  if (found === undefined) throw new Error(`Node's headers are in none of these folders: ${folders.join(", ")}`);
  return found;
}
