/** The groups worth a line each at the end of a run; the suites' own lines have more. */
const SHOWN = ["backend", "length", "text", "rule"];

/** Adds up what the differential suites counted: lines that begin with `histogram`, then JSON. */
export class HistogramSum {
  #steps = 0;
  #groups = new Map();

  addLinesOf(output) {
    for (const line of output.split("\n")) {
      if (!line.startsWith("histogram ")) continue;
      const { steps, ...groups } = JSON.parse(line.slice("histogram ".length));
      this.#steps += steps;
      for (const name of SHOWN) this.#add(name, groups[name] ?? {});
    }
  }

  #add(name, buckets) {
    const sums = this.#groups.get(name) ?? new Map();
    this.#groups.set(name, sums);
    for (const [bucket, count] of Object.entries(buckets)) sums.set(bucket, (sums.get(bucket) ?? 0) + count);
  }

  print() {
    if (this.#steps === 0) return;
    console.log(`\ndifferential steps: ${count(this.#steps)}, each compared with the brute-force oracle`);
    for (const [name, buckets] of this.#groups) {
      const sorted = [...buckets].sort(([a], [b]) => parseInt(a) - parseInt(b) || a.localeCompare(b));
      console.log(`  by ${name}: ${sorted.map(([bucket, steps]) => `${bucket} ${count(steps)}`).join(" | ")}`);
    }
    console.log();
  }
}

function count(value) {
  return value.toLocaleString("en-US");
}
