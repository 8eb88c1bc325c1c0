import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";

interface Declaration {
  name: string;
  text: string;
}
interface Surface {
  exported: Declaration[];
  reached: Declaration[];
}
interface Entry {
  specifier: string;
  declarations: string;
}

const { publicSurface } = (await import(new URL("../../../scripts/api/public-surface.mjs", import.meta.url).href)) as {
  publicSurface: (entries: Entry[], root: string) => Surface[];
};

const ENTRIES = [
  { specifier: "package", declarations: "dist/lib/entry/index.d.ts" },
  { specifier: "package/other", declarations: "dist/lib/entry/other.d.ts" },
];
const FILES = {
  "package.json": `{ "type": "module" }`,
  "dist/lib/entry/index.d.ts": `export { Session, type Options } from "../session.js";`,
  "dist/lib/entry/other.d.ts": `export { Session } from "../session.js"; export type { Mode } from "../mode.js";`,
  "dist/lib/mode.d.ts": `export type Mode = "token" | "text";`,
  "dist/lib/session.d.ts": `
    import type { Hidden } from "./hidden.js";
    /** What is common. */
    export declare abstract class Base { get length(): number; protected grow(by: number): void; }
    export interface Options { /** How many. */ limit?: number; }
    export declare class Session extends Base { #private; private readonly hidden: Hidden; accept(token: number): void; }
  `,
  "dist/lib/hidden.d.ts": `export interface Hidden { secret: string; }`,
};

/** The surface of the files above with some of them replaced. */
function surfaceOf(changes: Partial<Record<keyof typeof FILES, string>> = {}): Surface[] {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "verbatim-surface-")));
  try {
    for (const [file, text] of Object.entries({ ...FILES, ...changes })) {
      mkdirSync(join(root, file, ".."), { recursive: true });
      writeFileSync(join(root, file), text);
    }
    return publicSurface(ENTRIES, root);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

const changed = (file: keyof typeof FILES, from: string, to: string) =>
  surfaceOf({ [file]: FILES[file].replace(from, to) });

test("what is exported and what it names is in the report once, without comments and private members", () => {
  const [index, other] = surfaceOf();
  assert.equal(
    index!.exported.map(({ name }) => name),
    ["Options", "Session"],
  );
  assert.equal(
    index!.reached.map(({ name }) => name),
    ["Base"],
  );
  assert.equal(other!.exported, [
    { name: "Mode", text: `export type Mode = "token" | "text";` },
    { name: "Session", text: "// as package has it: Session" },
  ]);
  const texts = index!.exported.map(({ text }) => text).join("\n");
  assert.not.match(texts, /private|Hidden|How many/);
  assert.match(texts, "accept(token: number): void;");
});

test("a changed signature, option, base class or union changes the report", () => {
  const unchanged = surfaceOf();
  for (const [file, from, to] of [
    ["dist/lib/session.d.ts", "accept(token: number): void", "accept(token: number): string"],
    ["dist/lib/session.d.ts", "limit?: number", "limit: number"],
    ["dist/lib/session.d.ts", "get length(): number", "get length(): bigint"],
    ["dist/lib/mode.d.ts", `"text"`, `"tags"`],
    ["dist/lib/entry/index.d.ts", ", type Options", ""],
  ] as const) {
    assert.not.equal(changed(file, from, to), unchanged, `${from} -> ${to}`);
  }
});

test("what is private, or only said in a comment, does not change the report", () => {
  const unchanged = surfaceOf();
  assert.equal(changed("dist/lib/hidden.d.ts", "secret: string", "secret: number"), unchanged);
  assert.equal(changed("dist/lib/session.d.ts", "How many.", "At most so many."), unchanged);
});

test.run();
