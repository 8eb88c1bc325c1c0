import { readFile } from "node:fs/promises";
import { InputError, unreadableFile } from "./input-error.js";

/** @throws InputError where there is no such file, or it cannot be read */
export function readInput(path: string): Promise<Uint8Array> {
  return readFile(path).catch((error) => {
    throw unreadableFile(path, error);
  });
}

/**
 * @param name of the file, for messages
 * @throws InputError where the bytes are no text
 */
export function decodeInput(name: string, bytes: Uint8Array, { ignoreBOM = false } = {}): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM }).decode(bytes);
  } catch {
    throw new InputError(`${name} is not UTF-8 text`);
  }
}
