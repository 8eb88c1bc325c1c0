import { createHash } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** Texts as a model finds them in its context, piece by piece; those of the installed packages come to an end. */
export const realisticTexts: Readonly<Record<string, () => Generator<string>>> = {
  "natural text": paragraphs,
  "key–value JSON": keyValues,
  "log lines": logLines,
  "source code": sourceFiles,
};

/** Words over few letters, which repeat themselves as much as they can: `count` letters, numbered from 0. */
export const adversarialTexts: Readonly<Record<string, (count: number) => Uint8Array>> = {
  "all equal": (count) => new Uint8Array(count),
  "period 2": (count) => new Uint8Array(count).map((_, i) => i % 2),
  "period 3": (count) => new Uint8Array(count).map((_, i) => i % 3),
  Fibonacci: fibonacciWord,
  "random binary": (count) => {
    const random = generator(1);
    return new Uint8Array(count).map(() => (random() < 0.5 ? 0 : 1));
  },
};

/**
 * The documentation that came with the installed packages: the paragraphs of their Markdown, then the comments of their
 * type declarations, each once.
 */
export function* paragraphs(): Generator<string> {
  const seen = new Set<string>();
  for (const source of [markdownParagraphs(), declarationComments()]) {
    for (const paragraph of source) {
      if (seen.has(paragraph)) continue;
      seen.add(paragraph);
      yield `${paragraph}\n\n`;
    }
  }
}

function* markdownParagraphs(): Generator<string> {
  for (const file of packageFiles(/\.md$/)) yield* read(file).split(/\n{2,}/);
}

function* declarationComments(): Generator<string> {
  for (const file of packageFiles(/\.d\.ts$/)) {
    for (const [, comment] of read(file).matchAll(/\/\*\*([^]*?)\*\//g)) {
      yield comment!.replaceAll(/^[ \t]*\*[ \t]?/gm, "").trim();
    }
  }
}

/** Random keys and values. */
function* keyValues(): Generator<string> {
  const random = generator(12345);
  const alphabet = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
  const word = () => Array.from({ length: 10 }, () => alphabet[Math.floor(random() * alphabet.length)]).join("");
  for (;;) yield `"${word()}": "${word()}",\n `;
}

/** What a server writes of its requests, with what it writes now and then between them. */
function* logLines(): Generator<string> {
  const random = generator(2024);
  const below = (end: number) => Math.floor(random() * end);
  const oneOf = <Entry>(entries: readonly Entry[]) => entries[below(entries.length)]!;
  const paths = ["users", "orders", "invoices", "products", "sessions", "search", "files"];
  let time = Date.UTC(2026, 2, 14, 9, 26, 53);
  const line = (level: string, module: string, message: string) =>
    `${new Date(time).toISOString()} ${level.padEnd(5)} [${module}] ${message}\n`;
  for (;;) {
    time += below(180);
    const request = below(2 ** 32)
      .toString(16)
      .padStart(8, "0");
    const path = `/api/v1/${oneOf(paths)}/${below(20_000)}`;
    const kind = random();
    if (kind < 0.8) {
      const result = `${oneOf([200, 200, 200, 201, 204, 304, 404])} ${below(250)}ms`;
      yield line("INFO", "http", `${oneOf(["GET", "GET", "POST", "PUT"])} ${path} ${result} request=${request}`);
    } else if (kind < 0.9) {
      yield line("DEBUG", "cache", `${oneOf(["hit", "miss"])} key=${path} age=${below(3_600)}s`);
    } else if (kind < 0.97) {
      yield line("WARN", "pool", `waited ${below(2_000)}ms for a connection, ${below(64)} of 64 in use`);
    } else {
      yield line("ERROR", "http", `${path} failed: connect ECONNREFUSED 10.0.${below(8)}.${below(256)}:5432`);
    }
  }
}

/** The JavaScript and TypeScript that came with the installed packages, each file once; bundles are left out. */
function* sourceFiles(): Generator<string> {
  const longest = 64 * 1024;
  const seen = new Set<string>();
  for (const file of packageFiles(/(?<!\.min)\.[jt]s$/)) {
    const source = read(file);
    const digest = createHash("sha256").update(source).digest("hex");
    if (source.length > longest || seen.has(digest)) continue;
    seen.add(digest);
    yield source;
  }
}

function packageFiles(name: RegExp): string[] {
  const entries = readdirSync("node_modules", { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && name.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

function read(file: string): string {
  return readFileSync(file, "utf8");
}

function fibonacciWord(count: number): Uint8Array {
  let [before, word] = ["1", "0"];
  while (word.length < count) [before, word] = [word, word + before];
  return Uint8Array.from(word.slice(0, count), Number);
}

/** Numbers in [0, 1), the same for a seed on every machine. */
export function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
