import type { Engine } from "../../../lib/engine/engine.js";

/** Copies `steps` tokens of a context of its own by quotes; throws where a continuation is missing. */
export function quote(engine: Engine, seed: number, steps: number): void {
  const vocabSize = 500;
  let state = seed;
  const next = (limit: number) => (state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff) % limit;
  const tokens = Int32Array.from({ length: 4000 }, () => next(vocabSize));
  const context = engine.createContext({ vocabSize, barriers: new Int32Array(0) });
  context.append(tokens, { searchable: true, newRun: false });
  const matcher = context.matcher();
  for (let step = 0; step < steps;) {
    matcher.begin(null);
    const start = next(tokens.length - 40);
    for (let depth = 0; depth < 32; depth++, step++) {
      if (!matcher.continuations().includes(tokens[start + depth])) throw new Error(`Seed ${seed}: not offered`);
      if (!matcher.advance(tokens[start + depth])) throw new Error(`Seed ${seed}: refused`);
    }
    if (!matcher.sources(null, 100).includes(start)) throw new Error(`Seed ${seed}: source not found`);
  }
  matcher.close();
  context.close();
}
