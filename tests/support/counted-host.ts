import type { LlamaContextSequence } from "node-llama-cpp";

/** A sequence that counts how often it has the model read something and sample. */
export interface CountedHost {
  readonly sequence: LlamaContextSequence;
  /** Passes so far. */
  readonly passes: number;
  /** Tokens sampled in them, the refuted ones included. */
  readonly sampled: number;
}

export function countPasses(host: LlamaContextSequence): CountedHost {
  const counted = { sequence: host, passes: 0, sampled: 0 };
  const count = (samples: number) => {
    counted.passes++;
    counted.sampled += samples;
  };
  const evaluate: LlamaContextSequence["evaluateWithMetadata"] = (...given) => {
    const outputs = host.evaluateWithMetadata(...given);
    const next = outputs.next.bind(outputs);
    outputs.next = (...replacement) => {
      count(1);
      return next(...replacement);
    };
    return outputs;
  };
  const verify: LlamaContextSequence["controlledEvaluate"] = (items, options) => {
    count(items.filter((item) => Array.isArray(item)).length);
    return host.controlledEvaluate(items, options);
  };
  counted.sequence = new Proxy(host, {
    get(target, property) {
      if (property === "evaluateWithMetadata") return evaluate;
      if (property === "controlledEvaluate") return verify;
      const value: unknown = Reflect.get(target, property, target);
      return typeof value === "function" ? (value.bind(target) as unknown) : value;
    },
  });
  return counted;
}
