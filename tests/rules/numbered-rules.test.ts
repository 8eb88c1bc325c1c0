import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";

const root = fileURLToPath(new URL("../../../", import.meta.url));

/** Numbers of the rules that a part of docs/semantics.md lists, as they stand there. */
function ruleNumbers(text: string): number[] {
  return Array.from(text.matchAll(/^(\d+)\. /gm), ([, number]) => Number(number));
}

/** For each file of tests of a mode: the number that its name begins with, and those that its tests' names begin with. */
function testedRules(mode: "token" | "text", prefix: string): { file: number; named: Set<number> }[] {
  const folder = `${root}tests/rules/${mode}/`;
  return readdirSync(folder).map((name) => {
    const source = readFileSync(folder + name, "utf8");
    const names = source.matchAll(new RegExp(`\\b(?:test|rule)\\(\\s*["'\`]${prefix}(\\d+)\\. `, "g"));
    return {
      file: Number(/^(\d\d)-.*\.test\.ts$/.exec(name)?.[1]),
      named: new Set(Array.from(names, (m) => Number(m[1]))),
    };
  });
}

const semantics = readFileSync(`${root}docs/semantics.md`, "utf8");
const [tokenMode, textMode] = semantics.split("\n## Text mode\n");

for (const [mode, text, prefix] of [
  ["token", tokenMode, ""],
  ["text", textMode, "Text mode "],
] as const) {
  test(`The rules of ${mode} mode are numbered from 1 on`, () => {
    const numbers = ruleNumbers(text);
    assert.ok(numbers.length > 0);
    assert.equal(
      numbers,
      numbers.map((_, i) => i + 1),
    );
  });

  test(`Each rule of ${mode} mode has one file of tests, all of which name it`, () => {
    const tested = testedRules(mode, prefix).sort((a, b) => a.file - b.file);
    assert.equal(
      tested.map(({ file }) => file),
      ruleNumbers(text),
    );
    for (const { file, named } of tested) assert.equal([...named], [file]);
  });
}

test.run();
