/**
 * A writer for GGUF version 3. The libraries on npm read the format or edit the metadata of a file
 * that exists; none writes tensors, so this does: header, metadata, tensor table, aligned data.
 */

import { closeSync, openSync, writeSync } from "node:fs";

import { tensorBytes, type StoredTensor } from "./stored-tensor.js";

const MAGIC = "GGUF";
const VERSION = 3;
const ALIGNMENT = 32;

const VALUE_TYPES = { uint32: 4, int32: 5, float32: 6, boolean: 7, string: 8, array: 9 } as const;
const TENSOR_TYPES = { float32: 0, float16: 1 } as const;

export type MetadataValue =
  | { readonly type: "uint32" | "int32" | "float32"; readonly value: number }
  | { readonly type: "boolean"; readonly value: boolean }
  | { readonly type: "string"; readonly value: string }
  | { readonly type: "strings"; readonly value: readonly string[] }
  | { readonly type: "integers"; readonly value: readonly number[] };

/** Writes the file and returns its size in bytes. */
export function writeGguf(
  path: string,
  metadata: Readonly<Record<string, MetadataValue>>,
  tensors: readonly StoredTensor[],
): number {
  const data = tensors.map((tensor) => padded(tensorBytes(tensor)));
  const chunks = [padded(header(metadata, tensors, data)), ...data];
  const file = openSync(path, "w");
  try {
    for (const chunk of chunks) writeSync(file, chunk);
  } finally {
    closeSync(file);
  }
  return chunks.reduce((sum, chunk) => sum + chunk.length, 0);
}

function header(
  metadata: Readonly<Record<string, MetadataValue>>,
  tensors: readonly StoredTensor[],
  data: readonly Buffer[],
): Buffer {
  const entries = Object.entries(metadata);
  const parts = [Buffer.from(MAGIC), uint32(VERSION), uint64(tensors.length), uint64(entries.length)];
  for (const [key, entry] of entries) parts.push(string(key), metadataValue(entry));
  let offset = 0;
  tensors.forEach((tensor, i) => {
    const dimensions = tensor.dimensions.map(uint64);
    parts.push(string(tensor.name), uint32(dimensions.length), ...dimensions);
    parts.push(uint32(TENSOR_TYPES[tensor.type]), uint64(offset));
    offset += data[i].length;
  });
  return Buffer.concat(parts);
}

function metadataValue(entry: MetadataValue): Buffer {
  switch (entry.type) {
    case "uint32":
      return Buffer.concat([uint32(VALUE_TYPES.uint32), uint32(entry.value)]);
    case "int32":
      return Buffer.concat([uint32(VALUE_TYPES.int32), int32(entry.value)]);
    case "float32":
      return Buffer.concat([uint32(VALUE_TYPES.float32), float32(entry.value)]);
    case "boolean":
      return Buffer.concat([uint32(VALUE_TYPES.boolean), Buffer.from([Number(entry.value)])]);
    case "string":
      return Buffer.concat([uint32(VALUE_TYPES.string), string(entry.value)]);
    case "strings":
      return array(VALUE_TYPES.string, entry.value.map(string));
    case "integers":
      return array(VALUE_TYPES.int32, entry.value.map(int32));
  }
}

function array(type: number, items: readonly Buffer[]): Buffer {
  return Buffer.concat([uint32(VALUE_TYPES.array), uint32(type), uint64(items.length), ...items]);
}

function padded(bytes: Buffer): Buffer {
  const missing = (ALIGNMENT - (bytes.length % ALIGNMENT)) % ALIGNMENT;
  return Buffer.concat([bytes, Buffer.alloc(missing)]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return bytes;
}

function float32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeFloatLE(value);
  return bytes;
}

function uint64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}

function string(text: string): Buffer {
  const bytes = Buffer.from(text, "utf8");
  return Buffer.concat([uint64(bytes.length), bytes]);
}
