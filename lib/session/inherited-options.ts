import { expectOneOf } from "../base/arguments.js";
import { BACKENDS, type Backend } from "../engine/load.js";

/** Checks that a backend that is asked for is that of the context's engine. */
export function checkInheritedBackend({ name }: { readonly name: Backend }, backend: Backend = "auto"): void {
  expectOneOf("backend", backend, BACKENDS);
  if (backend !== "auto" && backend !== name) throw differs("backend", name);
}

/** That an option is not what the context says. */
export function differs(name: string, value: unknown): RangeError {
  return new RangeError(`Expected "${name}" to be ${JSON.stringify(value)}, as in "context"`);
}
