import type { Outcome } from "../base/command-error.js";

/** How `verbatim` tells the program that called it what happened: the names are for this program's own use. */
export const EXIT_CODES = {
  ok: { code: 0, meaning: "all went well" },
  notVerified: { code: 1, meaning: "verify: something that was checked does not hold" },
  usage: { code: 2, meaning: "the command line is wrong" },
  input: { code: 3, meaning: "a file that was given, a document or a schema cannot be used" },
  model: { code: 4, meaning: "the model cannot be loaded, lacks room or memory, or does not do what was asked" },
  output: { code: 5, meaning: "what came out cannot be written" },
  internal: { code: 70, meaning: "a fault of this program: --debug shows where" },
  interrupted: { code: 130, meaning: "ended by Ctrl-C (SIGINT)" },
  terminated: { code: 143, meaning: "ended by SIGTERM" },
} as const satisfies Record<Outcome, { code: number; meaning: string }>;

/** What `verbatim --help` says of them. */
export const EXIT_CODE_NOTES = `
Exit codes:
${Object.values(EXIT_CODES)
  .map(({ code, meaning }) => `  ${String(code).padEnd(4)} ${meaning}`)
  .join("\n")}`;
