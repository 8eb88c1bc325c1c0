import { printTable } from "../harness/table.js";
import type { Measurement } from "../harness/results.js";
import type { Figures } from "./figures.js";

/** What a table's figures are about. */
export type About = Required<Pick<Measurement, "text" | "tokens" | "vocabulary">>;

/** A table of one host's ways at several sizes: its rows are the measurements that it gives. */
export class PeerTable {
  readonly measurements: Measurement[] = [];
  readonly #host: string;
  readonly #units: Readonly<Record<string, string>>;
  readonly #rows: { readonly figures: Figures; readonly tokens: number; readonly found: readonly Measurement[] }[] = [];

  /** @param units of each subject */
  constructor(host: string, units: Readonly<Record<string, string>>) {
    this.#host = host;
    this.#units = { ...units, memory: "MB" };
  }

  add(all: readonly Figures[], about: About): void {
    for (const figures of all) {
      const found = figures.measurements(about, this.#units);
      this.#rows.push({ figures, tokens: about.tokens, found });
      this.measurements.push(...found.map((each) => ({ ...each, way: `${this.#host}: ${each.way}` })));
    }
  }

  /**
   * Prints a row for each way and size, with what is to be said of each way in the end; then what was found wrong with
   * quotes, and why a way failed.
   */
  print(notes?: { readonly about: string; readonly of: ReadonlyMap<string, string> }): void {
    const subjects = Object.keys(this.#units).filter((subject) =>
      this.#rows.some(({ found }) => found.some((one) => one.subject === subject)),
    );
    const names = subjects.map((subject) =>
      this.#units[subject] === "ratio" ? subject : `${subject}, ${this.#units[subject]}`,
    );
    const rows = this.#rows.map(({ figures, tokens, found }) => [
      figures.way,
      tokens.toLocaleString("en-US"),
      ...subjects.map((subject, i) => {
        const one = found.find((each) => each.subject === subject);
        if (one !== undefined) return written(one);
        return figures.failure !== null && i === 0 ? "fails" : "";
      }),
      ...(notes === undefined ? [] : [notes.of.get(figures.way) ?? ""]),
    ]);
    printTable(["way", "tokens to search", ...names, ...(notes === undefined ? [] : [notes.about])], rows);
    const remarks = this.#rows.flatMap(({ figures: { way, failure, remark }, tokens }) => {
      if (failure !== null) return [`- ${way}, ${tokens.toLocaleString("en-US")} tokens, fails: ${failure}`];
      return remark === null ? [] : [`- ${way}, ${tokens.toLocaleString("en-US")} tokens: ${remark}`];
    });
    if (remarks.length > 0) console.log(`${remarks.join("\n")}\n`);
  }
}

function written({ value, unit }: Measurement): string {
  if (unit === "ratio") return `${Math.round(100 * value)} %`;
  if (unit === "MB") return value.toFixed(0);
  return value >= 10 ? Math.round(value).toLocaleString("en-US") : value.toPrecision(2);
}
