/** What a GGUF file's header says, number by number, and headers that say something else. */

import type { Random } from "./random.js";

/** A number or a text in a header. */
export interface HeaderField {
  kind: "count" | "length" | "type" | "value" | "dimension" | "offset" | "version" | "text";
  /** The metadata key or the tensor that it belongs to. */
  of: string;
  start: number;
  bytes: number;
}

const ARRAY = 9;
const STRING = 8;
const VALUE_BYTES: Record<number, number> = { 0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8 };
/** Of an array's values, so many are listed. */
const LISTED = 4;

/** The fields of a header that is right. */
export function headerFields(file: Buffer): HeaderField[] {
  const fields: HeaderField[] = [];
  let at = 4;
  const take = (kind: HeaderField["kind"], bytes: number, of: string, listed = true): number => {
    if (listed) fields.push({ kind, of, start: at, bytes });
    at += bytes;
    if (kind === "text") return 0;
    return bytes === 8 ? Number(file.readBigUInt64LE(at - 8)) : file.readUIntLE(at - bytes, bytes);
  };
  const takeText = (of: string, listed = true): string => {
    const length = take("length", 8, of, listed);
    take("text", length, of, listed);
    return file.toString("utf8", at - length, at);
  };
  take("version", 4, "");
  const tensors = take("count", 8, "tensors");
  const keys = take("count", 8, "keys");
  for (let i = 0; i < keys; i++) {
    const key = takeText("key");
    let type = take("type", 4, key);
    let values = 1;
    if (type === ARRAY) {
      type = take("type", 4, key);
      values = take("count", 8, key);
    }
    for (let j = 0; j < values; j++) {
      if (type === STRING) takeText(key, j < LISTED);
      else take("value", VALUE_BYTES[type], key, j < LISTED);
    }
  }
  for (let i = 0; i < tensors; i++) {
    const name = takeText("tensor");
    const dimensions = take("count", 4, name);
    for (let j = 0; j < dimensions; j++) take("dimension", 8, name);
    take("type", 4, name);
    take("offset", 8, name);
  }
  return fields;
}

/** A file in which one of the fields has another number, modulo 2 ^ (8 × its bytes). */
export function withNumber(file: Buffer, { start, bytes }: HeaderField, number: bigint): Buffer {
  const changed = Buffer.from(file);
  const number8 = Buffer.alloc(8);
  number8.writeBigUInt64LE(BigInt.asUintN(64, number));
  number8.copy(changed, start, 0, bytes);
  return changed;
}

/** A file with one or two fields changed, and now and then cut off; and what was done. */
export function mutated(file: Buffer, fields: readonly HeaderField[], random: Random): { file: Buffer; what: string } {
  let changed = file;
  const what: string[] = [];
  for (let i = random.between(1, 2); i > 0; i--) {
    const field = random.pick(fields);
    if (field.kind === "text") {
      changed = Buffer.from(changed);
      if (field.bytes > 0) changed[field.start + random.below(field.bytes)] = random.below(256);
      what.push(`text of ${field.of}`);
    } else {
      const now = BigInt(
        `0x${Buffer.from(changed.subarray(field.start, field.start + field.bytes))
          .reverse()
          .toString("hex")}`,
      );
      const top = 8 * field.bytes;
      const number = random.pick([
        0n,
        -1n,
        now + 1n,
        now - 1n,
        now * 2n,
        1n << BigInt(random.below(top)),
        (1n << BigInt(top - 1)) - 1n,
      ]);
      changed = withNumber(changed, field, number);
      what.push(`${field.kind} of ${field.of}: ${now} to ${BigInt.asUintN(top, number)}`);
    }
  }
  if (random.chance(0.05)) {
    changed = changed.subarray(0, random.below(changed.length));
    what.push(`cut to ${changed.length}`);
  }
  return { file: changed, what: what.join("; ") };
}
