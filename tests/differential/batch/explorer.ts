import { Random } from "../../support/random.js";
import type { Settings } from "../explore.js";
import { Histogram } from "../histogram.js";
import type { Backend } from "../token-mode/duel.js";
import { Mismatch, shorten } from "../token-mode/explorer.js";
import { BatchDuel } from "./duel.js";
import { randomRow, type Row } from "./rows.js";

/** The group of a histogram with what is counted here. */
const batches = "batch";
/** Verbs in one scenario. */
const LENGTH = 60;
const MOST_ROWS = 8;

/**
 * Plays random verbs on batches whose rows are sessions of both modes and all engines, until so many steps were
 * compared. A step is one verb of the batch, or of one row's session; after it everything that any row shows is what
 * its own oracle says.
 * @throws Mismatch
 */
export function exploreBatches(
  { seed, steps, backends }: Pick<Settings, "seed" | "steps" | "backends">,
  histogram = new Histogram(),
): Histogram {
  const target = histogram.steps + steps;
  for (let current = seed; histogram.steps < target; current++) {
    new Scenario(new Random(current), backends, histogram).play(current);
  }
  return histogram;
}

class Scenario {
  private readonly duel = new BatchDuel();
  /** Every row there was: sessions that left the batch can come back. */
  private readonly all: Row[] = [];
  private readonly log: string[] = [];

  constructor(
    private readonly random: Random,
    private readonly backends: readonly Backend[],
    private readonly histogram: Histogram,
  ) {}

  play(seed: number): void {
    try {
      for (let step = 0; step < LENGTH; step++) {
        const found = this.attempt();
        if (found !== null) {
          const lines = this.log.slice(-20).join("\n  ");
          throw new Mismatch(`VERBATIM_SEED=${seed}, step ${step}: ${found}\nlast steps:\n  ${shorten(lines, seed)}`);
        }
        for (const row of this.rows()) this.histogram.add("backend", row.session.backend);
      }
    } finally {
      for (const row of this.all) row.closeAll();
    }
  }

  /** An error that no verb should throw is a mismatch like any other. */
  private attempt(): string | null {
    try {
      return this.step() ?? this.duel.difference();
    } catch (error) {
      return String((error as Error).stack ?? error);
    }
  }

  private step(): string | null {
    const { random, duel } = this;
    this.histogram.steps++;
    const verb =
      duel.size === 0
        ? "add"
        : random.weighted({
            accept: 50,
            session: 25,
            add: duel.size < MOST_ROWS ? 8 : 0,
            fork: duel.size < MOST_ROWS ? 5 : 0,
            remove: 3,
            move: 5,
            prepare: 4,
            close: 0.5,
          });
    this.count(verb);
    const index = random.below(Math.max(1, duel.size));
    switch (verb) {
      case "accept":
        return this.accept();
      case "session":
        return this.performOn(index);
      case "add":
        return this.add();
      case "fork":
        return this.fork(index);
      case "remove":
        this.note(`remove ${index}`);
        return duel.remove(index);
      case "move": {
        const to = random.below(duel.size);
        this.note(`move ${index} to ${to}`);
        return duel.move(index, to);
      }
      case "prepare":
        this.note("prepare");
        return duel.prepare();
      case "close":
        this.note(`close the session of row ${index}`);
        duel.row(index).close();
        return null;
    }
  }

  private accept(): string | null {
    const tokens = this.rows().map((row) => this.tokenFor(row));
    this.note(`accept ${tokens.join(" ")}`);
    const spansBefore = this.spans();
    const { mismatch, statuses } = this.duel.accept(tokens);
    for (const status of statuses) this.count(`row ${status}`);
    if (this.spans() > spansBefore) this.count("spans opened by a batch");
    if (this.spans() < spansBefore) this.count("spans closed by a batch");
    if (spansBefore > 1) this.count("steps with several open spans");
    return mismatch;
  }

  private rows(): Row[] {
    return Array.from({ length: this.duel.size }, (_, index) => this.duel.row(index));
  }

  private spans(): number {
    return this.rows().filter(({ oracle }) => oracle.inSpan).length;
  }

  /** A token that a model might emit in that row, or an entry that no session takes. */
  private tokenFor(row: Row): number | bigint {
    const { random } = this;
    if (random.chance(0.04))
      return random.pick([-2, row.session.vocabSize, 1.5, NaN, 2 ** 32, 2n ** 64n, -(2n ** 63n)]);
    if (random.chance(0.08)) return -1;
    const allowed = row.isClosed ? null : row.oracle.allowed();
    if (allowed?.length && random.chance(0.6)) return random.pick(allowed);
    if (row.isClosed) return random.below(row.session.vocabSize);
    for (let tries = 0; tries < 4; tries++) {
      const proposed: { verb: string; token?: number } = row.propose();
      if (proposed.verb === "accept") return random.chance(0.1) ? BigInt(proposed.token!) : proposed.token!;
    }
    return random.below(row.session.vocabSize);
  }

  /** A verb of the session itself, which the batch knows nothing of. */
  private performOn(index: number): string | null {
    const row = this.duel.row(index);
    if (row.isClosed) return null;
    const verb = row.propose();
    this.note(`row ${index}: ${JSON.stringify(verb)}`);
    this.count(`verb of a session: ${verb.verb}`);
    return row.perform(verb);
  }

  private add(): string | null {
    const { random, all } = this;
    const present = this.rows();
    const away = all.filter((row) => !row.isClosed && !present.includes(row));
    const isNew = away.length === 0 || random.chance(0.7);
    const row = isNew ? randomRow(random, random.pick(this.backends)) : random.pick(away);
    if (isNew) all.push(row);
    this.note(
      `add ${isNew ? "a new" : "an earlier"} session (${row.session.constructor.name}, ${row.session.backend})`,
    );
    this.count(`rows: ${row.session.constructor.name}, ${row.session.backend}`);
    return this.duel.add(row);
  }

  private fork(index: number): string | null {
    const row = this.duel.row(index);
    if (row.isClosed) return null;
    this.note(`fork row ${index}`);
    const copy = row.fork();
    this.all.push(copy.row);
    return copy.mismatch ?? this.duel.add(copy.row);
  }

  private note(line: string): void {
    this.log.push(line);
  }

  private count(what: string): void {
    this.histogram.add(batches, what);
  }
}
