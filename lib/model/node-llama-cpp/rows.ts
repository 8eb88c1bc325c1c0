import type { Token } from "node-llama-cpp";
import type { Asked, Row } from "../sequence/place.js";

/** What node-llama-cpp is asked for behind one token. Its types know `logits` and `totalLogitWeight` from 3.22 on. */
export interface RowRequest {
  readonly token?: true;
  readonly probabilities?: true;
  readonly confidence?: true;
  readonly logits?: true | { readonly filter: LogitFilter };
  readonly totalLogitWeight?: true;
  readonly options: { readonly temperature: 0 };
}

interface LogitFilter {
  readonly tokens: readonly Token[];
  readonly includeSelected: true;
  readonly includeTop?: number;
}

/** What it answers; maps are in the order of probability. */
export interface RowOutput {
  readonly token?: Token | null;
  /** The probability of that token. */
  readonly confidence?: number;
  readonly probabilities?: ReadonlyMap<Token, number>;
  readonly logits?: ReadonlyMap<Token, number>;
  /** The sum of exp(logit - largest logit) over the vocabulary. */
  readonly totalLogitWeight?: number;
}

/** One way to ask a host for rows. */
export interface RowReader {
  request(asked: Asked): RowRequest;
  read(output: RowOutput, asked: Asked): Row;
}

const GREEDY = { temperature: 0 } as const;

/**
 * Whole maps of probabilities, as 3.21 gives them: right, and as long as the vocabulary. Where only the likeliest token is
 * asked for, its probability can be had alone.
 */
export const probabilityRows: RowReader = {
  request: (asked) =>
    asksForBest(asked) ? { token: true, confidence: true, options: GREEDY } : { probabilities: true, options: GREEDY },
  read(output, asked) {
    if (!asksForBest(asked)) return rowOf(output.probabilities!, asked, Math.log);
    return rowOf(new Map([[output.token!, output.confidence!]]), asked, Math.log);
  },
};

function asksForBest(asked: Asked): boolean {
  return "likeliest" in asked && asked.likeliest === 1;
}

/** The host looks each token up in the list of those asked for, so that a long list takes longer than all logits do. */
const MOST_FILTERED = 64;

/**
 * Logits and their total weight, from 3.22 on. The largest logit is that of the token which greedy sampling selects:
 * `includeMax` leaves it out unless it is among the tokens, and `includeTop` sorts the vocabulary.
 */
export const logitRows: RowReader = {
  request(asked) {
    const filter = filterFor(asked);
    const logits = filter === null ? true : { filter };
    return { token: true, logits, totalLogitWeight: true, options: GREEDY };
  },
  read({ logits, totalLogitWeight }, asked) {
    let largest = -Infinity;
    for (const logit of logits!.values()) if (logit > largest) largest = logit;
    const logTotal = largest + Math.log(totalLogitWeight!);
    return rowOf(logits!, asked, (logit) => logit - logTotal);
  },
};

function filterFor(asked: Asked): LogitFilter | null {
  if ("ids" in asked) {
    return asked.ids.length > MOST_FILTERED ? null : { tokens: [...asked.ids] as Token[], includeSelected: true };
  }
  const { likeliest } = asked;
  if (likeliest === 0) return null;
  return { tokens: [], includeSelected: true, ...(likeliest > 1 && { includeTop: likeliest }) };
}

function rowOf(values: ReadonlyMap<Token, number>, asked: Asked, logOf: (value: number) => number): Row {
  if ("ids" in asked) {
    const { ids } = asked;
    return { ids, logProbabilities: Float64Array.from(ids, (id) => logOf(values.get(id as Token)!)) };
  }
  const entries = asked.likeliest === 0 ? [...values] : likeliestOf(values, asked.likeliest);
  return {
    ids: Int32Array.from(entries, ([id]) => id),
    logProbabilities: Float64Array.from(entries, ([, value]) => logOf(value)),
  };
}

/** The first so many, of equals those with the lowest ids. */
function likeliestOf(values: ReadonlyMap<Token, number>, count: number): [Token, number][] {
  const sorted = [...values].sort(([a, x], [b, y]) => y - x || a - b);
  return sorted.slice(0, count);
}
