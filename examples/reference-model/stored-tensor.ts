/** A tensor as a file holds it. */

import { toFloat16 } from "./float16.js";

export interface StoredTensor {
  readonly name: string;
  /** Fastest-varying first. */
  readonly dimensions: readonly number[];
  readonly type: "float16" | "float32";
  readonly values: Float32Array;
}

/** The values in little-endian order. */
export function tensorBytes({ type, values }: StoredTensor): Buffer {
  const size = type === "float16" ? 2 : 4;
  const bytes = Buffer.alloc(values.length * size);
  values.forEach((value, i) => {
    if (type === "float16") bytes.writeUInt16LE(toFloat16(value), i * size);
    else bytes.writeFloatLE(value, i * size);
  });
  return bytes;
}
