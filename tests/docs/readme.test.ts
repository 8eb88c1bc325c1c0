import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { writeReferenceModel } from "../../examples/reference-model/write.js";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const readme = readFileSync(join(root, "README.md"), "utf8");

test("README's examples are those of examples/", () => {
  for (const path of ["examples/quote.ts", "examples/transformers/quote.ts"]) {
    const example = readFileSync(join(root, path), "utf8");
    assert.ok(readme.includes("```ts\n" + example + "```"), path);
  }
});

test("README's lines for web-llm are those of examples/web-llm/quote.ts", () => {
  const example = readFileSync(join(root, "examples/web-llm/quote.ts"), "utf8").split("\n");
  const block = /```ts\n([^`]*verbatim-runtime\/web-llm[^`]*)```/.exec(readme)![1].trimEnd().split("\n");
  const strange = block.filter((line) => !line.startsWith("//") && !example.includes(line));
  assert.ok(block.length > 5);
  assert.equal(strange, []);
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

test("README's example for transformers.js quotes the document and says where, on the model that it says how to write", () => {
  const folder = mkdtempSync(join(tmpdir(), "verbatim-readme-"));
  const run = (path: string, ...args: string[]) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, path), ...args], {
      cwd: folder,
      encoding: "utf8",
    });
    assert.is(status, 0, stderr);
    return stdout;
  };
  try {
    const [, path, args] = /`node (dist\/examples\/\S+) (\S+ --onnx)`/.exec(readme)!;
    run(path, ...args.split(" "));
    const stdout = run("dist/examples/transformers/quote.js");
    assert.match(stdout, "Nairobi: 1°17'S 36°49'E {");
    assert.match(stdout, "segment: 'cities.txt'");
    assert.match(stdout, /lines: \[ 2, 2 \]/);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test("README names files that exist", () => {
  for (const [, path] of readme.matchAll(/\]\(((?!https?:)[^)]+)\)/g)) {
    const [file, heading] = (path as string).split("#");
    const text = readFileSync(join(root, file!), "utf8");
    const headings = [...text.matchAll(/^#+ (.+)$/gm)].map(([, title]) => title!.toLowerCase().replaceAll(" ", "-"));
    assert.ok(heading === undefined || headings.includes(heading), path);
  }
});

test("README shows pictures that exist", () => {
  const paths = [...readme.matchAll(/\b(?:src|srcset)="([^"]+)"/g)].map(([, path]) => path!);
  assert.ok(paths.length >= 4);
  for (const path of paths) assert.ok(existsSync(join(root, path)), path);
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
