import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { writeReferenceModel } from "../examples/reference-model/write.js";

const root = fileURLToPath(new URL("../../", import.meta.url));
const readme = readFileSync(join(root, "README.md"), "utf8");

test("README's example is examples/quote.ts", () => {
  const example = readFileSync(join(root, "examples/quote.ts"), "utf8");
  assert.ok(readme.includes("```ts\n" + example + "```"));
});

test("README's example quotes the document and says where", () => {
  const folder = mkdtempSync(join(tmpdir(), "verbatim-readme-"));
  try {
    mkdirSync(join(folder, "models"));
    writeReferenceModel({ path: join(folder, "models/reference-diluted.gguf"), sharpness: "diluted" });
    cpSync(join(root, "examples/data"), join(folder, "examples/data"), { recursive: true });
    const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, "dist/examples/quote.js")], {
      cwd: folder,
      encoding: "utf8",
    });
    assert.is(status, 0, stderr);
    assert.match(stdout, "Nairobi: 1°17'S 36°49'E {");
    assert.match(stdout, "segment: 'cities.txt'");
    assert.match(stdout, /lines: \[ 265, 265 \]/);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test("README names files that exist", () => {
  for (const [, path] of readme.matchAll(/\]\(((?!https?:)[^)]+)\)/g)) {
    assert.not.throws(() => readFileSync(join(root, path as string)), `${path}`);
  }
});

test("README's scripts are in package.json", () => {
  const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    scripts: Record<string, string>;
  };
  const named = [...readme.matchAll(/npm (?:run )?(start|test|bench|build|check)\b/g)].map(
    ([, name]) => name as string,
  );
  assert.ok(named.length >= 3);
  for (const name of named) assert.ok(name in scripts, name);
});

test.run();
