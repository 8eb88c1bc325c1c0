/** The parts, one after the other, in an array of their own. */
export function joinBytes(parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

/** Made when it is first needed. */
let oneByteDecoder: InstanceType<typeof TextDecoder> | undefined;

/** A character per byte, another one for each: what finds strings in strings finds bytes in bytes. */
export function byteString(bytes: Uint8Array): string {
  return (oneByteDecoder ??= new TextDecoder("latin1")).decode(bytes);
}
