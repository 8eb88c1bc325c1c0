/** Sets up the checkout and runs the demonstration, examples/start.ts. Usage: npm start [-- arguments] */
import { spawnSync } from "node:child_process";
import { buildAddon } from "./setup/addon.mjs";
import { installDependencies } from "./setup/dependencies.mjs";
import { compileTypeScript } from "./setup/typescript.mjs";
import { repository } from "./support/repository.mjs";

installDependencies();
compileTypeScript();
try {
  buildAddon();
} catch (error) {
  console.log(`The addon was not built (${error.message}): going on with the JavaScript engine`);
}
const { status } = spawnSync(process.execPath, ["dist/examples/start.js", ...process.argv.slice(2)], {
  cwd: repository,
  stdio: "inherit",
});
process.exitCode = status ?? 1;
