import { test } from "uvu";
import * as assert from "uvu/assert";
import { CudaRecallEngine, type CudaRecallEngineOptions } from "../../../lib/entry/cuda.js";
import type { CudaAddon } from "../../../lib/cuda/cuda-addon.js";
import { loadNativeEngine } from "../../../lib/engine/native/engine.js";
import { START, VOCAB_SIZE } from "../../support/backends.js";
import { thrownBy, untyped } from "../../support/thrown.js";
import { acceptAll, makeBatch } from "../support/batches.js";
import { openDevice } from "../support/device.js";

const device = await openDevice();
const address = device.place(new Int32Array(1000));

type Case = [what: string, verb: (batch: CudaRecallEngine) => unknown, thrown: string];

const idArray = "to be an Int32Array, a Uint32Array, a BigInt64Array or an array of integers";
const word = "to be a bigint in [1, 2^64)";
const rowsRange = 'Expected "rows" to be an integer in [0, 1073741825)';
const stream = 'Expected "stream" to be a bigint in [0, 2^64)';
const logits = { rows: 1, dtype: "float32", width: VOCAB_SIZE } as const;

/** The batch of these has row 0, with the tokens 1, 2 of a context and 8 more to come, and no open span. */
const cases: Case[] = [
  [
    "a sequence of another type",
    (b) => b.clear(untyped("0")),
    'TypeError: Expected "sequence" to be an integer in [0, 4)',
  ],
  ["a sequence below 0", (b) => b.endSpan(-1), 'RangeError: Expected "sequence" to be an integer in [0, 4)'],
  ["a sequence past the last", (b) => b.snapshot(4), 'RangeError: Expected "sequence" to be an integer in [0, 4)'],
  ["a row that is not open", (b) => b.reset(3), "CLOSED: Sequence 3 is not open"],
  ["a stream of another type", (b) => b.prepare({ stream: untyped(1) }), `TypeError: ${stream}`],
  ["a stream below 0", (b) => b.join(-1n), `RangeError: ${stream}`],
  ["a stream of 65 bits", (b) => b.statuses({ stream: 2n ** 64n }), `RangeError: ${stream}`],
  ["options of another type", (b) => b.prepare(untyped(0n)), 'TypeError: Expected "options" to be an object'],
  ["null for options", (b) => b.clear(0, untyped(null)), 'TypeError: Expected "options" to be an object'],

  ["a context of nothing", (b) => b.createContext(untyped(undefined)), pieces("pieces")],
  ["a context of a piece", (b) => b.createContext(untyped({ tokens: [1] })), pieces("pieces")],
  ["a piece that is missing", (b) => b.createContext([untyped(undefined)]), pieces("pieces[0]")],
  ["a piece of tokens only", (b) => b.createContext([{ tokens: [1] }, untyped(5)]), pieces("pieces[1]")],
  ["a piece without tokens", (b) => b.createContext([untyped({})]), `TypeError: Expected "tokens" ${idArray}`],
  [
    "a token past the vocabulary",
    (b) => b.createContext([{ tokens: [1, 20] }]),
    'RangeError: Expected "tokens[1]" to be an integer in [0, 20)',
  ],
  [
    "a name of another type",
    (b) => b.createContext([{ tokens: [1], segment: untyped(7) }]),
    'TypeError: Expected "segment" to be a string',
  ],
  [
    "offsets that do not fit",
    (b) => b.createContext([{ tokens: [1], segment: "a", offsets: [0] }]),
    'RangeError: Expected "offsets" to have 2 entries, one more than there are tokens',
  ],

  ["open without options", (b) => b.open(untyped(undefined)), `TypeError: ${maxTokens()}`],
  ["open without room", (b) => b.open({ maxTokens: 0 }), `RangeError: ${maxTokens()}`],
  ["open with a fraction", (b) => b.open({ maxTokens: 1.5 }), `RangeError: ${maxTokens()}`],
  [
    "open on another object",
    (b) => b.open({ context: untyped({}), maxTokens: 1 }),
    'TypeError: Expected "context" to be a CudaRecallContext',
  ],
  ["open on a closed context", (b) => b.open({ context: closed(b), maxTokens: 1 }), "CLOSED: The context is closed"],
  [
    "open on another engine's context",
    (b) => {
      using other = makeBatch();
      b.open({ context: other.createContext([]), maxTokens: 1 });
    },
    'RangeError: Expected "context" to be a context of this engine',
  ],

  ["append nothing", (b) => b.append(0, untyped(undefined)), `TypeError: Expected "tokens" ${idArray}`],
  ["append a bad id", (b) => b.append(0, [-1]), 'RangeError: Expected "tokens[0]" to be an integer in [0, 20)'],
  [
    "append recallable 1",
    (b) => b.append(0, [1], { recallable: untyped(1) }),
    'TypeError: Expected "recallable" to be a boolean',
  ],
  [
    "beginSpan with a name alone",
    (b) => b.beginSpan(0, { segments: untyped("a") }),
    'TypeError: Expected "segments" to be an array of strings',
  ],
  [
    "beginSpan with a number for a name",
    (b) => b.beginSpan(0, { segments: untyped(["a", 1]) }),
    'TypeError: Expected "segments[1]" to be a string',
  ],
  [
    "beginSpan with a bad end",
    (b) => b.beginSpan(0, { end: [20] }),
    'RangeError: Expected "end[0]" to be an integer in [0, 20)',
  ],
  [
    "beginSpan with five ends",
    (b) => b.beginSpan(0, { end: [1, 2, 3, 4, 5] }),
    'RangeError: Expected "end" to have at most 4 different entries, got 5',
  ],
  ["truncate into the context", (b) => b.truncate(0, 1), 'RangeError: Expected "length" to be an integer in [2, 11)'],
  ["truncate past all room", (b) => b.truncate(0, 11), 'RangeError: Expected "length" to be an integer in [2, 11)'],
  [
    "truncate to a string",
    (b) => b.truncate(0, untyped("2")),
    'TypeError: Expected "length" to be an integer in [2, 11)',
  ],

  [
    "a temperature below 0",
    (b) => b.setSampling(0, { temperature: -1 }),
    'RangeError: Expected "temperature" to be a number in [0, 3.4028234663852886e+38]',
  ],
  [
    "a temperature that is no 32-bit float",
    (b) => b.setSampling(0, { temperature: 1e39 }),
    'RangeError: Expected "temperature" to be a number in [0, 3.4028234663852886e+38]',
  ],
  [
    "topK below 0",
    (b) => b.setSampling(0, { topK: -1 }),
    'RangeError: Expected "topK" to be an integer in [0, 1073741825)',
  ],
  ["topP above 1", (b) => b.setSampling(0, { topP: 1.1 }), 'RangeError: Expected "topP" to be a number in [0, 1]'],
  [
    "minP that is no number",
    (b) => b.setSampling(0, { minP: NaN }),
    'RangeError: Expected "minP" to be a number in [0, 1]',
  ],
  [
    "a seed of 53 bits",
    (b) => b.setSampling(0, { seed: 2 ** 53 }),
    'RangeError: Expected "seed" to be an integer in [0, 9007199254740992)',
  ],
  [
    "a seed of 65 bits",
    (b) => b.setSampling(0, { seed: 2n ** 64n }),
    'RangeError: Expected "seed" to be a bigint in [0, 2^64)',
  ],

  ["accept without options", (b) => b.accept(address, untyped(undefined)), `TypeError: ${rowsRange}`],
  ["accept rows below 0", (b) => b.accept(address, { rows: -1 }), `RangeError: ${rowsRange}`],
  [
    "accept at a number",
    (b) => b.accept(untyped(5), { rows: 1 }),
    'TypeError: Expected "tokens" to be a device address as a bigint, or an Int32Array',
  ],
  [
    "step with an array",
    (b) => b.step(untyped([1]), { rows: 1 }),
    'TypeError: Expected "tokens" to be a device address as a bigint, or an Int32Array',
  ],
  ["step at address 0", (b) => b.step(0n, { rows: 1 }), `RangeError: Expected "tokens" ${word}`],
  ["step at a negative address", (b) => b.step(-4n, { rows: 1 }), `RangeError: Expected "tokens" ${word}`],
  [
    "step with too few tokens",
    (b) => b.step(Int32Array.of(1), { rows: 2 }),
    'RangeError: Expected "tokens" to have at least 2 entries',
  ],
  [
    "step with detached tokens",
    (b) => {
      const tokens = Int32Array.of(1, 2);
      structuredClone(tokens.buffer, { transfer: [tokens.buffer] });
      b.step(tokens, { rows: 2 });
    },
    'RangeError: Expected "tokens" to have at least 2 entries (it has none: it is empty, or its buffer is detached)',
  ],
  [
    "a row map as an array",
    (b) => b.step(address, { rows: 1, sequences: untyped([0]) }),
    `TypeError: Expected "sequences" ${word}`,
  ],
  ["a row map at 0", (b) => b.step(address, { rows: 1, sequences: 0n }), `RangeError: Expected "sequences" ${word}`],
  ["counts as an array", (b) => b.rollback(untyped([1]), { rows: 1 }), `TypeError: Expected "counts" ${word}`],

  ["logits as an array", (b) => b.apply(untyped(new Float32Array(20)), logits), `TypeError: Expected "logits" ${word}`],
  [
    "logits of another type",
    (b) => b.apply(address, { ...logits, dtype: untyped("float64") }),
    'RangeError: Expected "dtype" to be one of "float32", "float16", "bfloat16"',
  ],
  [
    "logits of no type",
    (b) => b.apply(address, untyped({ rows: 1, width: VOCAB_SIZE })),
    'TypeError: Expected "dtype" to be one of "float32", "float16", "bfloat16"',
  ],
  [
    "logits that are too narrow",
    (b) => b.apply(address, { ...logits, width: 19 }),
    'RangeError: Expected "width" to be an integer in [20, 2147483648)',
  ],
  [
    "rows that overlap",
    (b) => b.apply(address, { ...logits, stride: 19 }),
    'RangeError: Expected "stride" to be an integer in [20, 9007199254740992)',
  ],
  [
    "sample to nowhere",
    (b) => b.sample(address, { ...logits, tokens: untyped(undefined) }),
    `TypeError: Expected "tokens" ${word}`,
  ],
  [
    "a draft that is longer than any span",
    (b) => b.draft(129, { rows: 1, tokens: address, counts: address }),
    'RangeError: Expected "max" to be an integer in [0, 129)',
  ],
  [
    "a draft of something else",
    (b) => b.draft(1, { rows: 1, tokens: address, counts: address, choose: untyped("earliest") }),
    'RangeError: Expected "choose" to be one of "agreed", "latest"',
  ],
  [
    "a draft without counts",
    (b) => b.draft(1, { rows: 1, tokens: address, counts: untyped(null) }),
    `TypeError: Expected "counts" ${word}`,
  ],

  ["read before the start", (b) => b.read(0, -1, 0), 'RangeError: Expected "start" to be an integer in [0, 11)'],
  ["read backwards", (b) => b.read(0, 2, 1), 'RangeError: Expected "end" to be an integer in [2, 11)'],
  [
    "read past the end",
    (b) => b.read(0, 0, 5),
    'RangeError: Could not read tokens: Expected "count" to be an integer in [0, 3), got 5',
  ],
  ["sources of no quote", (b) => b.sources(0, 0), 'RangeError: Expected "quote" to be an integer in [0, 0)'],
];

function pieces(name: string): string {
  return `TypeError: Expected "${name}" to be an ${name === "pieces" ? "array of objects" : "object"}`;
}

function maxTokens(): string {
  return 'Expected "maxTokens" to be an integer in [1, 1073741825)';
}

function closed(batch: CudaRecallEngine) {
  const context = batch.createContext([{ tokens: [1] }]);
  context.close();
  return context;
}

function makeCase(): CudaRecallEngine {
  const batch = makeBatch();
  batch.open({ context: batch.createContext([{ tokens: [1, 2] }]), maxTokens: 8 });
  return batch;
}

for (const [what, verb, thrown] of cases) {
  test(`${what} is refused, and nothing changes`, () => {
    const batch = makeCase();
    const { poolUsedBytes } = batch.memory;
    assert.is(
      thrownBy(() => verb(batch)),
      thrown,
    );
    assert.equal(batch.snapshot(0), { status: "ok", length: 2, inSpan: false, depth: 0, candidates: null, spans: 0 });
    assert.is(batch.memory.poolUsedBytes, poolUsedBytes);
    assert.is(batch.badRows(), 0);
    acceptAll(batch, 0, [START, 1, 2]);
    assert.equal([...batch.quotes(0)[0].tokens], [1, 2]);
    batch.close();
  });
}

const options: [what: string, options: Partial<Record<keyof CudaRecallEngineOptions, unknown>>, thrown: string][] = [
  ["no vocabulary", { vocabSize: undefined }, 'TypeError: Expected "vocabSize" to be an integer in [1, 268435457)'],
  ["no end token", { endTokenId: undefined }, 'TypeError: Expected "endTokenId" to be an integer in [0, 20)'],
  ["equal delimiters", { endTokenId: 18 }, 'RangeError: Expected "endTokenId" to differ from "startTokenId"'],
  [
    "a start token past the vocabulary",
    { startTokenId: 20 },
    'RangeError: Expected "startTokenId" to be an integer in [0, 20)',
  ],
  ["barriers of another type", { barrierTokenIds: "1" }, `TypeError: Expected "barrierTokenIds" ${idArray}`],
  ["no span tokens", { maxSpanTokens: 0 }, 'RangeError: Expected "maxSpanTokens" to be an integer in [1, 1073741825)'],
  ["min above max", { minSpanTokens: 129 }, 'RangeError: Expected "minSpanTokens" to be an integer in [0, 129)'],
  ["a mask of NaN", { maskValue: NaN }, 'RangeError: Expected "maskValue" to be a number in [-Infinity, Infinity]'],
  ["recallGenerated 1", { recallGenerated: 1 }, 'TypeError: Expected "recallGenerated" to be a boolean'],
  ["no sequences", { maxSequences: 0 }, 'RangeError: Expected "maxSequences" to be an integer in [1, 1073741825)'],
  ["no spans", { maxSpans: 0 }, 'RangeError: Expected "maxSpans" to be an integer in [1, 1073741825)'],
  ["a pool below 0", { poolBytes: -1 }, 'RangeError: Expected "poolBytes" to be an integer in [0, 9007199254740992)'],
  ["a device below 0", { device: -1 }, 'RangeError: Expected "device" to be an integer in [0, 2147483648)'],
];

for (const [what, changed, thrown] of options) {
  test(`a batch with ${what} is refused`, () => {
    assert.is(
      thrownBy(() => makeBatch(changed as Partial<CudaRecallEngineOptions>)),
      thrown,
    );
  });
}

test("options that only the library can judge give its reason", () => {
  assert.match(
    thrownBy(() => makeBatch({ maxSequences: 2 ** 30 })),
    /^RangeError: Could not create the engine: Expected/,
  );
  assert.throws(() => new CudaRecallEngine(untyped(undefined)), TypeError);
});

test("every verb of a closed batch throws CLOSED", () => {
  const batch = makeCase();
  const context = batch.createContext([{ tokens: [1] }]);
  batch.close();
  batch.close();
  const where = { rows: 1, tokens: address, counts: address };
  const verbs: (() => unknown)[] = [
    () => batch.memory,
    () => batch.createContext([{ tokens: [1] }]),
    () => batch.open({ maxTokens: 1 }),
    () => batch.open({ context, maxTokens: 1 }),
    () => batch.fork(0),
    () => batch.release(0),
    () => batch.append(0, [1]),
    () => batch.beginSpan(0),
    () => batch.endSpan(0),
    () => batch.truncate(0, 2),
    () => batch.reset(0),
    () => batch.clear(0),
    () => batch.setSampling(0),
    () => batch.accept(address, where),
    () => batch.accept(Int32Array.of(1), where),
    () => batch.step(address, where),
    () => batch.step(Int32Array.of(1), where),
    () => batch.prepare(),
    () => batch.rollback(address, where),
    () => batch.apply(address, logits),
    () => batch.sample(address, { ...logits, tokens: address }),
    () => batch.draft(1, where),
    () => batch.join(0n),
    () => batch.statuses(),
    () => batch.badRows(),
    () => batch.bitmasks(),
    () => batch.snapshot(0),
    () => batch.read(0, 0, 1),
    () => batch.bitmask(0),
    () => batch.quotes(0),
    () => batch.sources(0, 0),
  ];
  for (const verb of verbs) assert.match(thrownBy(verb), /^CLOSED: /, String(verb));
  context.close();
  assert.is(context.length, 1);
});

test("handles and arguments of any kind are refused by the addon", () => {
  const batch = makeCase();
  const addon = loadNativeEngine().addon as unknown as CudaAddon;
  const functions = Object.entries(addon).filter(([name]) => name.startsWith("cuda")) as [
    string,
    (...args: unknown[]) => number,
  ][];
  assert.is(functions.length, 35);
  const values = [undefined, null, -1, 2 ** 31, 1.5, NaN, "0", {}, [], new Float64Array(2), -1n, Symbol("handle")];
  for (const [name, call] of functions) {
    for (const value of values) {
      const result = call(...(Array(12).fill(value) as unknown[]));
      assert.ok(result < 0, `${name}(${String(value)}) returned ${result}`);
    }
    assert.ok(call() < 0, `${name}() succeeded`);
  }
  assert.is(addon.liveCudaEngines(), 1);
  batch.close();
  assert.is(addon.liveCudaEngines(), 0);
});

test.run();
