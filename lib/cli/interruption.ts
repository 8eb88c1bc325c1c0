import { CommandError } from "../base/command-error.js";

/** Signals that ask the program to end, and how it says that it did. */
const OUTCOMES = { SIGINT: "interrupted", SIGTERM: "terminated" } as const;
export type EndingSignal = keyof typeof OUTCOMES;

/** The program was asked to end: whoever asked knows. */
export class Interruption extends CommandError {
  override readonly name = "Interruption";
  readonly signal: EndingSignal;

  constructor(signal: EndingSignal) {
    super(OUTCOMES[signal], "");
    this.signal = signal;
  }
}

/**
 * A signal that aborts, with an {@link Interruption} as its reason, when the program is asked to end. It is asked once:
 * the next time it ends at once.
 */
export function watchInterruption(): AbortSignal {
  const controller = new AbortController();
  const signals = Object.keys(OUTCOMES) as EndingSignal[];
  const interrupt = (signal: EndingSignal) => {
    for (const each of signals) process.removeListener(each, interrupt);
    controller.abort(new Interruption(signal));
  };
  for (const signal of signals) process.on(signal, interrupt);
  return controller.signal;
}
