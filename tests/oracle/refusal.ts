import { Refusal } from "./session.js";

/** The code that an oracle refuses a verb with. */
export function refusal(verb: () => void): string {
  try {
    verb();
  } catch (error) {
    if (error instanceof Refusal) return error.code;
    throw error;
  }
  return "none";
}
