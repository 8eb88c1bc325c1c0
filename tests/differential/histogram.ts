/** Counts of compared steps, by whatever a suite wants to be sure of. */
export class Histogram {
  steps = 0;
  private readonly groups = new Map<string, Map<string, number>>();

  add(group: string, bucket: string | number, count = 1): void {
    const buckets = this.groups.get(group) ?? new Map<string, number>();
    this.groups.set(group, buckets);
    buckets.set(String(bucket), (buckets.get(String(bucket)) ?? 0) + count);
  }

  /** Notes which block edge a step went over, and whether with a single token. */
  addEdge(before: number, after: number, count: number): void {
    const edge = nextBlockEdge(before);
    if (edge === undefined || after < edge) return;
    this.add(after === before + 1 ? "edge crossed by one token" : "edge crossed", edge, count);
  }

  count(group: string, bucket: string | number): number {
    return this.groups.get(group)?.get(String(bucket)) ?? 0;
  }

  toJSON(): Record<string, unknown> {
    const byNumberThenName = ([a]: [string, number], [b]: [string, number]): number =>
      Number(a) - Number(b) || a.localeCompare(b);
    const groups = [...this.groups].map(([group, buckets]) => [
      group,
      Object.fromEntries([...buckets].sort(byNumberThenName)),
    ]);
    return { steps: this.steps, ...Object.fromEntries(groups) };
  }
}

/** The sizes of context that a histogram tells apart: the lower edges of its buckets. */
const lengthEdges = [0, 1, 64, 256, 512, 1024, 4096, 8192, 16_384, 50_000];

export function lengthBucket(length: number): string {
  const index = lengthEdges.filter((edge) => edge <= length).length - 1;
  return index === lengthEdges.length - 1
    ? `${lengthEdges[index]}+`
    : `${lengthEdges[index]}-${lengthEdges[index + 1]! - 1}`;
}

/** Lengths at which an index built of blocks may do something new. */
export const blockEdges: readonly number[] = [256, 512, 1024, 4096, 8192, 16_384, 65_536];

/** The first block edge past `length`. */
export function nextBlockEdge(length: number): number | undefined {
  return blockEdges.find((edge) => edge > length);
}
