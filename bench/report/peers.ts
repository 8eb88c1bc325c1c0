import type { Chart, ChartMaker } from "./chart.js";
import { drawDots, type Dot } from "./dots.js";
import { count, duration, figure } from "./numbers.js";
import { colour } from "./palette.js";
import { distinct, type AllResults } from "./select.js";

/** What a user of a host can do today to get quotes, and what it cost: each subject's figure, times in milliseconds. */
interface Peer {
  readonly way: string;
  readonly figures: Readonly<Record<string, number>>;
}

interface Case {
  /** "node-llama-cpp", … */
  readonly host: string;
  /** What is searched. */
  readonly text: string;
  readonly tokens: number;
  readonly peers: readonly Peer[];
}

const PER_TOKEN = "time per token";
const OPENING = "opening a quote";
const EXACT = "exact quotes";
const panels = { [OPENING]: "opening a quote", [PER_TOKEN]: "a token of a quote", "set-up": "set-up" };
const columns = ["set-up", OPENING, PER_TOKEN, "time per token, astray", "memory", EXACT];
const NANOSECONDS = 1e6;

/** Verbatim beside the other ways to quotes. */
export const peers: ChartMaker = {
  subject: "Verbatim beside the other ways to quotes",
  bench: "peers",
  make(results) {
    const cases = casesOf(results);
    if (cases.length === 0) return null;
    // The case that says most: with most ways, and the longest of those.
    const isBetter = (one: Case, other: Case) =>
      one.peers.length > other.peers.length || (one.peers.length === other.peers.length && one.tokens > other.tokens);
    const headline = cases.reduce((best, one) => (isBetter(one, best) ? one : best));
    return { ...wordsOf(headline), table: tableOf(cases), draw: (width) => drawDots(dotsOf(headline), width) };
  },
};

/** A way's name begins with its host. */
function casesOf(results: AllResults): Case[] {
  const measurements = (results.get("peers")?.measurements ?? []).flatMap(({ way, text, tokens, subject, value }) => {
    const [host, own] = way.includes(": ")
      ? [way.slice(0, way.indexOf(": ")), way.slice(way.indexOf(": ") + 2)]
      : ["", way];
    return text === undefined || tokens === undefined ? [] : [{ host, way: own, text, tokens, subject, value }];
  });
  const keys = distinct(measurements.map(({ host, text, tokens }) => JSON.stringify({ host, text, tokens })));
  return keys.map((key) => {
    const here = JSON.parse(key) as Omit<Case, "peers">;
    const of = measurements.filter(
      ({ host, text, tokens }) => host === here.host && text === here.text && tokens === here.tokens,
    );
    const ways = distinct(of.map(({ way }) => way));
    const figuresOf = (way: string) =>
      Object.fromEntries(of.filter((one) => one.way === way).map(({ subject, value }) => [subject, value]));
    return { ...here, peers: ways.map((way) => ({ way, figures: figuresOf(way) })) };
  });
}

const isOwn = ({ way }: Peer) => way.startsWith("Verbatim");
const isExact = ({ figures }: Peer) => (figures[EXACT] ?? 1) === 1;

function wordsOf({ host, text, tokens, peers: all }: Case): Pick<Chart, "name" | "title" | "subtitle"> {
  const fastest = [...all.filter(isOwn)].sort((a, b) => a.figures[PER_TOKEN]! - b.figures[PER_TOKEN]!).at(0);
  const others = all.filter((one) => !isOwn(one) && isExact(one));
  const time = (peer: Peer | undefined, subject: string) => duration((peer?.figures[subject] ?? NaN) * NANOSECONDS);
  const range = (subject: string) => {
    const sorted = [...others].sort((a, b) => a.figures[subject]! - b.figures[subject]!);
    const ends = distinct([time(sorted[0], subject), time(sorted.at(-1), subject)]);
    return ends.join(" to ");
  };
  return {
    name: "peers",
    title: [
      `With ${count(tokens)} tokens to search, a token of a quote takes ${time(fastest, PER_TOKEN)} with Verbatim`,
      `and ${range(PER_TOKEN)} by other exact ways; opening a quote takes ${time(fastest, OPENING)},`,
      `and ${range(OPENING)}`,
    ].join(" "),
    subtitle: [
      `What quotes from a ${text} cost${host === "" ? "" : ` in ${host}`}, by what a user can do today,`,
      "the model's own passes included. Rings: not all quotes were in the document and closed. Axes are logarithmic.",
    ].join(" "),
  };
}

function tableOf(cases: readonly Case[]): Chart["table"] {
  const show = (value: number | undefined) => (value === undefined ? "–" : figure(value));
  return {
    header: [
      ...["host", "way", "searched", "tokens", "set-up, ms", "opening a quote, ms", "time per token, ms"],
      ...["the model astray, ms", "memory, MB", "exact quotes"],
    ],
    rows: cases.flatMap(({ host, text, tokens, peers: all }) =>
      all.map(({ way, figures }) => {
        const shown = columns.map((subject) => {
          const value = figures[subject];
          return subject === EXACT && value !== undefined ? percent(value) : show(value);
        });
        return [host, way, text, count(tokens), ...shown];
      }),
    ),
  };
}

function dotsOf({ peers: all }: Case): Dot[] {
  const inOrder = [...all].sort((a, b) => a.figures[PER_TOKEN]! - b.figures[PER_TOKEN]!);
  return Object.entries(panels).flatMap(([subject, panel]) =>
    inOrder.flatMap((peer) => {
      const value = peer.figures[subject];
      if (value === undefined) return [];
      return [
        {
          ...{ panel, value, label: duration(value * NANOSECONDS), isHollow: !isExact(peer) },
          row: peer.way,
          colour: colour(isOwn(peer) ? "verbatim" : "muted"),
        },
      ];
    }),
  );
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}
