/** A schema that cannot be honoured: which place of it, as a JSON pointer, and why. */
export class SchemaError extends Error {
  override readonly name = "SchemaError";
  /** Of the place in the schema. */
  readonly pointer: string;

  constructor(pointer: string, problem: string, options?: ErrorOptions) {
    super(`The schema at ${JSON.stringify(pointer)}: ${problem}`, options);
    this.pointer = pointer;
  }
}
