/** The README and the pages in docs/: their links, their examples and their commands. */

import { spawnSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { writeReferenceModel } from "../../examples/reference-model/write.js";
import { installPacked, packPackage } from "../packaging/packed.js";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const read = (path: string) => readFileSync(join(root, path), "utf8");
const readme = read("README.md");
const manifest = JSON.parse(read("package.json")) as { scripts: Record<string, string>; bin: Record<string, string> };
const pages = [
  "README.md",
  "CONTRIBUTING.md",
  ...readdirSync(join(root, "docs"))
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name}`),
];

/** Calls `use` with a folder that is removed afterwards. */
function inFolder(use: (folder: string) => void): void {
  const folder = mkdtempSync(join(tmpdir(), "verbatim-readme-"));
  try {
    use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function run(folder: string, command: string, args: string[]): string {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: folder, encoding: "utf8" });
  assert.is(status, 0, `${command} ${args.join(" ")}\n${stdout}${stderr}`);
  return stdout;
}

test("README has at most 150 lines", () => {
  assert.ok(readme.trimEnd().split("\n").length <= 150);
});

test("pages show the examples of examples/", () => {
  for (const [page, path] of [
    ["README.md", "examples/quote.ts"],
    ["docs/hosts.md", "examples/transformers/quote.ts"],
  ] as const) {
    assert.ok(read(page).includes("```ts\n" + read(path) + "```"), `${path} in ${page}`);
  }
});

test("the lines for web-llm are those of examples/web-llm/quote.ts", () => {
  const example = read("examples/web-llm/quote.ts").split("\n");
  const block = /```ts\n([^`]*verbatim-runtime\/web-llm[^`]*)```/.exec(read("docs/hosts.md"))![1].trimEnd().split("\n");
  const strange = block.filter((line) => !line.startsWith("//") && !example.includes(line));
  assert.ok(block.length > 5);
  assert.equal(strange, []);
});

test("README's example quotes the document and says where", () => {
  inFolder((folder) => {
    mkdirSync(join(folder, "models"));
    writeReferenceModel({ path: join(folder, "models/reference-diluted.gguf"), sharpness: "diluted" });
    cpSync(join(root, "examples/data"), join(folder, "examples/data"), { recursive: true });
    const stdout = run(folder, process.execPath, [join(root, "dist/examples/quote.js")]);
    assert.match(stdout, "Nairobi: 1°17'S 36°49'E {");
    assert.match(stdout, "segment: 'cities.txt'");
    assert.match(stdout, /lines: \[ 265, 265 \]/);
  });
});

test("the example for transformers.js quotes the document and says where, on the model that its page says how to write", () => {
  inFolder((folder) => {
    const [, path, args] = /`node (dist\/examples\/\S+)\s+(\S+ --onnx)`/.exec(read("docs/hosts.md"))!;
    run(folder, process.execPath, [join(root, path), ...args.split(" ")]);
    const stdout = run(folder, process.execPath, [join(root, "dist/examples/transformers/quote.js")]);
    assert.match(stdout, "Nairobi: 1°17'S 36°49'E {");
    assert.match(stdout, "segment: 'cities.txt'");
    assert.match(stdout, /lines: \[ 2, 2 \]/);
  });
});

test("README's commands run with the packed package, but for those that say that they download", () => {
  const commands = [...readme.matchAll(/```sh\n([^`]*)```/g)]
    .flatMap(([, block]) => block!.trim().split("\n"))
    .filter((line) => !line.endsWith("# downloads"));
  assert.ok(commands.length >= 3);
  inFolder((folder) => {
    installPackedWithTools(folder);
    writeReferenceModel({ path: join(folder, "model.gguf"), sharpness: "diluted" });
    // Some of the document, since reading all of it three times takes most of a minute.
    const places = read("examples/data/cities.txt").split("\n").slice(193, 213);
    writeFileSync(join(folder, "report.md"), places.join("\n") + "\n");
    for (const command of commands) {
      assert.match(command, /^npx verbatim-runtime (ask|verify) /);
      const asked = command.replace("npx", "npx --no-install").replace("What did the audit find?", "Lima");
      const stdout = run(folder, "bash", ["-c", asked]);
      if (command.endsWith(`find?"`)) assert.match(stdout, "“Lima: 12°03'S 77°03'W” [report.md:10]");
    }
    assert.match(readFileSync(join(folder, "answer.json"), "utf8"), `"Lima: 12°03'S 77°03'W"`);
  });
});

/** As npm would: the package, what it depends on, the host, and links to its programs. */
function installPackedWithTools(folder: string): void {
  installPacked(packPackage(folder), folder);
  const modules = join(folder, "node_modules");
  for (const name of ["node-llama-cpp", "commander", "cli-progress", "@eslint-community/regexpp"]) {
    mkdirSync(dirname(join(modules, name)), { recursive: true });
    if (!existsSync(join(modules, name)))
      symlinkSync(join(root, "node_modules", name), join(modules, name), "junction");
  }
  mkdirSync(join(modules, ".bin"));
  for (const [name, path] of Object.entries(manifest.bin)) {
    chmodSync(join(modules, "verbatim-runtime", path), 0o755);
    symlinkSync(join("../verbatim-runtime", path), join(modules, ".bin", name));
  }
}

test("npx finds a program of the package's name", () => {
  assert.equal(Object.keys(manifest.bin), ["verbatim", "verbatim-runtime"]);
});

test("pages name files and headings that exist", () => {
  for (const page of pages) {
    for (const [, path] of read(page).matchAll(/\]\(((?!https?:)[^)\s]+)\)/g)) {
      const [name, heading] = (path as string).split("#");
      const file = name === "" ? page : join(dirname(page), name!);
      assert.ok(existsSync(join(root, file)), `${path} in ${page}`);
      if (heading !== undefined) assert.ok(anchorsOf(read(file)).includes(heading), `${path} in ${page}`);
    }
  }
});

/** As GitHub makes them: lower case, spaces as hyphens, no other punctuation. */
function anchorsOf(text: string): string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, title]) =>
    title!
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );
}

test("README shows pictures that exist", () => {
  const paths = [...readme.matchAll(/\b(?:src|srcset)="([^"]+)"/g)].map(([, path]) => path!);
  assert.ok(paths.length >= 2);
  for (const path of paths) assert.ok(existsSync(join(root, path)), path);
});

test("scripts that pages name are in package.json", () => {
  for (const page of pages) {
    for (const [, name] of read(page).matchAll(/\bnpm (?:run )?(start|test\b(?!:)|(?<=run )[\w:]+)/g)) {
      assert.ok(Object.hasOwn(manifest.scripts, name!), `${name} in ${page}`);
    }
  }
});

test.run();
