import { readFile, realpath, stat } from "node:fs/promises";
import { isAbsolute, relative, resolve, sep } from "node:path";
import { InputError } from "../../base/command-error.js";
import { readingReason, unreadableFile } from "../../base/input-file.js";
import { STANDARD_INPUT_NAME } from "./standard-input.js";

/** The bytes of a document, or why there are none. */
export type FoundDocument = Uint8Array | { problem: string };

const OUTSIDE = { problem: "it is outside the folder" };

/** A folder of documents. Nothing outside it is read, or said to exist: names come from whoever wrote the answer. */
export class DocumentFolder {
  readonly #path: string;
  /** Without symbolic links. */
  readonly #realPath: string;

  private constructor(path: string, realPath: string) {
    this.#path = path;
    this.#realPath = realPath;
  }

  /** @throws InputError where it is no folder */
  static async open(path: string): Promise<DocumentFolder> {
    try {
      const realPath = await realpath(path);
      if ((await stat(realPath)).isDirectory()) return new DocumentFolder(resolve(path), realPath);
    } catch (error) {
      throw unreadableFile(path, error);
    }
    throw new InputError(`${path} is not a folder`);
  }

  async read(name: string): Promise<FoundDocument> {
    const path = resolve(this.#path, name);
    if (!isWithin(this.#path, path) && !isWithin(this.#realPath, path)) return OUTSIDE;
    try {
      const found = await realpath(path);
      if (!isWithin(this.#realPath, found)) return OUTSIDE;
      // Reading a pipe or a device, which a document may have been, might not end.
      if (!(await stat(found)).isFile()) return { problem: "it is not a file" };
      return await readFile(found);
    } catch (error) {
      return { problem: missingProblem(name, error) };
    }
  }
}

function isWithin(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

function missingProblem(name: string, error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  if (code !== "ENOENT" && code !== "ENOTDIR") return `it cannot be read: ${readingReason(error)}`;
  if (name !== STANDARD_INPUT_NAME) return readingReason(error);
  return `it was standard input: give a copy as --document "${STANDARD_INPUT_NAME}=<file>"`;
}
