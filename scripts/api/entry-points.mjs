import { readFileSync } from "node:fs";
import { join } from "node:path";
import { repository } from "../support/repository.mjs";

/** The entry points that package.json exports: how each is imported, a name for files, its source and its declarations. */
export function entryPoints() {
  const { name, exports } = JSON.parse(readFileSync(join(repository, "package.json"), "utf8"));
  return Object.entries(exports)
    .filter(([, target]) => target.types !== undefined)
    .map(([subpath, { types }]) => ({
      specifier: `${name}${subpath.slice(1)}`,
      name: subpath === "." ? "index" : subpath.slice(2),
      source: types.replace(/^\.\/dist\//, "").replace(/\.d\.ts$/, ".ts"),
      declarations: types.slice(2),
    }));
}
