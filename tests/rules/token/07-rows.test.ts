import { test } from "uvu";
import * as assert from "uvu/assert";
import { backends, END, sessionsOn, START } from "../../support/backends.js";

/** A NaN with a payload, which arithmetic could change. */
const PAYLOAD = 0x7fc12345;

for (const backend of backends) {
  const makeSession = sessionsOn(backend);

  test(`7. Inside a span the columns from vocabSize on are masked too (${backend})`, () => {
    const session = makeSession();
    session.append([3, 5]);
    session.accept(START);
    const logits = new Float32Array(50).fill(1);
    assert.is(session.apply(logits), true);
    for (let id = 0; id < 50; id++) assert.is(logits[id], [3, 5, END].includes(id) ? 1 : -Infinity);
  });

  test(`7. A row need not be aligned, and what lies around it is not touched (${backend})`, () => {
    const session = makeSession();
    session.append([0, 5, 17]);
    session.accept(START);
    for (let offset = 0; offset < 20; offset++) {
      for (const width of [20, 21, 33]) {
        const buffer = new Float32Array(64).fill(2);
        assert.is(session.apply(buffer.subarray(offset, offset + width)), true);
        for (let i = 0; i < 64; i++) {
          const masked = i >= offset && i < offset + width && ![0, 5, 17, END].includes(i - offset);
          assert.is(buffer[i], masked ? -Infinity : 2);
        }
      }
    }
  });

  test(`7. The mask assigns maskValue (${backend})`, () => {
    for (const maskValue of [-1e4, 0, 7.5, Infinity]) {
      const session = makeSession({ maskValue });
      session.append([3]);
      session.accept(START);
      const logits = new Float32Array(21).fill(NaN);
      session.apply(logits);
      for (let id = 0; id < 21; id++) assert.ok(Object.is(logits[id], id === 3 || id === END ? NaN : maskValue));
    }
  });

  test(`7. Allowed logits keep their bits (${backend})`, () => {
    const session = makeSession();
    session.append([0, 1, 2, 3, 4]);
    session.accept(START);
    const logits = new Float32Array(20);
    const bits = new Int32Array(logits.buffer);
    const given = [PAYLOAD, 0x80000000 | 0, 1, 0x7f800000, 0xff800000 | 0];
    bits.set(given);
    session.apply(logits);
    assert.equal(Array.from(bits.subarray(0, 5)), given);
  });
}

test.run();
