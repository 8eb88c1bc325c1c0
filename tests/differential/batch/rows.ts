import type { RecallSession, RecallTextSession } from "../../../lib/entry/index.js";
import type { Random } from "../../support/random.js";
import { proposeText, smallTexts, textPlan } from "../text-mode/plans.js";
import { TextDuel, type TextOperation } from "../text-mode/duel.js";
import { type Backend, Duel } from "../token-mode/duel.js";
import { plan } from "../token-mode/plans.js";
import type { Operation } from "../operations.js";
import { propose } from "../proposals.js";
import { smallAlphabets } from "../suites.js";

/** What a batch's test asks of the oracle of either mode. */
interface RowOracle {
  readonly inSpan: boolean;
  allowed(): readonly number[] | null;
  accept(token: number): string;
}

/** What a row needs of a duel of either mode. */
interface RowDuel<Verb> {
  readonly count: number;
  oracle(on: number): RowOracle;
  sessions(on: number): readonly (RecallSession | RecallTextSession)[];
  step(on: number, operation: Verb | { verb: "fork" }): { mismatch: string | null };
  difference(on: number): string | null;
  close(): void;
}

/** A session of one engine that is a row of a batch, and its oracle. */
export class Row<Verb extends { verb: string } = { verb: string }> {
  isClosed = false;

  constructor(
    private readonly duel: RowDuel<Verb>,
    private readonly on: number,
    private readonly proposal: (on: number) => Verb,
    readonly maskValue: number,
  ) {}

  get session(): RecallSession | RecallTextSession {
    return this.duel.sessions(this.on)[0]!;
  }

  get oracle(): RowOracle {
    return this.duel.oracle(this.on);
  }

  /** The next verb of the session alone; the row stays where it is. */
  propose(): Verb {
    for (;;) {
      const proposed = this.proposal(this.on);
      if (!["fork", "open", "close"].includes(proposed.verb)) return proposed;
    }
  }

  /** Performs a verb on both sides, outside the batch. Returns how they differ, or null. */
  perform(verb: Verb): string | null {
    return this.duel.step(this.on, verb).mismatch;
  }

  /** How the session differs from its oracle, or null. */
  difference(): string | null {
    return this.duel.difference(this.on);
  }

  /** A copy of both sides; how they differ at once. */
  fork(): { row: Row<Verb>; mismatch: string | null } {
    const { mismatch } = this.duel.step(this.on, { verb: "fork" });
    return { row: new Row(this.duel, this.duel.count - 1, this.proposal, this.maskValue), mismatch };
  }

  close(): void {
    this.session.close();
    this.isClosed = true;
  }

  /** Closes the session, its forks, and the context that they share. */
  closeAll(): void {
    this.duel.close();
  }
}

/** A new session of token mode or text mode, on the engine given. */
export function randomRow(random: Random, backend: Backend): Row {
  return random.chance(0.5) ? tokenRow(random, backend) : textRow(random, backend);
}

function tokenRow(random: Random, backend: Backend): Row<Operation> {
  const { setup, manner, opening } = plan(smallAlphabets, random.below(2 ** 32));
  const duel = new Duel(setup, [backend]);
  for (const append of opening) duel.step(0, append);
  const proposal = (on: number): Operation => propose(duel.oracle(on), setup, manner, random, duel.count);
  return new Row(duel, 0, proposal, setup.maskValue);
}

function textRow(random: Random, backend: Backend): Row<TextOperation> {
  const textual = textPlan(smallTexts, random);
  const duel = new TextDuel(textual.setup, [backend]);
  return new Row(duel, 0, (on) => proposeText(duel.oracle(on), textual, random, duel.count), -Infinity);
}
