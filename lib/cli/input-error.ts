/** What a user gave does not work: the message is one sentence for them, and the program's exit code is 2. */
export class InputError extends Error {
  override readonly name = "InputError";
}

/** What is wrong with a file, in a sentence. */
export function unreadableFile(path: string, error: unknown): InputError {
  const reasons: Record<string, string> = {
    ENOENT: "there is no such file",
    ENOTDIR: "there is no such file",
    EISDIR: "it is a directory",
    EACCES: "permission denied",
  };
  const code = (error as NodeJS.ErrnoException).code ?? "";
  const reason = reasons[code] ?? (error instanceof Error ? error.message : String(error));
  return new InputError(`Cannot read ${path}: ${reason}`, { cause: error });
}
