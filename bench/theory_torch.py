"""The paper's filter (RecaLLM, appendix B.1) as operations on tensors, one after the other, on one thread of the CPU,
where the paper computes its masks. bench/theory.bench.ts runs it where PyTorch is installed; a line of JSON a figure.

usage: theory_torch.py VOCABULARY FILE_OF_INT32_TOKENS TOKENS_OF_A_CONTEXT...
"""

import json
import random
import statistics
import sys
import time
from array import array

import torch

SPAN_TOKENS = 32
WAY = "the paper's tensors"


class Span:
    """At first every position is a candidate; each token retains those that go on with it."""

    def __init__(self, context, vocab_size):
        self.context, self.vocab_size = context, vocab_size
        # Where each candidate goes on: its position plus the tokens quoted so far.
        self.following = torch.arange(len(context))

    def mask(self):
        mask = torch.zeros(self.vocab_size, dtype=torch.bool)
        mask[self.context[self.following]] = True
        return mask

    def advance(self, token):
        following = self.following[self.context[self.following] == token] + 1
        self.following = following[following < len(self.context)]


def quote(context, vocab_size, start):
    """The masks of a span, and the nanoseconds of each."""
    tokens, masks, times, span = context[start : start + SPAN_TOKENS].tolist(), [], [], None
    for depth in range(SPAN_TOKENS):
        before = time.perf_counter_ns()
        if depth == 0:
            span = Span(context, vocab_size)
        else:
            span.advance(tokens[depth - 1])
        masks.append(span.mask())
        times.append(time.perf_counter_ns() - before)
    return masks, times


def check(context, vocab_size, start):
    """Compares every mask of a span with what a search of the list finds."""
    tokens = context.tolist()
    masks, _ = quote(context, vocab_size, start)
    for depth, mask in enumerate(masks):
        quoted = tokens[start : start + depth]
        found = {tokens[i + depth] for i in range(len(tokens) - depth) if tokens[i : i + depth] == quoted}
        if mask.nonzero().flatten().tolist() != sorted(found):
            sys.exit(f"theory_torch: the mask after {depth} tokens is wrong")


def measure(context, vocab_size):
    draw = random.Random(5)
    spans = min(64, max(4, 2**23 // len(context)))
    starts = [draw.randrange(len(context) - SPAN_TOKENS) for _ in range(spans)]
    check(context[:4096], vocab_size, starts[0] % (4096 - SPAN_TOKENS))
    times = [quote(context, vocab_size, start)[1] for start in starts]

    def figure(subject, value, **more):
        print(json.dumps({"subject": subject, "way": WAY, "unit": "ns", "tokens": len(context), "value": value, **more}))

    figure("whole span", statistics.mean(sum(of_span) for of_span in times))
    for depth in range(SPAN_TOKENS):
        figure("step by depth", statistics.mean(of_span[depth] for of_span in times), depth=depth)


def main():
    torch.set_num_threads(1)
    vocab_size, path, sizes = int(sys.argv[1]), sys.argv[2], map(int, sys.argv[3:])
    tokens = array("i")
    with open(path, "rb") as file:
        tokens.frombytes(file.read())
    for size in sizes:
        measure(torch.tensor(tokens[:size].tolist()), vocab_size)


if __name__ == "__main__":
    main()
