import type { Random } from "./random.js";

/**
 * Endless texts over a given alphabet. Each kind is hard for an index in its own way: repetitive texts have many
 * candidates that survive for long, natural ones have a few heavy buckets, random ones have none.
 */
export type TextKind =
  | "equal"
  | "period2"
  | "period24"
  | "fibonacci"
  | "binary"
  | "log"
  | "phrase"
  | "zipf"
  | "uniform"
  | "staircase"
  | "records";

export const textKinds: readonly TextKind[] = [
  "equal",
  "period2",
  "period24",
  "fibonacci",
  "binary",
  "log",
  "phrase",
  "zipf",
  "uniform",
  "staircase",
  "records",
];

/**
 * The letter that is a barrier too in some scenarios, so that runs end inside the text: what separates records, or any
 * letter at all.
 */
export function barrierLetter(kind: TextKind, alphabet: ArrayLike<number>, random: Random): number | undefined {
  if (kind === "records") return random.chance(0.7) ? alphabet[0] : undefined;
  return random.chance(0.1) ? random.pick(alphabet) : undefined;
}

/** A function that gives the text's next token at every call. */
export function createText(kind: TextKind, alphabet: ArrayLike<number>, random: Random): () => number {
  const size = alphabet.length;
  const letter = (index: number): number => alphabet[index % size]!;
  const uniform = (): number => alphabet[random.below(size)]!;
  let position = 0;
  switch (kind) {
    case "equal":
      return () => letter(0);
    case "period2":
      return () => letter(position++ % 2);
    case "period24": {
      const period = Array.from({ length: 24 }, uniform);
      return () => period[position++ % 24]!;
    }
    case "fibonacci": {
      const golden = (1 + Math.sqrt(5)) / 2;
      return () => {
        position++;
        return letter(Math.floor((position + 1) / golden) - Math.floor(position / golden));
      };
    }
    case "binary":
      return () => letter(random.below(2));
    case "log": {
      const line = Array.from({ length: 19 }, uniform);
      return () => {
        const column = position++ % 20;
        return column === 11 ? letter(Math.floor(position / 20)) : line[column < 11 ? column : column - 1]!;
      };
    }
    case "phrase": {
      const phrase = Array.from({ length: random.between(20, 300) }, uniform);
      let joining = 0;
      return () => {
        if (joining > 0) {
          joining--;
          return uniform();
        }
        const token = phrase[position++ % phrase.length]!;
        if (random.chance(1 / 80)) {
          joining = random.below(3);
          position = random.below(phrase.length);
        }
        return token;
      };
    }
    case "zipf":
      return () => letter(Math.floor(Math.pow(size + 1, random.unit())) - 1);
    case "uniform":
      return uniform;
    case "records": {
      const record = Array.from({ length: random.between(7, 14) }, () => letter(1 + random.below(size - 1)));
      return () => {
        const column = position++ % (record.length + 1);
        if (column === record.length) return letter(0);
        return random.chance(1 / 2000) ? uniform() : record[column]!;
      };
    }
    case "staircase": {
      let length = 1;
      let left = 1;
      return () => {
        if (left-- > 0) return letter(0);
        left = ++length % 40;
        return letter(1 + (length % 3));
      };
    }
  }
}

/** The next `count` tokens of a text. */
export function take(text: () => number, count: number): number[] {
  const tokens: number[] = [];
  while (tokens.length < count) tokens.push(text());
  return tokens;
}
