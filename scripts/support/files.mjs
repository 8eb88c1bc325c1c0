import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { repository } from "./repository.mjs";

/** The files under `folder` whose names `pattern` matches, as sorted paths relative to the repository, with slashes. */
export function filesUnder(folder, pattern) {
  if (!existsSync(join(repository, folder))) return [];
  return readdirSync(join(repository, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && pattern.test(entry.name))
    .map((entry) =>
      join(entry.parentPath ?? entry.path, entry.name)
        .slice(repository.length)
        .replaceAll("\\", "/"),
    )
    .sort();
}
