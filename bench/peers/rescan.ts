/** What may follow a quote, found by reading the whole context again: the distinct tokens after its occurrences. */
export function continuations<Id extends number | bigint>(context: ArrayLike<Id>, quote: ArrayLike<Id>): Set<Id> {
  const allowed = new Set<Id>();
  const last = quote.length - 1;
  for (let i = last; i < context.length - 1; i++) {
    let matched = 0;
    while (matched <= last && context[i - matched] === quote[last - matched]) matched++;
    if (matched > last) allowed.add(context[i + 1]);
  }
  if (quote.length === 0 && context.length > 0) allowed.add(context[0]);
  return allowed;
}
