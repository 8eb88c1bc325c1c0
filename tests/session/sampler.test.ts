import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  ConstrainedSampler,
  RecallError,
  RecallSession,
  type ConstrainedSamplerOptions,
} from "../../lib/entry/index.js";
import { uniformAt } from "../../lib/base/random.js";
import { backends, END, sessionsOn, START } from "../support/backends.js";

/** How often each id is drawn from the row in many draws. */
function frequencies(options: ConstrainedSamplerOptions, logits: Float32Array, session: never, draws = 4000): number[] {
  const sampler = new ConstrainedSampler({ seed: 7, ...options });
  const counts = new Array<number>(logits.length).fill(0);
  for (let i = 0; i < draws; i++) counts[sampler.sample(logits, session)]++;
  return counts.map((count) => count / draws);
}

function close(actual: number, expected: number): boolean {
  // Four standard deviations of 4000 draws.
  return Math.abs(actual - expected) <= 4 * Math.sqrt((expected * (1 - expected)) / 4000) + 1e-12;
}

function drawn(frequency: number[]): number[] {
  return Array.from(frequency.keys()).filter((id) => frequency[id] > 0);
}

for (const backend of backends) {
  const makeSession = (vocabSize: number) =>
    sessionsOn(backend)({ vocabSize, startTokenId: undefined, endTokenId: undefined }) as never;

  test(`tokens are drawn as often as their probabilities say (${backend})`, () => {
    const logits = Float32Array.of(0, 1, 2, -1, -Infinity, NaN);
    for (const temperature of [0.5, 1, 2]) {
      const weights = Array.from(logits, (logit) => (Number.isFinite(logit) ? Math.exp(logit / temperature) : 0));
      const total = weights.reduce((sum, weight) => sum + weight);
      const counts = frequencies({ temperature }, logits, makeSession(6));
      counts.forEach((frequency, id) => assert.ok(close(frequency, weights[id] / total), `${id} at ${temperature}`));
    }
  });

  test(`temperature 0 takes the largest, the lowest id among equals (${backend})`, () => {
    const sampler = new ConstrainedSampler({ temperature: 0 });
    const session = makeSession(4);
    assert.is(sampler.sample(Float32Array.of(1, 3, 3, 2), session), 1);
    assert.is(sampler.sample(Float32Array.of(Infinity, NaN, -5, -4), session), 3);
    assert.is(sampler.sample(Float32Array.of(-0, 0, -0, 0), session), 0);
  });

  test(`topK keeps the largest logits, the lowest ids among equals (${backend})`, () => {
    const logits = Float32Array.of(1, 2, 2, 3, 2, 0);
    const session = makeSession(6);
    assert.equal(drawn(frequencies({ topK: 1 }, logits, session)), [3]);
    assert.equal(drawn(frequencies({ topK: 3 }, logits, session)), [1, 2, 3]);
    assert.equal(drawn(frequencies({ topK: 6 }, logits, session)), [0, 1, 2, 3, 4, 5]);
    assert.equal(drawn(frequencies({ topK: 100 }, logits, session)), [0, 1, 2, 3, 4, 5]);
    assert.equal(drawn(frequencies({ topK: 0 }, logits, session)), [0, 1, 2, 3, 4, 5]);
  });

  test(`topP keeps the most probable tokens until they reach it (${backend})`, () => {
    // Probabilities 0.1, 0.4, 0.2, 0.3.
    const logits = Float32Array.from([0.1, 0.4, 0.2, 0.3], Math.log);
    const session = makeSession(4);
    assert.equal(drawn(frequencies({ topP: 0 }, logits, session)), [1]);
    assert.equal(drawn(frequencies({ topP: 0.39 }, logits, session)), [1]);
    assert.equal(drawn(frequencies({ topP: 0.41 }, logits, session)), [1, 3]);
    assert.equal(drawn(frequencies({ topP: 0.89 }, logits, session)), [1, 2, 3]);
    assert.equal(drawn(frequencies({ topP: 1 }, logits, session)), [0, 1, 2, 3]);
    const [, first, , second] = frequencies({ topP: 0.5 }, logits, session);
    assert.ok(close(first, 4 / 7) && close(second, 3 / 7));
  });

  test(`minP keeps tokens at least so many times as probable as the best (${backend})`, () => {
    const logits = Float32Array.from([0.1, 0.4, 0.2, 0.3], Math.log);
    const session = makeSession(4);
    assert.equal(drawn(frequencies({ minP: 0.2 }, logits, session)), [0, 1, 2, 3]);
    assert.equal(drawn(frequencies({ minP: 0.4 }, logits, session)), [1, 2, 3]);
    assert.equal(drawn(frequencies({ minP: 0.8 }, logits, session)), [1]);
    assert.equal(drawn(frequencies({ minP: 1 }, logits, session)), [1]);
  });

  test(`temperature, topK, topP and minP act one after the other (${backend})`, () => {
    const logits = Float32Array.from([0.1, 0.4, 0.2, 0.3], Math.log);
    const session = makeSession(4);
    // Of 4/9, 3/9, 2/9 the first two reach 0.7; of all four, only the first three would.
    assert.equal(drawn(frequencies({ topK: 3, topP: 0.75 }, logits, session)), [1, 3]);
    assert.equal(drawn(frequencies({ topP: 0.75 }, logits, session)), [1, 2, 3]);
    // At temperature 1/2 the probabilities are 1/30, 16/30, 4/30, 9/30.
    assert.equal(drawn(frequencies({ temperature: 0.5, topP: 0.8 }, logits, session)), [1, 3]);
    assert.equal(drawn(frequencies({ temperature: 0.5, minP: 0.3 }, logits, session)), [1, 3]);
    assert.equal(drawn(frequencies({ topK: 2, minP: 0.1 }, logits, session)), [1, 3]);
  });

  test(`inside a span only allowed ids are drawn, whatever the others' logits (${backend})`, () => {
    const session = sessionsOn(backend)();
    session.append([3, 5, 5, 7]);
    session.acceptAll([START, 5]);
    const logits = new Float32Array(25).fill(100);
    logits[5] = Math.log(1);
    logits[7] = Math.log(2);
    logits[END] = Math.log(1);
    const counts = frequencies({}, logits, session as never);
    assert.equal(drawn(counts), [5, 7, END]);
    assert.ok(close(counts[5], 0.25) && close(counts[7], 0.5) && close(counts[END], 0.25));
    assert.equal(drawn(frequencies({ topK: 1 }, logits, session as never)), [7]);
    assert.is(new ConstrainedSampler({ temperature: 0 }).sample(logits, session), 7);
  });

  test(`outside a span ids from vocabSize on are never drawn (${backend})`, () => {
    const logits = Float32Array.of(0, 0, 50, 50);
    assert.equal(drawn(frequencies({}, logits, makeSession(2))), [0, 1]);
  });

  test(`sampling leaves the row and the session alone (${backend})`, () => {
    const session = sessionsOn(backend)();
    session.append([3, 5]);
    session.accept(START);
    const logits = Float32Array.from({ length: 20 }, (_, id) => id);
    new ConstrainedSampler().sample(logits, session);
    assert.equal(
      Array.from(logits),
      Array.from({ length: 20 }, (_, id) => id),
    );
    assert.equal(Array.from(session.allowed()!), [3, 5, END]);
  });

  test(`equal seeds draw equally, others otherwise (${backend})`, () => {
    const session = makeSession(1000);
    const logits = new Float32Array(1000);
    const draws = (sampler: ConstrainedSampler) => Array.from({ length: 20 }, () => sampler.sample(logits, session));
    const expected = draws(new ConstrainedSampler({ seed: 5 }));
    assert.equal(draws(new ConstrainedSampler({ seed: 5 })), expected);
    for (const seed of [6, 5 + 2 ** 32, undefined]) {
      assert.not.equal(draws(new ConstrainedSampler({ seed })), expected);
    }
    assert.not.equal(draws(new ConstrainedSampler()), draws(new ConstrainedSampler()));
  });

  test(`no finite allowed logit is NO_VALID_TOKEN, and does not count as a draw (${backend})`, () => {
    const session = sessionsOn(backend)();
    session.append([3, 4, 5]);
    session.accept(START);
    const [sampler, undisturbed] = [new ConstrainedSampler({ seed: 1 }), new ConstrainedSampler({ seed: 1 })];
    const logits = new Float32Array(20);
    logits.fill(-Infinity, 3, 6);
    logits[END] = NaN;
    for (let i = 0; i < 3; i++) {
      assert.throws(
        () => sampler.sample(logits, session),
        (error: Error) =>
          error instanceof RecallError &&
          error.code === "NO_VALID_TOKEN" &&
          error.message === "No allowed logit is finite",
      );
    }
    logits.fill(0);
    for (let i = 0; i < 20; i++) assert.is(sampler.sample(logits, session), undisturbed.sample(logits, session));
  });

  test(`bad rows and sessions are refused (${backend})`, () => {
    const sampler = new ConstrainedSampler();
    assert.throws(
      () => sampler.sample(new Float32Array(19), sessionsOn(backend)()),
      (error: Error) =>
        error instanceof RangeError && error.message === 'Expected "logits" to have at least 20 entries',
    );
    const alike = [
      {},
      null,
      Object.create(RecallSession.prototype),
      new Proxy(sessionsOn(backend)(), {}),
    ] as RecallSession[];
    for (const session of alike) {
      assert.throws(
        () => sampler.sample(new Float32Array(20), session),
        (error: Error) =>
          error instanceof TypeError &&
          error.message === 'Expected "session" to be a RecallSession or a RecallTextSession',
      );
    }
  });
}

test("bad options are refused", () => {
  for (const [options, type, message] of [
    [{ temperature: -1 }, RangeError, `Expected "temperature" to be a number in [0, ${Number.MAX_VALUE}]`],
    [{ temperature: NaN }, RangeError, `Expected "temperature" to be a number in [0, ${Number.MAX_VALUE}]`],
    [{ temperature: "hot" }, TypeError, `Expected "temperature" to be a number in [0, ${Number.MAX_VALUE}]`],
    [{ topK: -1 }, RangeError, 'Expected "topK" to be an integer in [0, 1073741825)'],
    [{ topK: 1.5 }, RangeError, 'Expected "topK" to be an integer in [0, 1073741825)'],
    [{ topP: 1.1 }, RangeError, 'Expected "topP" to be a number in [0, 1]'],
    [{ minP: -0.1 }, RangeError, 'Expected "minP" to be a number in [0, 1]'],
    [{ seed: -1 }, RangeError, `Expected "seed" to be an integer in [0, ${2 ** 53})`],
    [{ seed: 7n }, TypeError, `Expected "seed" to be an integer in [0, ${2 ** 53})`],
    [null, TypeError, 'Expected "options" to be an object'],
  ] as const) {
    assert.throws(
      () => new ConstrainedSampler(options as never),
      (error: Error) => error instanceof type && error.message === message,
    );
  }
});

test("the generator's numbers are uniform, in steps of 2^-53, and independent of their neighbours", () => {
  const draws = 1 << 16;
  for (const seed of [0, 1, 2 ** 32, 2 ** 53 - 1]) {
    const cells = new Array<number>(256).fill(0);
    const lowBits = new Array<number>(16).fill(0);
    for (let counter = 0; counter < draws; counter++) {
      const uniform = uniformAt(seed, counter);
      assert.ok(uniform >= 0 && uniform < 1 && Number.isInteger(uniform * 2 ** 53));
      // The cell is made of four bits each of this number and of the next.
      cells[Math.floor(uniform * 16) * 16 + Math.floor(uniformAt(seed, counter + 1) * 16)]++;
      lowBits[(uniform * 2 ** 53) % 16]++;
    }
    // Chi-squared, 255 and 15 degrees of freedom: six and nine standard deviations above the mean.
    const chi = (counts: number[]) =>
      counts.reduce((sum, count) => sum + (count - draws / counts.length) ** 2 / (draws / counts.length), 0);
    assert.ok(chi(cells) < 390, `cells of seed ${seed}: ${chi(cells)}`);
    assert.ok(chi(lowBits) < 65, `low bits of seed ${seed}: ${chi(lowBits)}`);
  }
});

test.run();
