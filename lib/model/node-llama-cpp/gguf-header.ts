/**
 * What a GGUF file says of itself, checked against its size before anything reads it: the readers of the format believe
 * its counts, and a file of a few bytes can claim 2^62 of anything. Nothing is kept, and the weights are not looked at.
 */

import { closeSync, fstatSync, openSync, readSync, statSync } from "node:fs";
import { ModelError } from "../../base/command-error.js";
import { shownNumber } from "../../base/count.js";
import { readingProblem } from "../../base/input-file.js";

const MAGIC = "GGUF";
const VERSIONS = [2, 3];
/** Above what models have (262,144 tokens with their merges are 1.3 million values, 16 MB), and read in a moment. */
const LIMITS = {
  keys: 2 ** 12,
  keyBytes: 2 ** 8,
  values: 2 ** 23,
  headerBytes: 2 ** 26,
  tensors: 2 ** 15,
  tensorNameBytes: 2 ** 6,
  dimensions: 4,
  layers: 2 ** 12,
};

const ALIGNMENT_KEY = "general.alignment";
const DEFAULT_ALIGNMENT = 32;
/** The number of layers, under the name of the architecture. */
const LAYERS_KEY = /\.block_count$/;

const UINT32 = 4;
const STRING = 8;
const ARRAY = 9;
/** Bytes of a value, by its type; strings and arrays say their own. */
const VALUE_BYTES: Readonly<Record<number, number>> = {
  ...{ 0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1 },
  ...{ 10: 8, 11: 8, 12: 8 },
};
/** The densest weights take a little more than a bit each. */
const WEIGHTS_PER_BYTE = 8;
const WINDOW_BYTES = 2 ** 16;

/**
 * Checks the header of a GGUF file.
 * @throws ModelError where it is no GGUF file or cannot be read, ends too early, or claims what cannot be
 */
export function checkGgufHeader(path: string): void {
  let file: number | undefined;
  try {
    // Opening a pipe might not end.
    if (!statSync(path).isFile()) throw new ModelError(`${path} is not a GGUF file`);
    file = openSync(path, "r");
    new HeaderCheck(path, file).run();
  } catch (error) {
    throw error instanceof ModelError ? error : new ModelError(readingProblem(path, error), { cause: error });
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

/** One pass over a header. */
class HeaderCheck {
  readonly #path: string;
  readonly #bytes: ByteReader;
  #values = 0;
  #alignment = DEFAULT_ALIGNMENT;

  constructor(path: string, file: number) {
    this.#path = path;
    this.#bytes = new ByteReader(file, () => {
      throw new ModelError(`${path} is not a complete GGUF model: it ends in its header`);
    });
  }

  run(): void {
    if (this.#bytes.size < MAGIC.length || this.#bytes.text(MAGIC.length) !== MAGIC) {
      throw new ModelError(`${this.#path} is not a GGUF file`);
    }
    const version = this.#bytes.uint32();
    if (!VERSIONS.includes(version)) this.#refuse(`its version is ${version}, and ${VERSIONS.join(" and ")} are read`);
    const tensors = this.#count("tensors", LIMITS.tensors);
    const keys = this.#count("metadata keys", LIMITS.keys);
    for (let key = 0; key < keys; key++) this.#readEntry();
    const data = Array.from({ length: tensors }, () => this.#readTensor());
    const start = Math.ceil(this.#bytes.position / this.#alignment) * this.#alignment;
    for (const { name, offset, weights } of data) {
      if (start + offset + weights / WEIGHTS_PER_BYTE <= this.#bytes.size) continue;
      throw new ModelError(`${this.#path} is not a complete GGUF model: it ends before its tensor "${name}" does`);
    }
  }

  #readEntry(): void {
    const key = this.#string("a metadata key", LIMITS.keyBytes);
    if (key === "") this.#refuse("it has a metadata key without a name");
    const type = this.#bytes.uint32();
    if (key === ALIGNMENT_KEY || LAYERS_KEY.test(key)) return this.#readNumber(key, type);
    if (type === ARRAY) this.#skipArray(key);
    else this.#skipValues(key, type, 1);
  }

  #readNumber(key: string, type: number): void {
    if (type !== UINT32) this.#refuse(`its "${key}" is not an unsigned integer of 32 bits`);
    const value = this.#bytes.uint32();
    if (key !== ALIGNMENT_KEY) return this.#expectAtMost(value, "layers", LIMITS.layers);
    // A power of two has one bit.
    if (value === 0 || (value & (value - 1)) !== 0) this.#refuse(`its "${key}" is ${value}, and not a power of two`);
    this.#alignment = value;
  }

  #skipArray(key: string): void {
    const type = this.#bytes.uint32();
    if (type === ARRAY) this.#refuse(`its "${key}" is an array of arrays`);
    this.#skipValues(key, type, this.#bytes.uint64());
  }

  #skipValues(key: string, type: number, count: number): void {
    this.#values += count;
    this.#expectAtMost(this.#values, "metadata values", LIMITS.values);
    if (type === STRING) for (let i = 0; i < count; i++) this.#skip(this.#bytes.uint64());
    else this.#skip(count * (VALUE_BYTES[type] ?? this.#refuse(`its "${key}" has a type that is not known, ${type}`)));
  }

  #readTensor(): { name: string; offset: number; weights: number } {
    const name = this.#string("a tensor's name", LIMITS.tensorNameBytes);
    const dimensions = this.#bytes.uint32();
    this.#expectAtMost(dimensions, `dimensions of the tensor "${name}"`, LIMITS.dimensions);
    let weights = 1;
    for (let i = 0; i < dimensions; i++) weights *= this.#bytes.uint64();
    this.#bytes.uint32();
    return { name, weights, offset: this.#bytes.uint64() };
  }

  #count(what: string, most: number): number {
    const count = this.#bytes.uint64();
    this.#expectAtMost(count, what, most);
    return count;
  }

  #string(what: string, most: number): string {
    const length = this.#bytes.uint64();
    this.#expectAtMost(length, `bytes of ${what}`, most);
    return this.#bytes.text(length);
  }

  #skip(length: number): void {
    this.#bytes.skip(length);
    this.#expectAtMost(this.#bytes.position, "bytes of metadata", LIMITS.headerBytes);
  }

  #expectAtMost(value: number, what: string, most: number): void {
    if (value > most)
      this.#refuse(`it claims ${shownNumber(value)} ${what}, and at most ${shownNumber(most)} are read`);
  }

  #refuse(problem: string): never {
    throw new ModelError(`${this.#path} is not a GGUF model that can be loaded: ${problem}`);
  }
}

/** Little-endian values, one after the other. */
class ByteReader {
  readonly size: number;
  position = 0;
  readonly #file: number;
  readonly #onEnd: () => never;
  readonly #window = Buffer.alloc(WINDOW_BYTES);
  #windowStart = 0;
  #windowEnd = 0;

  /** @param onEnd throws, where the file ends too early */
  constructor(file: number, onEnd: () => never) {
    this.size = fstatSync(file).size;
    this.#file = file;
    this.#onEnd = onEnd;
  }

  uint32(): number {
    return this.#window.readUInt32LE(this.#take(4));
  }

  /** As a number: exact up to 2^53, and beyond that still far too large. */
  uint64(): number {
    const at = this.#take(8);
    return this.#window.readUInt32LE(at) + this.#window.readUInt32LE(at + 4) * 2 ** 32;
  }

  /** At most as many bytes as the window has. */
  text(length: number): string {
    const at = this.#take(length);
    return this.#window.toString("utf8", at, at + length);
  }

  skip(length: number): void {
    if (length > this.size - this.position) this.#onEnd();
    this.position += length;
  }

  /** Where in the window the next bytes are. */
  #take(length: number): number {
    const start = this.position;
    this.skip(length);
    if (start < this.#windowStart || this.position > this.#windowEnd) {
      this.#windowStart = start;
      this.#windowEnd = start + readSync(this.#file, this.#window, 0, WINDOW_BYTES, start);
      if (this.#windowEnd < this.position) this.#onEnd();
    }
    return start - this.#windowStart;
  }
}
