import type { Chart, ChartMaker } from "./chart.js";
import { drawDots, type Dot } from "./dots.js";
import { count, duration, figure } from "./numbers.js";
import { colour } from "./palette.js";
import { distinct, select, type AllResults } from "./select.js";

/** What a user can do today to get quotes, and what it cost on one document. */
interface Peer {
  readonly way: string;
  /** Milliseconds. */
  readonly perToken: number;
  readonly setUp?: number;
  readonly megabytes?: number;
  /** The share of quotes that stand in the document: 1 for a way that is exact by construction. */
  readonly exact: number;
}

interface Case {
  readonly document: string;
  readonly tokens: number;
  readonly peers: readonly Peer[];
}

const NANOSECONDS = 1e6;

/** Verbatim beside the other ways to quotes. */
export const peers: ChartMaker = {
  subject: "Verbatim beside the other ways to quotes",
  bench: "peers",
  make(results) {
    const cases = casesOf(results);
    if (cases.length === 0) return null;
    // The case that says most: with most ways, and the longest of those.
    const headline = cases.reduce((best, one) =>
      one.peers.length > best.peers.length || (one.peers.length === best.peers.length && one.tokens > best.tokens)
        ? one
        : best,
    );
    return { ...wordsOf(headline), table: tableOf(cases), draw: (width) => drawDots(dotsOf(headline), width) };
  },
};

function casesOf(results: AllResults): Case[] {
  const times = select(results, "peers", { subject: "time per token" });
  const keys = distinct(times.map(({ text, tokens }) => JSON.stringify([text ?? "", tokens ?? 0])));
  return keys.map((key) => {
    const [document, tokens] = JSON.parse(key) as [string, number];
    const isHere = (one: { text?: string; tokens?: number }) =>
      (one.text ?? "") === document && (one.tokens ?? 0) === tokens;
    const of = (way: string, subject: string) => select(results, "peers", { way, subject }).find(isHere)?.value;
    const measured = times.filter(isHere).map(({ way, value }): Peer => {
      const [setUp, megabytes] = [of(way, "set-up"), of(way, "memory")];
      return { way, perToken: value, setUp, megabytes, exact: of(way, "exact quotes") ?? 1 };
    });
    return { document, tokens, peers: measured };
  });
}

const isOwn = ({ way }: Peer) => way.startsWith("Verbatim");

function wordsOf({ document, tokens, peers: all }: Case): Pick<Chart, "name" | "title" | "subtitle"> {
  const fastest = (some: readonly Peer[]) => [...some].sort((a, b) => a.perToken - b.perToken).at(0);
  const [own, other] = [fastest(all.filter(isOwn)), fastest(all.filter((one) => !isOwn(one) && one.exact === 1))];
  const cost = (peer: Peer) => `${duration(peer.perToken * NANOSECONDS)} a token${setUpOf(peer)}`;
  const found = [own, other].filter((one) => one !== undefined).map((one) => `${one.way}: ${cost(one)}`);
  return {
    name: "peers",
    title: found.join("; the fastest other way to exact quotes, "),
    subtitle: [
      "What a token and the set-up cost, by what a user can do today,",
      `with ${document === "" ? "a document" : document} of ${count(tokens)} tokens.`,
      "Rings: ways whose quotes were not all in the document. Axes are logarithmic.",
    ].join(" "),
  };
}

function setUpOf({ setUp }: Peer): string {
  return setUp === undefined ? "" : ` after ${duration(setUp * NANOSECONDS)} of set-up`;
}

function tableOf(cases: readonly Case[]): Chart["table"] {
  const show = (value: number | undefined) => (value === undefined ? "–" : figure(value));
  return {
    header: ["way", "document", "tokens", "set-up, ms", "time per token, ms", "memory, MB", "exact quotes"],
    rows: cases.flatMap(({ document, tokens, peers: all }) =>
      all.map(({ way, setUp, perToken, megabytes, exact }) => {
        const figures = [setUp, perToken, megabytes].map(show);
        return [way, document, count(tokens), ...figures, `${Math.round(100 * exact)} %`];
      }),
    ),
  };
}

function dotsOf({ peers: all }: Case): Dot[] {
  const look = (peer: Peer) => ({
    row: peer.exact === 1 ? peer.way : `${peer.way} (${Math.round(100 * peer.exact)} % exact)`,
    colour: colour(isOwn(peer) ? "verbatim" : "muted"),
    isHollow: peer.exact < 1,
  });
  const inOrder = [...all].sort((a, b) => a.perToken - b.perToken);
  return [
    ...inOrder.map((peer) => ({
      ...look(peer),
      panel: "a token of the answer",
      value: peer.perToken,
      label: duration(peer.perToken * NANOSECONDS),
    })),
    ...inOrder
      .filter(({ setUp }) => setUp !== undefined && setUp > 0)
      .map((peer) => ({
        ...look(peer),
        panel: "set-up, once per document",
        value: peer.setUp!,
        label: duration(peer.setUp! * NANOSECONDS),
      })),
  ];
}
