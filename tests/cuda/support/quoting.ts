import { END, START } from "../../support/backends.js";
import { allowedBy, makeBatch } from "./batches.js";

const TEXT = [5, 1, 2, 3, 4, 1, 2, 9];

/** Quotes on a batch of its own; throws where something else is allowed than should be. */
export function quoteOnce(seed: number): void {
  using batch = makeBatch();
  const context = batch.createContext([{ tokens: TEXT, segment: "text" }]);
  const row = batch.open({ context, maxTokens: 20 });
  const start = seed % 4;
  batch.step(Int32Array.of(START), { rows: 1 });
  for (let i = start; i < start + 3; i++) {
    if (!allowedBy(batch.bitmask(row)).includes(TEXT[i])) throw new Error(`Token ${TEXT[i]} is not offered`);
    batch.step(Int32Array.of(TEXT[i]), { rows: 1 });
  }
  batch.step(Int32Array.of(END), { rows: 1 });
  const sources = batch.sources(row, 0);
  if (!sources.some((source) => source.segment === "text" && source.start === start)) throw new Error("No source");
}

/** Quotes until the thread is terminated, in a batch that it never closes. */
export function quoteForever(): never {
  const batch = makeBatch();
  const row = batch.open({ context: batch.createContext([{ tokens: TEXT }]), maxTokens: 20 });
  for (;;) {
    for (const token of [START, 1, 2, 9, END]) batch.step(Int32Array.of(token), { rows: 1 });
    batch.reset(row);
  }
}
