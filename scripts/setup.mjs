/**
 * Makes a checkout ready to run: dependencies, compiled TypeScript, the addon. Does only what is out of date.
 * Usage: node scripts/setup.mjs
 */
import { pathToFileURL } from "node:url";
import { buildAddon } from "./setup/addon.mjs";
import { installDependencies } from "./setup/dependencies.mjs";
import { compileTypeScript } from "./setup/typescript.mjs";

export function setUp() {
  installDependencies();
  compileTypeScript();
  buildAddon();
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  try {
    setUp();
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
