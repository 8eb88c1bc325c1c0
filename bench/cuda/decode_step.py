"""What recall spans add to a decoding step: a transformer of 7B shape with random weights, measured with and without.

Every row is in a span, quoting text at uniform positions, 32 tokens at a time. The ways of ways.py take turns, in an
order that is drawn anew for each step; steps at which the rows are between two spans are not counted. Before anything
is timed, the masks of all ways are compared over two spans.

usage: decode_step.py [--json FILE] [--rows 1 8] [--context 32768] [--rounds 400] [--library PATH]
       decode_step.py --emulated PATH      only compares the masks, of a small model on the CPU, with a library that was
                                           built with tests/cuda/emulation
"""

import argparse
import random
import sys
from statistics import median

import torch

import token_texts
import transformer
import verbatim_cuda as vbt
from confidence import ratio_of_medians
from device import EmulatedDevice, Gpu
from table import Table, write_tables
from ways import Captured, Decoding, DeviceRescan, HostRescan, Plain, ThreadedFilter, Verbatim

SPAN_TOKENS = 32
# The start token, the span, the end token.
CYCLE = SPAN_TOKENS + 2
CHECKED_ROUNDS = 2 * CYCLE
# vocab_size, start and end token: RecaLLM's with Qwen2.5's tokenizer, and some for a model of 1,024 logits.
IDS = (151_669, 151_665, 151_666)
TINY_IDS = (1_000, 998, 999)


def make_script(contexts, rounds, ids):
    """What each row accepts in each round: spans one after the other."""
    generator = random.Random(3)
    _, start_token, end_token = ids
    columns = []
    for context in contexts:
        tokens = []
        while len(tokens) < rounds:
            start = generator.randrange(len(context) - SPAN_TOKENS)
            tokens += [start_token, *context[start : start + SPAN_TOKENS], end_token]
        columns.append(tokens[:rounds])
    return [list(row) for row in zip(*columns, strict=True)]


class Run:
    """One batch: its ways, and their turns."""

    def __init__(self, model, ids, library, device, rows, options):
        # Every row and round, the checked ones too, may add a token.
        max_tokens = options.rounds + CHECKED_ROUNDS + 64
        self.device, self.rounds = device, options.rounds
        text = [token % (ids[1] - 1) for token in token_texts.prose_like(options.context + 997 * rows)]
        contexts = [text[997 * row : 997 * row + options.context] for row in range(rows)]
        self.script = make_script(contexts, options.rounds + CHECKED_ROUNDS, ids)
        self.on_device = torch.tensor(self.script, dtype=torch.int32, device=device.name)
        self.tokens = device.empty(rows, dtype=torch.int32)
        self.tokens.zero_()
        logits = device.empty(rows, model.shape.vocab, dtype=torch.float32)
        sampled = torch.zeros(rows, dtype=torch.int64, device=device.name)
        decoder = transformer.Decoder(model, rows, options.context, self.tokens, logits)
        # Libraries set themselves up at their first calls, which a graph must not contain.
        for _ in range(3):
            decoder.step()
            torch.argmax(logits, dim=-1, out=sampled)
        forward = self.capture(decoder.step)
        self.decoding = Decoding(device, decoder, sampled, contexts, ids, forward)
        eager = Decoding(device, decoder, sampled, contexts, ids, decoder.step)
        plain = Captured(Plain(eager), self.capture, None)
        self.verbatim = [Verbatim(self.decoding, library, max_tokens), Verbatim(eager, library, max_tokens)]
        self.ways = [
            Plain(self.decoding),
            self.verbatim[0],
            plain,
            Captured(self.verbatim[1], self.capture, plain.name),
            HostRescan(self.decoding),
            DeviceRescan(self.decoding, max_tokens),
            ThreadedFilter(self.decoding),
        ]

    def capture(self, work):
        """A graph of the work; off the GPU, the work itself."""
        if self.device.name != "cuda":
            return work
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph, stream=self.device.stream, capture_error_mode="thread_local"):
            work()
        return graph.replay

    def round(self, number, way):
        self.tokens.copy_(self.on_device[number])
        way.step(self.script[number])

    def check(self):
        """All ways leave the same logits finite."""
        for number in range(CHECKED_ROUNDS):
            finite = {}
            for way in self.ways:
                self.device.synchronize()
                self.round(number, way)
                self.device.synchronize()
                finite[way.name] = torch.isfinite(self.decoding.logits)
            expected = finite[HostRescan.name]
            for way in self.ways:
                is_masked = way.name not in (Plain.name, f"{Plain.name}, in one graph")
                if is_masked and not torch.equal(finite[way.name], expected):
                    raise RuntimeError(f"round {number}: the masks of {way.name} are not those of {HostRescan.name}")

    def measure(self):
        """Microseconds of each way's steps: name -> round -> time."""
        generator = random.Random(4)
        times = {way.name: {} for way in self.ways}
        for number in range(CHECKED_ROUNDS, CHECKED_ROUNDS + self.rounds):
            for way in generator.sample(self.ways, len(self.ways)):
                if number % way.every != 0:
                    # It has nothing to do but to know the token.
                    way.accept(self.script[number])
                    continue
                elapsed = self.time(number, way)
                # The end token has closed the span: there is nothing to mask.
                if number % CYCLE != CYCLE - 1:
                    times[way.name][number] = elapsed
        for way in self.verbatim:
            way.expect_no_errors()
        return times

    def time(self, number, way):
        torch.cuda.synchronize()
        start, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
        start.record()
        self.round(number, way)
        end.record()
        torch.cuda.synchronize()
        return 1e3 * start.elapsed_time(end)


def measure_batch(run, rows, table):
    run.check()
    print(f"ok: the masks of all ways agree, B = {rows}")
    if run.device.name != "cuda":
        return
    times = run.measure()
    for way in run.ways:
        own = times[way.name]
        if way.baseline is None:
            none = {key: 0 for key in ("added_us", "added_percent", "low_percent", "high_percent")}
            table.add(rows=rows, way=way.name, step_us=median(own.values()), **none, steps=len(own), goal="")
            continue
        base = [times[way.baseline][number] for number in own]
        ratio, low, high = ratio_of_medians(list(own.values()), base)
        table.add(
            rows=rows,
            way=way.name,
            step_us=median(own.values()),
            added_us=median(own.values()) - median(base),
            added_percent=100 * (ratio - 1),
            low_percent=100 * (low - 1),
            high_percent=100 * (high - 1),
            steps=len(own),
            goal="≤ 0.5 %" if rows == 1 and isinstance(way, Verbatim) else "",
        )


def new_table(model, context_tokens):
    return Table(
        "A decoding step",
        f"A transformer with {model.parameter_count() / 1e9:.1f} billion random weights ({model.shape.dtype}), "
        f"{context_tokens:,} tokens of context in each row, all rows in spans. Medians; what is added is against the "
        "same step without recall, with a 95 % confidence interval (bootstrap over rounds).",
        {
            "rows": "B",
            "way": "way",
            "step_us": "step, µs",
            "added_us": "added, µs",
            "added_percent": "added, %",
            "low_percent": "from",
            "high_percent": "to",
            "steps": "steps",
            "goal": "goal",
        },
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json")
    parser.add_argument("--rows", type=int, nargs="+", default=[1, 8])
    parser.add_argument("--context", type=int, default=32_768)
    parser.add_argument("--rounds", type=int, default=400)
    parser.add_argument("--library")
    parser.add_argument("--emulated")
    options = parser.parse_args()
    library = vbt.load(options.emulated or options.library)
    device = EmulatedDevice(library) if options.emulated else Gpu()
    shape, ids = (transformer.TINY, TINY_IDS) if options.emulated else (transformer.SEVEN_BILLION, IDS)
    torch.manual_seed(1)
    model = transformer.Transformer(shape, device.name)
    table = new_table(model, options.context)
    for rows in options.rows:
        try:
            measure_batch(Run(model, ids, library, device, rows, options), rows, table)
        except torch.OutOfMemoryError:
            print(f"not run: B = {rows}: the device has too little memory")
    if options.json:
        write_tables(options.json, [table])
    return 0


if __name__ == "__main__":
    sys.exit(main())
