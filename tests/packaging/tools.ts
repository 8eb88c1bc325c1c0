import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { outputOf } from "./programs.js";

/** What the package is tried with beside this Node, and which release of it. */
export const TOOLS = {
  bun: "1.4.5",
  deno: "2.9.6",
  next: "16.4.6",
  react: "19.3.1",
  "react-dom": "19.3.1",
  vite: "8.4.0",
  webpack: "5.113.0",
  "webpack-cli": "7.3.1",
};

const FOLDER = fileURLToPath(new URL("../../../build-packaging/", import.meta.url));

/** Installs the tools where they are not yet, and the archive of the package; returns the folder of the project. */
export async function installTools(archive: string): Promise<string> {
  const manifest = JSON.stringify({ private: true, dependencies: TOOLS });
  const stamp = join(FOLDER, ".installed");
  if (!existsSync(stamp) || readFileSync(stamp, "utf8") !== manifest) {
    rmSync(FOLDER, { recursive: true, force: true });
    mkdirSync(FOLDER, { recursive: true });
    writeFileSync(join(FOLDER, "package.json"), manifest);
    await npm("install");
    // The scripts by which these two put their binaries into place; no others are run.
    await outputOf(process.execPath, ["install.js"], join(FOLDER, "node_modules/bun"));
    await outputOf(process.execPath, ["install.cjs"], join(FOLDER, "node_modules/deno"));
    writeFileSync(stamp, manifest);
  }
  rmSync(join(FOLDER, "node_modules/verbatim-runtime"), { recursive: true, force: true });
  await npm("install", "--no-save", archive);
  return FOLDER;
}

function npm(...args: string[]): Promise<string> {
  // Optional packages are the tools' binaries; the settings of a checkout, which npm hands on, leave them out.
  const flags = ["--no-audit", "--no-fund", "--ignore-scripts", "--include=optional", "--loglevel=error"];
  return outputOf("npm", [...args, ...flags], FOLDER);
}
