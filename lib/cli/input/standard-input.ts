import { addAbortSignal, type Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { unreadableFile } from "../../base/input-file.js";

/** In place of a path: standard input. */
export const STANDARD_INPUT = "-";
/** How standard input is cited. */
export const STANDARD_INPUT_NAME = "<stdin>";

/**
 * Reads standard input to its end.
 * @param stdin in place of the program's own, which is not touched before it is read
 * @throws InputError where it cannot be read; the reason of the signal
 */
export async function readStandardInput(signal?: AbortSignal, stdin?: NodeJS.ReadableStream): Promise<Uint8Array> {
  try {
    const stream = (stdin ?? process.stdin) as Readable;
    return await buffer(signal === undefined ? stream : addAbortSignal(signal, stream));
  } catch (error) {
    signal?.throwIfAborted();
    throw unreadableFile(STANDARD_INPUT_NAME, error);
  }
}
