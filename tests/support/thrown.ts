import { RecallError } from "../../lib/entry/index.js";

/** What is thrown, as one line: the class or the code, and the whole message. */
export function thrownBy(verb: () => unknown): string {
  try {
    verb();
  } catch (error) {
    if (error instanceof RecallError) return `${error.code}: ${error.message}`;
    if (error instanceof TypeError || error instanceof RangeError) return `${error.name}: ${error.message}`;
    throw error;
  }
  return "nothing is thrown";
}

/** The code that a verb is refused with. */
export function refusal(verb: () => unknown): string {
  try {
    verb();
  } catch (error) {
    if (error instanceof RecallError) return error.code;
    throw error;
  }
  return "accepted";
}

/** Arguments of types that TypeScript would not let through. */
export function untyped(value: unknown): never {
  return value as never;
}
