/** A context that is prepared: frozen at once, indexed on another thread. */
import { getEventListeners } from "node:events";
import { setImmediate } from "node:timers/promises";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { loadNativeEngine } from "../../lib/engine/native/engine.js";
import {
  RecallContext,
  RecallError,
  RecallSession,
  RecallTextContext,
  RecallTextSession,
} from "../../lib/entry/index.js";
import { backends, END, START, VOCAB_SIZE, type BackendName } from "../support/backends.js";
import { Random } from "../support/random.js";
import { recallTokens } from "../support/text-vocabulary.js";
import { createText, take, textKinds } from "../support/texts.js";
import { refusal, untyped } from "../support/thrown.js";

const { addon } = loadNativeEngine();
const LARGE_TEXT = "The cat sat. ".repeat(30_000);

type Context = RecallContext | RecallTextContext;

/** What tests do with a context of either mode. */
interface Mode {
  readonly name: string;
  /** A context that was appended to. */
  make(backend: BackendName, random: Random): Context;
  append(context: Context): void;
  /** What every step allows in a few spans of a new session: random ones, each of which goes on as long as it can. */
  masks(context: Context, random: Random): number[][];
}

/** Opens spans, and follows tokens that are allowed. */
function walk(session: RecallSession | RecallTextSession, random: Random): number[][] {
  const masks: number[][] = [];
  for (let span = 0; span < 4; span++) {
    session.beginSpan();
    for (let depth = 0; depth < 12; depth++) {
      const allowed = Array.from(session.allowed()!);
      masks.push(allowed);
      if (allowed.length === 0) break;
      session.accept(random.pick(allowed));
      if (!session.inSpan) break;
    }
    if (session.inSpan) session.endSpan();
  }
  session.close();
  return masks;
}

const tokenMode: Mode = {
  name: "tokens",
  make(backend, random) {
    const context = new RecallContext({ vocabSize: VOCAB_SIZE, startTokenId: START, endTokenId: END, backend });
    for (let i = 0; i < 12; i++) {
      const letters = createText(
        random.pick(textKinds),
        Int32Array.from({ length: 16 }, (_, letter) => letter),
        random,
      );
      context.append(take(letters, random.between(1, 900)), random.chance(0.5) ? { segment: `s${i}` } : {});
    }
    return context;
  },
  append: (context) => void (context as RecallContext).append([1]),
  masks: (context, random) => walk(new RecallSession({ context: context as RecallContext }), random),
};

const textMode: Mode = {
  name: "text",
  make(backend, random) {
    const context = new RecallTextContext({ vocabulary: recallTokens.vocabulary, backend });
    const words = ["The", " cat", " sat", ".", "a", "b", "é", "<", "\n"];
    for (let i = 0; i < 12; i++) {
      const text = Array.from({ length: random.between(1, 600) }, () => random.pick(words)).join("");
      context.append(text, random.chance(0.5) ? { segment: `s${i}` } : {});
    }
    return context;
  },
  append: (context) => void (context as RecallTextContext).append("a"),
  masks: (context, random) => walk(new RecallTextSession({ context: context as RecallTextContext }), random),
};

/** What a promise is rejected with. */
async function reasonOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  return "it is fulfilled";
}

async function refusalOf(promise: Promise<unknown>): Promise<unknown> {
  const reason = await reasonOf(promise);
  return reason instanceof RecallError ? reason.code : reason;
}

function largeContext(): RecallTextContext {
  return new RecallTextContext({ vocabulary: recallTokens.vocabulary, backend: "native" }).append(LARGE_TEXT);
}

/** The contexts of the addon that are compacted on other threads, or that `replacement` gets instead, while `run` runs. */
async function compactedBy(
  run: () => Promise<void>,
  replacement?: (context: number, done: (result: number) => void) => number,
): Promise<number[]> {
  const { compactContextInBackground } = addon;
  const contexts: number[] = [];
  addon.compactContextInBackground = (context, done) => {
    contexts.push(context);
    return (replacement ?? compactContextInBackground)(context, done);
  };
  try {
    await run();
  } finally {
    addon.compactContextInBackground = compactContextInBackground;
  }
  return contexts;
}

for (const backend of backends) {
  for (const mode of [tokenMode, textMode]) {
    const rule = (name: string, run: () => Promise<void>) => test(`${name} (${mode.name}, ${backend})`, run);

    rule("a context that was prepared allows what a frozen one does", async () => {
      for (let seed = 1; seed <= 8; seed++) {
        const [frozen, prepared] = [1, 2].map(() => mode.make(backend, new Random(seed))) as [Context, Context];
        frozen.freeze();
        assert.is(await prepared.prepare(), undefined);
        assert.is(prepared.frozen, true);
        assert.is(prepared.length, frozen.length);
        assert.equal(mode.masks(prepared, new Random(seed)), mode.masks(frozen, new Random(seed)));
        frozen.close();
        prepared.close();
      }
    });

    rule("sessions that are built meanwhile, and before and after, allow the same", async () => {
      for (let seed = 1; seed <= 8; seed++) {
        const context = mode.make(backend, new Random(seed));
        const preparing = context.prepare();
        const masks = mode.masks(context, new Random(seed));
        await setImmediate();
        assert.equal(mode.masks(context, new Random(seed)), masks);
        await preparing;
        assert.equal(mode.masks(context, new Random(seed)), masks);
        const frozen = mode.make(backend, new Random(seed)).freeze();
        assert.equal(mode.masks(frozen, new Random(seed)), masks);
        frozen.close();
        context.close();
      }
    });

    rule("it is frozen at once and stays so, whatever comes of it", async () => {
      const context = mode.make(backend, new Random(1));
      const { length } = context;
      const preparing = context.prepare();
      assert.is(context.frozen, true);
      assert.is(
        refusal(() => mode.append(context)),
        "FROZEN",
      );
      await preparing;
      assert.is(
        refusal(() => mode.append(context)),
        "FROZEN",
      );
      assert.is(context.freeze(), context);
      await context.prepare();
      assert.is(context.length, length);
      const aborted = mode.make(backend, new Random(1));
      assert.is(await reasonOf(aborted.prepare({ signal: AbortSignal.abort("enough") })), "enough");
      assert.is(aborted.frozen, true);
      assert.is(
        refusal(() => mode.append(aborted)),
        "FROZEN",
      );
      assert.equal(mode.masks(aborted, new Random(2)), mode.masks(context, new Random(2)));
      await aborted.prepare();
      assert.equal(mode.masks(aborted, new Random(3)), mode.masks(context, new Random(3)));
    });

    rule("arguments that are none are refused, and the context goes on", async () => {
      const context = mode.make(backend, new Random(1));
      const refused = async (options: unknown) => String(await reasonOf(context.prepare(untyped(options))));
      for (const options of [null, 1, "signal", true]) {
        assert.is(await refused(options), 'TypeError: Expected "options" to be an object');
      }
      const lookalike: unknown = Object.create(AbortSignal.prototype);
      for (const signal of [null, {}, 1, new AbortController(), new EventTarget(), lookalike]) {
        assert.is(await refused({ signal }), 'TypeError: Expected "signal" to be an AbortSignal');
      }
      const cause = new Error("on purpose");
      const throwing = Object.defineProperty({}, "signal", {
        get() {
          throw cause;
        },
      });
      assert.is(await reasonOf(context.prepare(throwing)), cause);
      assert.is(context.frozen, false);
      mode.append(context);
      await context.prepare({ signal: undefined });
      context.close();
      assert.is(await refusalOf(context.prepare()), "CLOSED");
      assert.is(await refusalOf(context.prepare({ signal: AbortSignal.abort() })), "CLOSED");
      const closing = Object.defineProperty({}, "signal", { get: () => void open.close() });
      const open = mode.make(backend, new Random(1));
      assert.is(await refusalOf(open.prepare(closing)), "CLOSED");
    });
  }
}

test("the event loop turns while a large text is indexed", async () => {
  const [prepared, frozen] = [largeContext(), largeContext()];
  let turns = 0;
  let done = false;
  const counting = async () => {
    while (!done) {
      await setImmediate();
      turns++;
    }
  };
  const [context] = await compactedBy(async () => {
    const counted = counting();
    await prepared.prepare();
    done = true;
    assert.ok(turns >= 10, `the event loop turned ${turns} times`);
    await counted;
  });
  const bytes = addon.contextBytes(context!);
  assert.ok(bytes > 10 * LARGE_TEXT.length, `${bytes} bytes: the text is not indexed`);
  textMode.masks(prepared, new Random(1));
  const kept = addon.contextBytes(context!) - bytes;
  assert.ok(kept < LARGE_TEXT.length / 10, `a quote took ${kept} bytes: the text was indexed again`);
  assert.equal(textMode.masks(prepared, new Random(2)), textMode.masks(frozen.freeze(), new Random(2)));
  prepared.close();
  frozen.close();
});

test("recent tokens are indexed as by freeze", async () => {
  const make = () => {
    const context = loadNativeEngine().createContext({ vocabSize: 1000, barriers: new Int32Array(0) });
    const tokens = Int32Array.from({ length: 400 }, (_, i) => (i * 7919) % 1000);
    context.append(tokens, { searchable: true, newRun: false });
    return context;
  };
  const [frozen, prepared, growing] = [make(), make(), make()] as const;
  frozen.compact();
  await prepared.compactInBackground();
  assert.ok(
    Math.abs(prepared.bytes - frozen.bytes) < frozen.bytes / 10,
    `${prepared.bytes}, not ${frozen.bytes} bytes`,
  );
  assert.ok(prepared.bytes > 1.5 * growing.bytes, `${prepared.bytes} bytes: the tokens are not indexed`);
  for (const context of [frozen, prepared, growing]) context.close();
});

test("whoever prepares a context waits for one and the same index", async () => {
  const context = largeContext();
  const contexts = await compactedBy(async () => {
    const controller = new AbortController();
    const waits = [context.prepare(), context.prepare({ signal: controller.signal }), context.prepare()];
    const ends = waits.map(async (wait) => (await reasonOf(wait)) ?? "fulfilled");
    controller.abort("enough");
    assert.equal(await Promise.all(ends), ["it is fulfilled", "enough", "it is fulfilled"]);
    await context.prepare();
  });
  assert.is(contexts.length, 1);
  context.close();
});

test("a signal that aborts ends the wait with its reason, and is left alone afterwards", async () => {
  for (const reason of [new Error("enough"), "enough", undefined]) {
    const context = largeContext();
    const controller = new AbortController();
    const wait = context.prepare({ signal: controller.signal });
    assert.is(getEventListeners(controller.signal, "abort").length, 1);
    controller.abort(reason);
    assert.is(await reasonOf(wait), controller.signal.reason);
    assert.is(getEventListeners(controller.signal, "abort").length, 0);
    const { signal } = new AbortController();
    await context.prepare({ signal });
    assert.is(getEventListeners(signal, "abort").length, 0);
    assert.equal(textMode.masks(context, new Random(1)).length > 4, true);
    context.close();
  }
});

test("an aborted signal begins nothing", async () => {
  const context = largeContext();
  const signal = AbortSignal.abort();
  const contexts = await compactedBy(async () => {
    assert.is(await reasonOf(context.prepare({ signal })), signal.reason);
  });
  assert.equal(contexts, []);
  context.close();
});

test("a context may be closed meanwhile: who waits hears of it, and nobody else", async () => {
  const unhandled: unknown[] = [];
  const listen = (reason: unknown) => void unhandled.push(reason);
  process.on("unhandledRejection", listen);
  for (let round = 0; round < 3; round++) {
    const context = largeContext();
    const wait = context.prepare();
    const session = new RecallTextSession({ context });
    void context.prepare();
    if (round > 0) await setImmediate();
    context.close();
    assert.is(await refusalOf(wait), "CLOSED");
    session.append("The dog sat.");
    session.beginSpan();
    session.accept(recallTokens.id("The"));
    assert.is(session.inSpan, true);
    session.close();
  }
  await largeContext().prepare();
  process.off("unhandledRejection", listen);
  assert.equal(unhandled, []);
});

test("memory that runs out is an error, and the next one who waits begins anew", async () => {
  const context = largeContext();
  const outOfMemory = -2;
  const expectFailures = (count: number) => async () => {
    const waits = Array.from({ length: count }, () => context.prepare());
    assert.equal(await Promise.all(waits.map(refusalOf)), waits.fill(untyped("OUT_OF_MEMORY")));
  };
  for (let round = 0; round < 2; round++) {
    const failingLater = await compactedBy(expectFailures(3), (_, done) => {
      globalThis.setImmediate(done, outOfMemory);
      return 0;
    });
    assert.is(failingLater.length, 1);
  }
  const failingAtOnce = await compactedBy(expectFailures(1), () => outOfMemory);
  assert.is(failingAtOnce.length, 1);
  const contexts = await compactedBy(() => context.prepare());
  assert.ok(addon.contextBytes(contexts[0]!) > 10 * LARGE_TEXT.length);
  context.close();
});

test.run();
