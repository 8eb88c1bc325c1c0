import { encode } from "gpt-tokenizer/encoding/cl100k_base";
import { mkdirSync, readFileSync, readdirSync, existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/**
 * The texts that are measured, as files of int32 tokens of a 100,000-entry byte-pair vocabulary. Natural text is the
 * documentation that came with the installed packages, each paragraph once; key–value JSON is random keys and values.
 */
export function writeTexts(folder: string, tokens: number): { name: string; path: string; tokens: number }[] {
  mkdirSync(folder, { recursive: true });
  return [
    write(folder, "natural text", () => naturalText(tokens), tokens),
    write(folder, "key–value JSON", () => keyValueJson(tokens), tokens),
  ];
}

function write(folder: string, name: string, make: () => number[], tokens: number) {
  const path = join(folder, `${name.replaceAll(/\W+/g, "-")}-${tokens}.tokens`);
  if (!existsSync(path)) writeFileSync(path, Buffer.from(Int32Array.from(make()).buffer));
  return { name, path, tokens: readFileSync(path).length / Int32Array.BYTES_PER_ELEMENT };
}

function naturalText(count: number): number[] {
  const tokens: number[] = [];
  for (const paragraph of paragraphs()) {
    if (tokens.length >= count) break;
    for (const token of encode(paragraph, { disallowedSpecial: new Set() })) tokens.push(token);
  }
  return tokens.slice(0, count);
}

/** The documentation that came with the installed packages, each paragraph once. */
export function* paragraphs(): Generator<string> {
  const seen = new Set<string>();
  const files = readdirSync("node_modules", { recursive: true, encoding: "utf8" }).filter((file) =>
    file.endsWith(".md"),
  );
  for (const file of files.sort()) {
    for (const paragraph of readFileSync(join("node_modules", file), "utf8").split(/\n{2,}/)) {
      if (seen.has(paragraph)) continue;
      seen.add(paragraph);
      yield `${paragraph}\n\n`;
    }
  }
}

function keyValueJson(count: number): number[] {
  const tokens: number[] = [];
  const random = generator(12345);
  const alphabet = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
  const word = () => Array.from({ length: 10 }, () => alphabet[Math.floor(random() * alphabet.length)]).join("");
  while (tokens.length < count) {
    for (const token of encode(`"${word()}": "${word()}",\n `)) tokens.push(token);
  }
  return tokens.slice(0, count);
}

/** Numbers in [0, 1), the same for a seed on every machine. */
export function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
