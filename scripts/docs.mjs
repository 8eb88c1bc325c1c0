/** Writes the API reference, one page for each entry point of package.json, to docs/api. Usage: npm run docs */
import { installDependencies } from "./setup/dependencies.mjs";
import { entryPoints } from "./api/entry-points.mjs";
import { runNode } from "./support/run.mjs";

installDependencies();
runNode([
  "node_modules/typedoc/bin/typedoc",
  ...entryPoints().map(({ source }) => source),
  ...["--out", "docs/api", "--readme", "none", "--name", "verbatim-runtime", "--tsconfig", "tsconfig.json"],
  ...["--excludeInternal", "--excludePrivate", "--disableSources", "--skipErrorChecking"],
]);
console.log("The API reference is in docs/api/index.html");
