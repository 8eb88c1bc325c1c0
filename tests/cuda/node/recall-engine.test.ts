import { test } from "uvu";
import * as assert from "uvu/assert";
import { END, START, VOCAB_SIZE } from "../../support/backends.js";
import { acceptAll, allowedBy, hasCode, makeBatch } from "../support/batches.js";
import { openDevice } from "../support/device.js";

const device = await openDevice();
const TEXT = [1, 2, 3, 1, 2, 4];

test("a quote, step by step, on a stream of the caller's", () => {
  const batch = makeBatch();
  const stream = device.createStream();
  const context = batch.createContext([{ tokens: TEXT, segment: "text" }], { stream });
  assert.is(context.length, 6);
  const row = batch.open({ context, maxTokens: 10, stream });
  const logits = device.place(new Float32Array(VOCAB_SIZE));
  const rowsOfLogits = { rows: 1, dtype: "float32", width: VOCAB_SIZE, stream } as const;
  const allowedAfter = (token: number) => {
    device.write(logits, new Float32Array(VOCAB_SIZE), stream);
    batch.step(Int32Array.of(token), { rows: 1, stream });
    batch.apply(logits, rowsOfLogits);
    const masked = device.read(logits, new Float32Array(VOCAB_SIZE), stream);
    return Array.from(masked.keys()).filter((id) => masked[id] === 0);
  };
  assert.equal(allowedAfter(START), [1, 2, 3, 4, END]);
  assert.equal(allowedAfter(1), [2, END]);
  assert.equal(allowedAfter(2), [3, 4, END]);
  assert.equal(batch.snapshot(row), { status: "ok", length: 9, inSpan: true, depth: 2, candidates: 2, spans: 1 });
  assert.is(allowedAfter(END).length, VOCAB_SIZE);
  assert.equal(batch.snapshot(row), { status: "ok", length: 10, inSpan: false, depth: 0, candidates: null, spans: 1 });
  assert.equal([...batch.read(row, 4, 10)], [2, 4, START, 1, 2, END]);
  const [span] = batch.quotes(row);
  assert.equal([[...span.tokens], span.start, span.end, span.open], [[1, 2], 7, 9, false]);
  assert.equal(span.sources(), [
    { segment: "text", start: 0, end: 2 },
    { segment: "text", start: 3, end: 5 },
  ]);
  assert.equal(batch.sources(row, 0, { limit: 1 }), [{ segment: "text", start: 0, end: 2 }]);
  batch.close();
});

test("without a row map row i is sequence i; with one rows are in any order, and some are none", () => {
  const batch = makeBatch();
  const rows = [0, 1, 2].map(() => batch.open({ maxTokens: 10 }));
  assert.equal(rows, [0, 1, 2]);
  for (const row of rows) batch.append(row, TEXT.slice(row));
  batch.step(Int32Array.of(START, 5, START), { rows: 3 });
  assert.equal(
    rows.map((row) => batch.snapshot(row).inSpan),
    [true, false, true],
  );
  const sequences = device.place(Int32Array.of(2, -1, 0));
  batch.step(device.place(Int32Array.of(3, 7, 1)), { rows: 3, sequences });
  assert.equal([...batch.read(0, 6, 8)], [START, 1]);
  assert.equal([...batch.read(1, 5, 6)], [5]);
  assert.equal([...batch.read(2, 4, 6)], [START, 3]);
  assert.is(batch.badRows(), 0);
  batch.close();
});

test("rows without an open sequence, and a row's second mention, are skipped and counted", () => {
  const batch = makeBatch();
  batch.open({ maxTokens: 10 });
  const sequences = device.place(Int32Array.of(0, 3, 0, 77));
  batch.accept(Int32Array.of(1, 2, 3, 4), { rows: 4, sequences });
  assert.is(batch.badRows(), 3);
  assert.equal([...batch.read(0, 0, batch.snapshot(0).length)], [1]);
  batch.close();
});

test("each status has its name, and touches no other sequence", () => {
  const batch = makeBatch({ maxSpans: 1 });
  const fresh = () => {
    const row = batch.open({ maxTokens: 9 });
    batch.append(row, TEXT);
    return row;
  };
  const other = fresh();
  const logits = device.place(new Float32Array(VOCAB_SIZE).fill(NaN));
  const tokens = device.place(new Int32Array(4));
  const causes: Record<string, (row: number) => void> = {
    TOKEN_NOT_ALLOWED: (row) => acceptAll(batch, row, [START, 7]),
    TOKEN_OUT_OF_RANGE: (row) => acceptAll(batch, row, [VOCAB_SIZE]),
    CONTEXT_FULL: (row) => batch.append(row, TEXT),
    SPANS_FULL: (row) => acceptAll(batch, row, [START, END, START]),
    WRONG_SPAN: (row) => batch.endSpan(row),
    BAD_LENGTH: (row) => batch.truncate(row, 7),
    NO_VALID_TOKEN: (row) => {
      const sequences = device.place(Int32Array.of(row));
      batch.sample(logits, { rows: 1, sequences, dtype: "float32", width: VOCAB_SIZE, tokens });
    },
  };
  for (const [status, cause] of Object.entries(causes)) {
    const row = fresh();
    cause(row);
    assert.equal(batch.statuses(), ["ok", status, "ok", "ok"]);
    assert.is(batch.snapshot(row).status, status);
    assert.equal(allowedBy(batch.bitmask(row)), [END]);
    assert.is(allowedBy(batch.bitmask(other)).length, 32);
    batch.clear(row);
    assert.equal(batch.statuses(), ["ok", "ok", "ok", "ok"]);
    batch.release(row);
  }
  batch.close();
});

test("truncate and reset clear a status, and go back", () => {
  const batch = makeBatch();
  const row = batch.open({ context: batch.createContext([{ tokens: TEXT }]), maxTokens: 10 });
  acceptAll(batch, row, [START, 1, 9]);
  batch.truncate(row, 7);
  assert.equal(batch.snapshot(row), { status: "ok", length: 7, inSpan: true, depth: 0, candidates: null, spans: 1 });
  acceptAll(batch, row, [9]);
  batch.reset(row);
  assert.equal(batch.snapshot(row), { status: "ok", length: 6, inSpan: false, depth: 0, candidates: null, spans: 0 });
  batch.close();
});

test("accept and prepare do what step does; prepare can be left to the verb that needs the masks", () => {
  const batch = makeBatch();
  const context = batch.createContext([{ tokens: TEXT }]);
  const rows = [0, 1, 2].map(() => batch.open({ context, maxTokens: 10 }));
  batch.accept(Int32Array.of(START), { rows: 1 });
  batch.prepare();
  assert.equal(allowedBy(batch.bitmask(rows[0])), [1, 2, 3, 4, END]);
  acceptAll(batch, rows[1], [START, 3]);
  assert.equal(allowedBy(batch.bitmask(rows[1])), [1, END]);
  batch.close();
});

test("the bitmasks on the device are those that are read back", () => {
  const batch = makeBatch();
  const context = batch.createContext([{ tokens: TEXT }]);
  const rows = [0, 1].map(() => batch.open({ context, maxTokens: 10 }));
  acceptAll(batch, rows[1], [START, 1]);
  batch.prepare();
  batch.join(0n);
  const { address, wordsPerRow } = batch.bitmasks();
  const words = device.read(address, new Int32Array(2 * wordsPerRow));
  assert.equal(allowedBy(words.subarray(0, 1)), allowedBy(Int32Array.of(-1)));
  assert.equal(allowedBy(words.subarray(wordsPerRow)), [2, END]);
  batch.close();
});

test("a programmatic span closes by its own ids, or by endSpan", () => {
  const batch = makeBatch();
  const row = batch.open({ maxTokens: 20 });
  batch.append(row, TEXT);
  batch.beginSpan(row, { end: [7, 8, 7] });
  assert.equal(allowedBy(batch.bitmask(row)), [1, 2, 3, 4, 7, 8]);
  acceptAll(batch, row, [1, 8]);
  batch.beginSpan(row);
  acceptAll(batch, row, [4]);
  batch.endSpan(row);
  assert.equal(
    batch.quotes(row).map(({ tokens, open }) => [[...tokens], open]),
    [
      [[1], false],
      [[4], false],
    ],
  );
  batch.close();
});

test("a fork shares the past and nothing after it", () => {
  const batch = makeBatch();
  const row = batch.open({ context: batch.createContext([{ tokens: TEXT }]), maxTokens: 10 });
  acceptAll(batch, row, [5, START, 1]);
  const fork = batch.fork(row);
  acceptAll(batch, fork, [2]);
  acceptAll(batch, row, [END, 6]);
  assert.equal([...batch.read(row, 6, 11)], [5, START, 1, END, 6]);
  assert.equal([...batch.read(fork, 6, 10)], [5, START, 1, 2]);
  assert.equal(allowedBy(batch.bitmask(fork)), [3, 4, END]);
  batch.close();
});

test("rollback takes counts from the device", () => {
  const batch = makeBatch();
  const context = batch.createContext([{ tokens: TEXT }]);
  const rows = [0, 1, 2].map(() => batch.open({ context, maxTokens: 10 }));
  for (const row of rows) acceptAll(batch, row, [START, 1, 2, 3]);
  batch.rollback(device.place(Int32Array.of(0, 2, 9)), { rows: 3 });
  assert.equal(
    rows.map((row) => batch.snapshot(row).length),
    [10, 8, 10],
  );
  assert.equal(batch.statuses(), ["ok", "ok", "BAD_LENGTH", "ok"]);
  batch.close();
});

test("drafts come with their counts", () => {
  const batch = makeBatch();
  const context = batch.createContext([{ tokens: [1, 2, 3, 4, 5, 1, 2, 7] }]);
  [0, 1].forEach(() => batch.open({ context, maxTokens: 10 }));
  batch.accept(Int32Array.of(START, START), { rows: 2 });
  batch.accept(Int32Array.of(1, 3), { rows: 2 });
  const [tokens, counts] = [device.place(new Int32Array(8)), device.place(new Int32Array(2))];
  const draft = (choose: "agreed" | "latest") => {
    batch.draft(4, { rows: 2, choose, tokens, counts });
    const written = device.read(tokens, new Int32Array(8));
    const found = device.read(counts, new Int32Array(2));
    return Array.from(found, (count, row) => [...written.subarray(4 * row, 4 * row + count)]);
  };
  assert.equal(draft("agreed"), [[2], [4, 5, 1, 2]]);
  assert.equal(draft("latest"), [
    [2, 7],
    [4, 5, 1, 2],
  ]);
  batch.close();
});

test("a captured step is replayed with what its memory holds then", () => {
  const batch = makeBatch();
  const stream = device.createStream();
  const context = batch.createContext([{ tokens: TEXT }], { stream });
  [0, 1].forEach(() => batch.open({ context, maxTokens: 20, stream }));
  const tokens = device.place(Int32Array.of(START, START));
  const sequences = device.place(Int32Array.of(1, -1));
  const logits = device.place(new Float32Array(2 * VOCAB_SIZE));
  const graph = device.capture(stream, () => {
    batch.step(tokens, { rows: 2, sequences, stream });
    batch.apply(logits, { rows: 2, sequences, dtype: "float32", width: VOCAB_SIZE, stream });
  });
  batch.join(stream);
  const replay = (rowMap: number[], given: number[]) => {
    device.write(sequences, Int32Array.from(rowMap), stream);
    device.write(tokens, Int32Array.from(given), stream);
    device.write(logits, new Float32Array(2 * VOCAB_SIZE), stream);
    device.launch(graph, stream);
    const masked = device.read(logits, new Float32Array(2 * VOCAB_SIZE), stream);
    return [0, 1].map((row) =>
      Array.from({ length: VOCAB_SIZE }, (_, id) => id).filter((id) => masked[row * VOCAB_SIZE + id] === 0),
    );
  };
  const everything = Array.from({ length: VOCAB_SIZE }, (_, id) => id);
  assert.equal(replay([1, -1], [START, 0]), [[1, 2, 3, 4, END], everything]);
  assert.equal(replay([0, 1], [5, 3]), [everything, [1, END]]);
  assert.equal(replay([1, 0], [1, START]), [
    [2, END],
    [1, 2, 3, 4, 5, END],
  ]);
  batch.close();
});

test("what cannot be captured says so, and changes nothing", () => {
  const batch = makeBatch();
  const stream = device.createStream();
  const row = batch.open({ maxTokens: 20, stream });
  batch.append(row, TEXT, { segment: "own", stream });
  const counts = device.place(Int32Array.of(1));
  device.capture(stream, () => {
    const verbs: (() => unknown)[] = [
      () => batch.accept(Int32Array.of(1), { rows: 1, stream }),
      () => batch.step(Int32Array.of(1), { rows: 1, stream }),
      () => batch.append(row, [1], { stream }),
      () => batch.beginSpan(row, { stream }),
      () => batch.truncate(row, 2, { stream }),
      () => batch.rollback(counts, { rows: 1, stream }),
      () => batch.open({ maxTokens: 1, stream }),
      () => batch.statuses({ stream }),
    ];
    for (const verb of verbs) assert.throws(verb, hasCode("CAPTURING"), String(verb));
  });
  assert.is(batch.snapshot(row).length, 6);
  batch.beginSpan(row, { segments: ["own"], stream });
  batch.close();
});

test("memory is the pool's, and comes back", () => {
  const batch = makeBatch();
  const { deviceBytes, poolBytes, poolUsedBytes } = batch.memory;
  assert.is(poolBytes, 1 << 16);
  assert.ok(deviceBytes > poolBytes);
  assert.is(poolUsedBytes, 0);
  const context = batch.createContext([{ tokens: TEXT }]);
  const row = batch.open({ context, maxTokens: 100 });
  const { poolUsedBytes: used } = batch.memory;
  assert.ok(used >= 6 * 8 + 4 * 8 + 100 * 8, `${used} bytes`);
  context.close();
  assert.is(batch.memory.poolUsedBytes, used);
  batch.release(row);
  assert.equal(batch.memory, { deviceBytes, poolBytes, poolUsedBytes: 0 });
  batch.close();
});

test("no memory, no row: an error for that call, the batch unharmed", () => {
  const batch = makeBatch();
  const context = batch.createContext([{ tokens: TEXT }]);
  assert.throws(() => batch.createContext([{ tokens: new Int32Array(20_000) }]), hasCode("OUT_OF_MEMORY"));
  assert.throws(() => batch.open({ maxTokens: 20_000 }), hasCode("OUT_OF_MEMORY"));
  for (let i = 0; i < 4; i++) assert.is(batch.open({ context, maxTokens: 10 }), i);
  assert.throws(() => batch.open({ context, maxTokens: 10 }), hasCode("LIMIT"));
  assert.throws(() => batch.fork(0), hasCode("LIMIT"));
  batch.release(2);
  assert.is(batch.fork(0), 2);
  acceptAll(batch, 2, [START, 3]);
  assert.equal(allowedBy(batch.bitmask(2)), [1, END]);
  batch.close();
});

if (device.isEmulated) {
  test("an error of the CUDA runtime is told, and the batch can be closed", () => {
    const batch = makeBatch();
    batch.open({ maxTokens: 10 });
    device.failNextLaunch();
    assert.throws(() => batch.append(0, TEXT), hasCode("CUDA_ERROR"));
    batch.close();
  });

  test("without a driver, with an old one, without a device: a help page with the reason", () => {
    const reasons: [{ devices?: number; driver?: number }, string][] = [
      [{ driver: 0 }, "no NVIDIA driver is installed"],
      [{ driver: 11_040 }, "the NVIDIA driver supports CUDA 11.4"],
      [{ devices: 0 }, "no CUDA-capable device"],
    ];
    for (const [machine, reason] of reasons) {
      device.withMachine(machine, () => {
        try {
          makeBatch();
          assert.unreachable();
        } catch (error) {
          assert.ok(hasCode("BACKEND_UNAVAILABLE")(error), String(error));
          const { message } = error as Error;
          for (const part of [reason, "nvidia-smi", "What you can do:"]) assert.ok(message.includes(part), message);
        }
      });
    }
    makeBatch().close();
  });
}

test("a device that is not there gives a help page", () => {
  assert.throws(() => makeBatch({ device: 1000 }), hasCode("BACKEND_UNAVAILABLE"));
  assert.throws(() => makeBatch({ device: 1000 }), /device 1000/);
});

test.run();
