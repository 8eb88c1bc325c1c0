import { spawnSync } from "node:child_process";
import { copyFileSync, cpSync, existsSync, mkdirSync, readFileSync, symlinkSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as assert from "uvu/assert";

const repository = fileURLToPath(new URL("../../../", import.meta.url));
const manifest = JSON.parse(readFileSync(join(repository, "package.json"), "utf8")) as { files: string[] };

/**
 * Packs the package as it is published from a machine of this platform: with the addon of this checkout where
 * `npm run prebuilds` puts it, and without the CUDA library.
 * @param folder that receives the archive; the files that were packed are left in its folder `staged`
 * @returns the path of the archive
 */
export function packPackage(folder: string): string {
  const staged = join(folder, "staged");
  for (const file of ["package.json", "README.md", "LICENSE", ...manifest.files]) {
    if (file !== "prebuilds") cpSync(join(repository, file), join(staged, file), { recursive: true });
  }
  const prebuilds = join(staged, "prebuilds", `${process.platform}-${process.arch}`);
  mkdirSync(prebuilds, { recursive: true });
  copyFileSync(join(repository, "build/Release/verbatim.node"), join(prebuilds, `verbatim-runtime${libcTag()}.node`));
  const { status, stdout, stderr } = spawnSync("npm", ["pack", "--silent", "--ignore-scripts"], {
    cwd: staged,
    encoding: "utf8",
    shell: process.platform === "win32",
  });
  assert.is(status, 0, stderr);
  return join(staged, stdout.trim());
}

function libcTag(): string {
  if (process.platform !== "linux") return "";
  return existsSync("/etc/alpine-release") ? ".musl" : ".glibc";
}

/** Puts what an archive of `packPackage` holds, and what it depends on, into the `node_modules` of `project`. */
export function installPacked(archive: string, project: string): void {
  const modules = join(project, "node_modules");
  mkdirSync(join(modules, "verbatim-runtime"), { recursive: true });
  const tar = ["-xzf", archive, "--strip-components=1", "-C", join(modules, "verbatim-runtime")];
  assert.is(spawnSync("tar", tar).status, 0);
  const require = createRequire(import.meta.url);
  symlinkSync(dirname(require.resolve("node-gyp-build/package.json")), join(modules, "node-gyp-build"), "junction");
}
