import { expectId, expectInteger } from "../../base/arguments.js";
import { RecallError } from "../../base/errors.js";
import { uniformAt } from "../../base/random.js";
import { commonLength } from "../../hosts/shared/host-tokens.js";
import type { Choice, Constraint, ModelSequence, SamplingOptions, Signal, Step } from "../language-model.js";
import type { SessionHost } from "./constrained-session.js";
import { askedFor, drawToken } from "./draw.js";
import { logProbabilityOf, massOf, type Asked, type Place, type Row } from "./place.js";
import { QuoteFollower, type FollowedDraft } from "./quote-follower.js";

const SEED_LIMIT = 2 ** 53;

type Drawing = Exclude<Choice, { token: number }>;

/** A sequence over one place of a host: all hosts' sequences are this. */
export class HostSequence implements ModelSequence {
  readonly #place: Place;
  readonly #host: SessionHost;
  readonly #onClose: () => void;
  readonly #tokens: number[] = [];
  /** Draws where no seed is given. */
  readonly #seed = Math.floor(Math.random() * SEED_LIMIT);
  #follower: QuoteFollower | null = null;
  /** Verbs wait for those before them. */
  #work: Promise<unknown> = Promise.resolve();
  #closed = false;

  /** @param onClose is told when the place is free again */
  constructor(place: Place, host: SessionHost, onClose: () => void) {
    this.#place = place;
    this.#host = host;
    this.#onClose = onClose;
  }

  get tokens(): readonly number[] {
    return this.#tokens;
  }

  read(tokens: readonly number[], options: Signal = {}): Promise<void> {
    for (const token of tokens) expectId("tokens", token, this.#host.vocabulary.size);
    return this.#exclusive(async () => {
      this.#expectRoom(tokens.length);
      // The last token waits for the question of what follows it.
      const all = [...this.#tokens, ...tokens];
      await this.#hold(all, Math.max(0, all.length - 1), options);
      this.#follower?.passOver(tokens.length);
      this.#tokens.push(...tokens);
    });
  }

  next(choice: Choice, options: Signal = {}): Promise<Step> {
    return this.#exclusive(async () => {
      this.#expectRoom(1);
      const step = "token" in choice ? await this.#forced(choice.token, options) : await this.#drawn(choice, options);
      this.#take(step);
      return step;
    });
  }

  async *generate(choice: Choice, options: Signal = {}): AsyncGenerator<Step, void> {
    if ("token" in choice) {
      yield await this.next(choice, options);
      return;
    }
    for (;;) {
      const steps = await this.#exclusive(() => this.#pass(choice, options));
      for (const step of steps) {
        const length = this.#tokens.length;
        this.#take(step);
        yield step;
        if (this.#host.vocabulary.endsGeneration(step.token)) return;
        // Whoever took the step may have read or taken back something: the rest was drawn for another text.
        if (this.#tokens.length !== length + 1) break;
      }
    }
  }

  score(tokens: readonly number[], options: Signal = {}): Promise<Float64Array> {
    for (const token of tokens) expectId("tokens", token, this.#host.vocabulary.size);
    return this.#exclusive(async () => {
      this.#expectRoom(tokens.length);
      if (tokens.length === 0) return new Float64Array(0);
      const asked = tokens.map((token) => ({ ids: Int32Array.of(token) }));
      const rows = await this.#ask(tokens.slice(0, -1), asked, options);
      return Float64Array.from(rows, ({ logProbabilities }) => logProbabilities[0]);
    });
  }

  truncate(length: number): Promise<void> {
    expectInteger("length", length, 0, this.#tokens.length + 1);
    return this.#exclusive(async () => {
      this.#tokens.length = length;
      if (this.#follower?.truncate(length) === false) this.#unfollow();
      await this.#place.keep(Math.max(0, length - 1));
    });
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#unfollow();
    void this.#work.then(this.#onClose, this.#onClose);
  }

  async #forced(token: number, options: Signal): Promise<Step> {
    expectId("token", token, this.#host.vocabulary.size);
    const follower = this.#follower;
    const allowed = follower?.inSpan === true ? follower.allowed() : null;
    if (allowed?.includes(token) === false) {
      throw new RecallError("TOKEN_NOT_ALLOWED", `Token ${token} does not continue the open quote`);
    }
    const [row] = await this.#ask([], [{ ids: allowed ?? Int32Array.of(token) }], options);
    const allowedMass = allowed === null ? 1 : massOf(row);
    return { token, logProbability: logProbabilityOf(row, token), allowedMass };
  }

  async #drawn({ sampling, constraint }: Drawing, options: Signal): Promise<Step> {
    this.#follow(constraint);
    const allowed = this.#follower?.allowed() ?? null;
    const [row] = await this.#ask([], [allowed === null ? askedFor(sampling) : { ids: allowed }], options);
    return this.#draw(row, sampling, { index: 0, inSpan: this.#follower?.inSpan === true });
  }

  /** One pass: one step, or inside a quote as many as the model agrees with a draft of it, and one more. */
  async #pass(choice: Drawing, options: Signal): Promise<Step[]> {
    this.#expectRoom(1);
    this.#follow(choice.constraint);
    const draft = this.#follower?.propose(this.#place.size - this.#tokens.length - 1) ?? null;
    if (draft === null || draft.tokens.length === 0) return [await this.#drawn(choice, options)];
    const rows = await this.#ask(
      draft.tokens,
      draft.allowed.map((ids) => ({ ids })),
      options,
    );
    const steps = this.#verify(draft, rows, choice.sampling);
    this.#follower!.learn(draft, steps.length - 1);
    return steps;
  }

  #verify({ tokens }: FollowedDraft, rows: readonly Row[], sampling: SamplingOptions): Step[] {
    const steps: Step[] = [];
    for (const [index, row] of rows.entries()) {
      const step = this.#draw(row, sampling, { index, inSpan: true });
      steps.push(step);
      if (step.token !== tokens[index]) break;
    }
    return steps;
  }

  /** @param index how many tokens stand between the sequence and the one that is drawn */
  #draw(row: Row, sampling: SamplingOptions, { index, inSpan }: { index: number; inSpan: boolean }): Step {
    const token = drawToken(row, sampling, uniformAt(sampling.seed ?? this.#seed, this.#tokens.length + index));
    return { token, logProbability: logProbabilityOf(row, token), allowedMass: inSpan ? massOf(row) : 1 };
  }

  #take({ token }: Step): void {
    this.#follower?.accept(token);
    this.#tokens.push(token);
  }

  /** What follows the sequence, and what follows each of `more` behind it. */
  async #ask(more: readonly number[], asked: readonly Asked[], options: Signal): Promise<Row[]> {
    const last = this.#tokens.length - 1;
    if (last < 0) throw new RangeError("Expected a sequence that has read at least one token");
    await this.#hold(this.#tokens, last, options);
    const rows = await this.#place.read([this.#tokens[last], ...more], asked, options);
    return asked.map((_, i) => rows[i]!);
  }

  /** The place holds the first `length` of these tokens, and no more. */
  async #hold(tokens: readonly number[], length: number, options: Signal): Promise<void> {
    const place = this.#place;
    const common = Math.min(length, commonLength(place.held, tokens));
    if (common < place.held.length) await place.keep(common);
    const rest = tokens.slice(place.held.length, length);
    if (rest.length > 0) await place.read(rest, [], options);
  }

  #follow(constraint: Constraint | undefined): void {
    if (this.#follower?.constraint === constraint) return;
    this.#unfollow();
    if (constraint !== undefined) this.#follower = new QuoteFollower(constraint, this.#host, this.#tokens.length);
  }

  #unfollow(): void {
    this.#follower?.close();
    this.#follower = null;
  }

  #expectRoom(tokens: number): void {
    const { size } = this.#place;
    if (this.#tokens.length + tokens <= size) return;
    throw new RecallError("CONTEXT_FULL", `The sequence may not grow past ${size} tokens`);
  }

  #exclusive<Result>(work: () => Promise<Result>): Promise<Result> {
    const done = this.#work.then(() => {
      if (this.#closed) throw new RecallError("CLOSED", "The sequence was closed");
      return work();
    });
    this.#work = done.catch(() => undefined);
    return done;
  }
}
