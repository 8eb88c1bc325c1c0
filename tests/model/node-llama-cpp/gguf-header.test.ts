/** Headers of GGUF files that claim what cannot be: each is refused by what the file itself shows. */

import { mkdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { writeReferenceModel } from "../../../examples/reference-model/write.js";
import { ModelError } from "../../../lib/base/command-error.js";
import { checkModelFile } from "../../../lib/model/node-llama-cpp/model-file.js";
import { headerFields, withNumber } from "../../support/hostile-gguf.js";
import { scratch } from "../../support/scratch.js";
import { writeTinyModel } from "../../support/tiny-model.js";

const tiny = join(scratch, "tiny.gguf");
writeTinyModel({ path: tiny });
const file = readFileSync(tiny);
const fields = headerFields(file);

/** Checks a file of that content. */
function check(content: Buffer, name = "hostile.gguf"): void {
  const path = join(scratch, name);
  writeFileSync(path, content);
  checkModelFile(path);
}

function refused(content: Buffer, sentence: RegExp | string): void {
  try {
    check(content);
  } catch (error) {
    assert.instance(error, ModelError);
    const message = (error as Error).message.replace(join(scratch, "hostile.gguf"), "It");
    if (typeof sentence === "string") assert.is(message, sentence);
    else assert.match(message, sentence);
    return;
  }
  assert.unreachable(`${sentence} was not said`);
}

/** A header of version 3 in little-endian numbers: of 4 bytes where they are numbers, of 8 where they are bigints. */
function header(...parts: (number | bigint | string | Buffer)[]): Buffer {
  return Buffer.concat([
    Buffer.from("GGUF"),
    ...parts.map((part) => {
      if (typeof part === "string") return Buffer.concat([word(BigInt(part.length)), Buffer.from(part)]);
      return Buffer.isBuffer(part) ? part : word(part);
    }),
  ]);
}

function word(value: number | bigint): Buffer {
  const bytes = Buffer.alloc(typeof value === "bigint" ? 8 : 4);
  if (typeof value === "bigint") bytes.writeBigUInt64LE(BigInt.asUintN(64, value));
  else bytes.writeUInt32LE(value);
  return bytes;
}

const [STRING, ARRAY, UINT8, UINT32] = [8, 9, 0, 4];

test("models are taken", () => {
  writeReferenceModel({ path: join(scratch, "reference.gguf"), sharpness: "sharp" });
  checkModelFile(join(scratch, "reference.gguf"));
  checkModelFile(tiny);
  check(header(2, 0n, 0n));
});

test("what is no GGUF file, or ends in its header", () => {
  refused(Buffer.alloc(0), "It is not a GGUF file");
  refused(Buffer.from("GGU"), "It is not a GGUF file");
  refused(Buffer.from("PK\u0003\u0004 and so on"), "It is not a GGUF file");
  mkdirSync(join(scratch, "folder"), { recursive: true });
  assert.throws(() => checkModelFile(join(scratch, "folder")), /folder is not a GGUF file$/);
  assert.throws(() => checkModelFile(join(scratch, "none.gguf")), /^Cannot read .*none\.gguf: there is no such file$/);
  const end = fields.at(-1)!;
  for (let length = 4; length < end.start + end.bytes; length += 997) {
    refused(file.subarray(0, length), "It is not a complete GGUF model: it ends in its header");
  }
  refused(file.subarray(0, file.length / 2), /^It is not a complete GGUF model: it ends before its tensor ".+" does$/);
});

test("counts, lengths and shapes that a file cannot have", () => {
  const claims = "It is not a GGUF model that can be loaded: ";
  const incomplete = "It is not a complete GGUF model: it ends in its header";
  for (const [content, sentence] of [
    [header(3, 2n ** 62n, 2n ** 62n), /it claims 4,611,686,018,427,38\d,\d{3} tensors, and at most 32,768 are read$/],
    [header(3, 0n, 2n ** 64n - 1n), /metadata keys, and at most 4,096 are read$/],
    [header(3, 0n, 4096n), incomplete],
    [header(3, 0n, 1n, 2n ** 63n), /bytes of a metadata key, and at most 256 are read$/],
    [header(3, 0n, 1n, ""), `${claims}it has a metadata key without a name`],
    [header(3, 0n, 1n, "k", 13), `${claims}its "k" has a type that is not known, 13`],
    [header(3, 0n, 1n, "k", STRING, 2n ** 63n), incomplete],
    [header(3, 0n, 1n, "k", ARRAY, UINT8, 2n ** 63n - 1n), /metadata values, and at most 8,388,608 are read$/],
    [header(3, 0n, 1n, "k", ARRAY, STRING, 2n ** 23n), incomplete],
    [header(3, 0n, 1n, "k", ARRAY, UINT8, 2n ** 23n), incomplete],
    [header(3, 0n, 1n, "k", ARRAY, ARRAY, 1n), `${claims}its "k" is an array of arrays`],
    [
      header(3, 0n, 1n, "general.alignment", UINT32, 0),
      `${claims}its "general.alignment" is 0, and not a power of two`,
    ],
    [
      header(3, 0n, 1n, "general.alignment", UINT32, 3),
      `${claims}its "general.alignment" is 3, and not a power of two`,
    ],
    [
      header(3, 0n, 1n, "general.alignment", UINT8, 32),
      /its "general\.alignment" is not an unsigned integer of 32 bits/,
    ],
    [header(3, 0n, 1n, "x.block_count", UINT32, 2 ** 32 - 1), /it claims 4,294,967,295 layers, and at most 4,096/],
    [header(3, 1n, 0n, "t", 5), /it claims 5 dimensions of the tensor "t", and at most 4 are read$/],
    [header(3, 1n, 0n, "t", 2 ** 32 - 1), /it claims 4,294,967,295 dimensions/],
    [header(3, 1n, 0n, "t", 2, 2n ** 63n, 2n ** 63n, 0, 0n, Buffer.alloc(64)), /it ends before its tensor "t" does$/],
    [header(3, 1n, 0n, "t", 1, 1n, 0, 2n ** 63n, Buffer.alloc(64)), /it ends before its tensor "t" does$/],
    [header(1, 0n, 0n), `${claims}its version is 1, and 2 and 3 are read`],
    [header(0x0300_0000, 0n, 0n), `${claims}its version is 50331648, and 2 and 3 are read`],
  ] as [Buffer, RegExp | string][]) {
    refused(content, sentence);
  }
});

test("a large file that is empty inside is not read to its end", () => {
  // Sparse: it takes no room on the disk.
  const path = join(scratch, "sparse.gguf");
  writeFileSync(path, header(3, 0n, 1n, "k", ARRAY, UINT8, 2n ** 23n, Buffer.alloc(1)));
  truncateSync(path, 2 ** 40);
  checkModelFile(path);
  writeFileSync(path, header(3, 0n, 1n, "k", STRING, 2n ** 30n, Buffer.alloc(1)));
  truncateSync(path, 2 ** 40);
  assert.throws(
    () => checkModelFile(path),
    /it claims 1,073,741,\d+ bytes of metadata, and at most 67,108,864 are read$/,
  );
});

test("every number of a header can be any number", () => {
  let taken = 0;
  for (const field of fields) {
    if (field.kind === "text") continue;
    for (const number of [0n, 1n, -1n, 2n ** BigInt(8 * field.bytes - 1), 2n ** BigInt(8 * field.bytes - 1) - 1n]) {
      try {
        check(withNumber(file, field, number));
        taken++;
      } catch (error) {
        assert.instance(error, ModelError, `${field.kind} of ${field.of}: ${number}`);
      }
    }
  }
  // Values say nothing of the file's shape.
  assert.ok(taken > 0);
});

test("all parts of a model that is in several files are checked", () => {
  const part = (number: number) => join(scratch, `split-0000${number}-of-00002.gguf`);
  writeFileSync(part(1), file);
  assert.throws(() => checkModelFile(part(1)), /^Cannot read .*split-00002-of-00002\.gguf: there is no such file$/);
  writeFileSync(part(2), header(3, 2n ** 62n, 0n));
  for (const number of [1, 2])
    assert.throws(() => checkModelFile(part(number)), /split-00002-of-00002\.gguf is not a GGUF/);
  writeFileSync(part(2), file);
  checkModelFile(part(2));
});

test.run();
