import { isUtf8 } from "node:buffer";
import { readFile } from "node:fs/promises";
import { InputError } from "./command-error.js";

/** @throws InputError where there is no such file, or it cannot be read; the reason of the signal */
export async function readInput(path: string, signal?: AbortSignal): Promise<Uint8Array> {
  try {
    return await readFile(path, { signal });
  } catch (error) {
    signal?.throwIfAborted();
    throw unreadableFile(path, error);
  }
}

export function unreadableFile(path: string, error: unknown): InputError {
  return new InputError(readingProblem(path, error), { cause: error });
}

/** What is wrong with a file, in a sentence. */
export function readingProblem(path: string, error: unknown): string {
  return `Cannot read ${path}: ${readingReason(error)}`;
}

/** Why a file cannot be read. Its path, which the system's own messages end with, may be long, and not for all eyes. */
export function readingReason(error: unknown): string {
  const reasons: Record<string, string> = {
    ENOENT: "there is no such file",
    ENOTDIR: "there is no such file",
    EISDIR: "it is a directory",
    EACCES: "permission denied",
    ENAMETOOLONG: "its name is too long",
  };
  const { code = "", message = String(error) } = error as NodeJS.ErrnoException;
  return reasons[code] ?? message.split(/, \w+ '|\. Received /, 1)[0];
}

/**
 * @param name of the file, for messages
 * @throws InputError where the bytes are no text
 */
export function decodeInput(name: string, bytes: Uint8Array, { ignoreBOM = false } = {}): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM }).decode(bytes);
  } catch (error) {
    const problem = isUtf8(bytes) ? "is more text than this program can hold" : "is not UTF-8 text";
    throw new InputError(`${name} ${problem}`, { cause: error });
  }
}
