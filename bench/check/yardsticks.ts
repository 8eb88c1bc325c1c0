import { each, type Work } from "./in-turns.js";

/** Plain work on a row of logits, which no change of Verbatim makes faster or slower. */
export function yardsticks(width: number): { readonly fill: Work; readonly argmax: Work } {
  const row = Float32Array.from({ length: width }, (_, i) => Math.sin(i));
  const filled = new Float32Array(width);
  return {
    fill: each(() => {
      filled.fill(-Infinity);
    }),
    argmax: each(() => {
      let best = 0;
      for (let id = 1; id < width; id++) if (row[id]! > row[best]!) best = id;
      // What nobody reads need not be worked out.
      if (best === width) throw new Error("not a place in the row");
    }),
  };
}
