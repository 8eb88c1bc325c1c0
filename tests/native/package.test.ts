import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";

interface Manifest {
  files: string[];
  scripts: Record<string, string>;
  gypfile: boolean;
  bin: Record<string, string>;
  exports: Record<string, string | { types: string; default: string }>;
}

const manifest = JSON.parse(readFileSync("package.json", "utf8")) as Manifest;

function packedFiles(): string[] {
  const { status, stdout, stderr } = spawnSync("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], {
    encoding: "utf8",
    shell: process.platform === "win32",
  });
  assert.is(status, 0, stderr);
  const report = JSON.parse(stdout) as unknown;
  const [pack] = (Array.isArray(report) ? report : Object.values(report as object)) as { files: { path: string }[] }[];
  return pack.files.map((file) => file.path).sort();
}

const files = packedFiles();

/** An addon for Linux names its C library, without which one might be loaded that was built for another. */
const PUBLISHED = [
  /^dist\/lib\/[\w./-]+\.(js|d\.ts)$/,
  /^prebuilds\/linux-\w+\/verbatim-runtime\.(glibc|musl)\.node$/,
  /^prebuilds\/(darwin|win32)-[\w+]+\/verbatim-runtime\.node$/,
  /^prebuilds\/\w+-\w+\/libverbatim_cuda\.so$/,
  /^(package\.json|README\.md|LICENSE|CHANGELOG\.md)$/,
];

test("the package holds the compiled library, what was prebuilt and its papers, nothing else", () => {
  assert.equal(
    files.filter((file) => !PUBLISHED.some((rule) => rule.test(file))),
    [],
  );
  for (const file of ["package.json", "LICENSE", "CHANGELOG.md", "dist/lib/engine/native/engine.js"]) {
    assert.ok(files.includes(file), `${file} is missing`);
  }
});

test("every compiled file has a source", () => {
  const orphans = files
    .filter((file) => file.startsWith("dist/"))
    .filter((file) => !existsSync(file.replace("dist/", "").replace(/\.(js|d\.ts)$/, ".ts")));
  assert.equal(orphans, []);
});

test("what the manifest names is in the package", () => {
  const named = Object.values(manifest.exports).flatMap((entry) =>
    typeof entry === "string" ? [entry] : Object.values(entry),
  );
  for (const path of [...named, ...Object.values(manifest.bin)]) {
    const file = path.replace("./", "");
    assert.ok(files.includes(file), `${file} is missing`);
  }
});

test("installing the package runs nothing", () => {
  const hooks = ["preinstall", "install", "postinstall", "prepare", "prepublish"];
  assert.equal(
    hooks.filter((hook) => hook in manifest.scripts),
    [],
  );
  // Otherwise npm compiles whatever has a binding.gyp.
  assert.is(manifest.gypfile, false);
  assert.not.ok(files.includes("binding.gyp"));
});

test.run();
