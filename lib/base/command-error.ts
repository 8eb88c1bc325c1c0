/** How the program ended, for whoever called it. */
export type Outcome =
  "ok" | "notVerified" | "usage" | "input" | "model" | "output" | "internal" | "interrupted" | "terminated";

/** Something that whoever runs the program can mend: the message is one sentence for them. */
export class CommandError extends Error {
  override readonly name: string = "CommandError";
  readonly outcome: Outcome;

  constructor(outcome: Outcome, message: string, options?: ErrorOptions) {
    super(message, options);
    this.outcome = outcome;
  }
}

/** The command line asks for what is not possible. */
export class UsageError extends CommandError {
  override readonly name = "UsageError";

  constructor(message: string, options?: ErrorOptions) {
    super("usage", message, options);
  }
}

/** A file, a document or a schema cannot be used. */
export class InputError extends CommandError {
  override readonly name = "InputError";

  constructor(message: string, options?: ErrorOptions) {
    super("input", message, options);
  }
}

/** The model cannot be loaded, has too little room, or does not do what was asked. */
export class ModelError extends CommandError {
  override readonly name = "ModelError";

  constructor(message: string, options?: ErrorOptions) {
    super("model", message, options);
  }
}
