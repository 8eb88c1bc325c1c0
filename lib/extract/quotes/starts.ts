import { EDGE_END } from "../../engine/text-engine.js";
import type { QuotePlan } from "../../schema/plan/plan.js";
import { JsonStringScanner } from "../json/string-scanner.js";

/** How long a quote may be: what its schema says, and in bytes of JSON text. */
export interface QuoteLimits extends Pick<QuotePlan, "minLength" | "maxLength"> {
  readonly maxBytes: number;
}

/** A document's text as it stands in JSON strings, and where quotes may start and end; `null`: at every character. */
export interface EscapedDocument {
  readonly bytes: Uint8Array;
  readonly edges: Uint8Array | null;
}

/** The edges of a document for quotes of certain limits. */
export interface QuoteEdges {
  readonly edges: Uint8Array | null;
  /** Whether a quote may start at any. */
  readonly hasStart: boolean;
}

/**
 * Marks the edges from which no quote comes to an end within its limits, or none that is more than white space: a quote
 * may end there, and none starts. Whatever a quote begins with can be completed then.
 */
export function edgesForQuotes({ bytes, edges }: EscapedDocument, limits: QuoteLimits): QuoteEdges {
  const { starts, ink } = charactersOf(bytes);
  const count = starts.length - 1;
  const isEdge = (character: number) => character === count || edges === null || edges[starts[character]] !== 0;
  const marked = edges === null ? new Uint8Array(bytes.length).fill(1) : edges.slice();
  let [reach, lastEdge, nextInk] = [0, 0, 0];
  let [hasStart, isMarked] = [false, false];
  for (let start = 0; start < count; start++) {
    while (reach < count && reach - start < limits.maxLength && starts[reach + 1] - starts[start] <= limits.maxBytes) {
      if (isEdge(++reach)) lastEdge = reach;
    }
    while (nextInk < count && (nextInk < start || !ink[nextInk])) nextInk++;
    if (!isEdge(start)) continue;
    const hasEnd = lastEdge - start >= Math.max(1, limits.minLength) && nextInk < lastEdge;
    hasStart ||= hasEnd;
    if (hasEnd) continue;
    marked[starts[start]] = EDGE_END;
    isMarked = true;
  }
  return { edges: isMarked ? marked : edges, hasStart };
}

/** Where the characters of escaped text start, and past its end; and which are no white space. */
function charactersOf(bytes: Uint8Array): { starts: number[]; ink: boolean[] } {
  const starts: number[] = [];
  const ink: boolean[] = [];
  const scanner = new JsonStringScanner();
  bytes.forEach((byte, offset) => {
    scanner.hasInk = false;
    scanner.read(byte);
    if (scanner.characters > starts.length) {
      starts.push(offset);
      ink.push(false);
    }
    // A character is known by its last byte.
    if (scanner.hasInk) ink[ink.length - 1] = true;
  });
  return { starts: [...starts, bytes.length], ink };
}
