"""Verbatim's masked fill beside those of frameworks, in one run: torch's own, and xgrammar's and one in Triton where
they are installed. Buffers rotate past the second-level cache. Every result is compared with torch's first.

usage: peers.py [--json FILE] [--quick] [--library PATH]
"""

import argparse
import importlib.util
import sys
from statistics import median

import torch

import token_texts
import verbatim_cuda as vbt
from device import Gpu
from table import Table, write_tables

DTYPES = {
    "fp32": (torch.float32, vbt.FLOAT32),
    "fp16": (torch.float16, vbt.FLOAT16),
    "bf16": (torch.bfloat16, vbt.BFLOAT16),
}
VOCAB_SIZE = 151_669
START_TOKEN, END_TOKEN = 151_665, 151_666
MAX_ROWS = 512
CONTEXT_TOKENS = 32_768


class Batch:
    """An engine whose sequences are all in spans, and their masks as words and as bools."""

    def __init__(self, library, device):
        self.stream = device.stream_handle
        self.engine = vbt.Engine(
            library,
            vocab_size=VOCAB_SIZE,
            start_token=START_TOKEN,
            end_token=END_TOKEN,
            max_sequences=MAX_ROWS,
            pool_bytes=1 << 28,
        )
        text = token_texts.prose_like(CONTEXT_TOKENS)
        context = self.engine.context(text, stream=self.stream)
        for _ in range(MAX_ROWS):
            self.engine.open(64, context, self.stream)
        everyone = vbt.Rows(MAX_ROWS, None)
        self.engine.step_from_host(everyone, [START_TOKEN] * MAX_ROWS, self.stream)
        self.engine.step_from_host(everyone, text[:MAX_ROWS], self.stream)
        words = [self.engine.read_bitmask(row) for row in range(MAX_ROWS)]
        self.words = torch.tensor(words, dtype=torch.int64).to(torch.int32).cuda()
        bits = self.words[:, :, None] >> torch.arange(32, device="cuda") & 1
        self.allowed = bits.view(MAX_ROWS, -1).bool()

    def disallowed(self, rows, width):
        """bool [rows, width], as a framework keeps it."""
        columns = torch.arange(width, device="cuda") < VOCAB_SIZE
        known = self.allowed[:rows, :width]
        padded = torch.nn.functional.pad(known, (0, width - known.shape[1]))
        return ~(padded & columns).contiguous()


def fills(batch, dtype, rows, width):
    """name -> what fills logits [rows, width]."""
    disallowed = batch.disallowed(rows, width)
    # All ones after the vocabulary would let padding through, so that the words are padded with zeros.
    words = torch.zeros(rows, (width + 31) // 32, dtype=torch.int32, device="cuda")
    count = min(words.shape[1], batch.words.shape[1])
    words[:, :count] = batch.words[:rows, :count]
    described = vbt.Rows(rows, None)

    def verbatim(logits):
        view = vbt.Logits(logits.data_ptr(), DTYPES[dtype][1], width, width)
        batch.engine.apply(described, view, batch.stream)

    found = {
        "torch.masked_fill_": lambda logits: logits.masked_fill_(disallowed, float("-inf")),
        "Verbatim": verbatim,
    }
    if importlib.util.find_spec("triton"):
        from triton_fill import fill

        found["a bitmask kernel in Triton"] = lambda logits: fill(logits, words)
    if importlib.util.find_spec("xgrammar"):
        import xgrammar

        found["xgrammar"] = lambda logits: xgrammar.apply_token_bitmask_inplace(logits, words)
    return found


def time_fill(device, fill, buffers, runs):
    """Microseconds of a fill, of many in one graph."""
    for logits in buffers[:2]:
        fill(logits)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph, stream=device.stream, capture_error_mode="thread_local"):
        for logits in buffers:
            fill(logits)
    times = []
    for _ in range(runs + 1):
        start, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
        start.record()
        graph.replay()
        end.record()
        torch.cuda.synchronize()
        times.append(1e3 * start.elapsed_time(end) / len(buffers))
    return median(times[1:])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--library")
    options = parser.parse_args()
    device = Gpu()
    batch = Batch(vbt.load(options.library), device)
    runs = 9 if options.quick else 31
    cache_bytes = torch.cuda.get_device_properties(0).L2_cache_size
    table = Table(
        "Masked fill beside frameworks",
        "Fills in a row in one graph, over buffers that rotate past the second-level cache; the median of "
        f"{runs} runs. torch's mask is a bool per logit; the others read a bit. torch {torch.__version__}.",
        {"dtype": "type", "rows": "B", "width": "V", "fill": "fill", "us": "µs", "ratio": "against torch"},
    )
    for dtype, (torch_dtype, _) in DTYPES.items():
        for width in (151_936, 151_669):
            for rows in (1, 8, 64, 256, 512):
                row_bytes = rows * width * torch_dtype.itemsize
                count = max(2, min(256, 4 * cache_bytes // row_bytes + 1))
                buffers = list(torch.randn(count, rows, width, dtype=torch_dtype, device="cuda"))
                expected = buffers[0].masked_fill(batch.disallowed(rows, width), float("-inf"))
                times = {}
                for name, fill in fills(batch, dtype, rows, width).items():
                    logits = buffers[0].clone()
                    fill(logits)
                    torch.cuda.synchronize()
                    if not torch.equal(logits, expected):
                        raise RuntimeError(f"{name}, {dtype}, {rows} rows of {width}: the fill is wrong")
                    times[name] = time_fill(device, fill, buffers, runs)
                    ratio = times[name] / times["torch.masked_fill_"]
                    table.add(dtype=dtype, rows=rows, width=width, fill=name, us=times[name], ratio=ratio)
    if options.json:
        write_tables(options.json, [table])
    return 0


if __name__ == "__main__":
    sys.exit(main())
