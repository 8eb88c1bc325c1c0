/** What every engine has of one context, beside what the oracle knows of it. */
export interface Sides {
  contexts: { fork(): unknown; close(): void }[];
  matchers: { close(): void }[];
}

/** The contexts of a scenario: a call says on which of them it is made, by a number that may be larger than they are. */
export class Trios<Trio extends Sides> {
  private readonly trios: Trio[];

  constructor(first: Trio) {
    this.trios = [first];
  }

  get count(): number {
    return this.trios.length;
  }

  at(on: number): Trio {
    return this.trios[on % this.trios.length]!;
  }

  /** A copy joins them, or takes the place of what it was copied from. */
  join(copy: Trio, of: Trio, replace: boolean): void {
    if (!replace) {
      this.trios.push(copy);
      return;
    }
    closeTrio(of);
    this.trios[this.trios.indexOf(of)] = copy;
  }

  /** One of them goes, unless it is the last. */
  leave(trio: Trio): void {
    if (this.trios.length === 1) return;
    closeTrio(trio);
    this.trios.splice(this.trios.indexOf(trio), 1);
  }

  close(): void {
    for (const trio of this.trios) closeTrio(trio);
  }
}

function closeTrio({ matchers, contexts }: Sides): void {
  for (const matcher of matchers) matcher.close();
  for (const context of contexts) context.close();
}
