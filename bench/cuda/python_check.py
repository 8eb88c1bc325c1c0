"""Verbatim's CUDA library through ctypes against a brute-force reference: random verbs on batches of torch tensors.

usage: python_check.py [--steps N] [--seed N] [--library PATH] [--emulated PATH]
   --emulated: a library built with tests/cuda/emulation, in place of a GPU
"""

import argparse
import random
import sys

import torch

import reference
import verbatim_cuda as vbt
from device import EmulatedDevice, Gpu

DTYPES = {vbt.FLOAT32: torch.float32, vbt.FLOAT16: torch.float16, vbt.BFLOAT16: torch.bfloat16}
MAX_SEQUENCES = 6
MAX_TOKENS = 60
MAX_ROWS = 9
MAX_WIDTH = 400


class Mismatch(Exception):
    """The library and the reference do not agree."""


def expect_equal(actual, expected, what):
    if actual != expected:
        raise Mismatch(f"{what}: {actual} instead of {expected}")


class Check:
    """An engine and the reference; every verb is carried out by both."""

    def __init__(self, library, device, seed):
        self.random = random.Random(seed)
        self.device = device
        self.stream = device.stream_handle
        vocab_size = self.random.choice([16, 40, 333])
        start, end, barrier = self.random.sample(range(vocab_size), 3)
        lengths = self.random.choice([(128, 0), (6, 0), (12, 3)])
        self.rules = reference.Rules(vocab_size, start, end, [barrier], *lengths)
        # Small texts of few ids have many candidates.
        self.ids = self.random.sample(range(vocab_size), 8)
        self.engine = vbt.Engine(
            library,
            vocab_size=vocab_size,
            start_token=start,
            end_token=end,
            barriers=[barrier],
            max_span_tokens=lengths[0],
            min_span_tokens=lengths[1],
            max_sequences=MAX_SEQUENCES,
            pool_bytes=1 << 22,
        )
        self.sequences = {}
        self.row_map = device.empty(MAX_ROWS, dtype=torch.int32)
        self.tokens = device.empty(MAX_ROWS, dtype=torch.int32)
        self.drafts = device.empty(MAX_ROWS, 8, dtype=torch.int32)
        self.memory = device.empty(MAX_ROWS * MAX_WIDTH * 4, dtype=torch.uint8)
        for _ in range(3):
            self.open()

    def some_tokens(self, count):
        special = [self.rules.start_token, self.rules.end_token, *self.rules.barriers]
        return [self.random.choice(special if self.random.random() < 0.03 else self.ids) for _ in range(count)]

    def open(self):
        sequence = reference.Sequence(self.rules, MAX_TOKENS)
        tokens, pieces = [], []
        for _ in range(self.random.randrange(4)):
            piece = self.some_tokens(self.random.randrange(1, 80))
            flags = self.random.choice([0, 0, vbt.UNSEARCHABLE, vbt.SEGMENT])
            sequence.add_piece(piece, flags)
            tokens += piece
            pieces.append((len(piece), flags))
        sequence.open()
        context = self.engine.context(tokens, pieces, self.stream) if pieces else None
        number = self.engine.open(MAX_TOKENS, context, self.stream)
        if context is not None:
            self.engine.destroy_context(context)
        expect_equal(number in self.sequences, False, f"open gave {number}, which is taken: it")
        self.sequences[number] = sequence
        self.engine.set_sampling(number, vbt.Sampling(temperature=0, top_p=1), self.stream)

    # A step: tokens to some rows, then one of the things a server does with the masks.

    def step(self):
        rows = self.choose_rows()
        proposals = [self.propose(self.sequences.get(number)) for number in rows]
        self.device.synchronize()
        self.tokens[: len(rows)] = torch.tensor(proposals, dtype=torch.int32)
        described = vbt.Rows(len(rows), self.row_map.data_ptr())
        if self.random.random() < 0.5:
            self.engine.step(described, self.tokens.data_ptr(), self.stream)
        else:
            self.engine.accept_from_host(described, proposals, self.stream)
            self.engine.prepare(self.stream)
        for number, token in zip(rows, proposals, strict=True):
            if number >= 0:
                self.sequences[number].accept(token)
        self.random.choice([self.apply, self.sample, self.draft, self.roll_back])(rows, described)
        self.compare_statuses()
        if self.random.random() < 0.3:
            self.change_one()

    def choose_rows(self):
        rows = self.random.sample(sorted(self.sequences), self.random.randrange(1, len(self.sequences) + 1))
        rows += [-1] * self.random.randrange(MAX_ROWS - MAX_SEQUENCES)
        self.random.shuffle(rows)
        self.device.synchronize()
        self.row_map[: len(rows)] = torch.tensor(rows, dtype=torch.int32)
        return rows

    def propose(self, sequence):
        chance = self.random.random()
        if sequence is None or chance < 0.05:
            return -1
        if chance < 0.07:
            return self.random.choice([self.rules.vocab_size, -7, *self.ids])
        if not sequence.in_span:
            return self.rules.start_token if chance < 0.4 else self.some_tokens(1)[0]
        allowed = sorted(sequence.allowed())
        others = [token for token in allowed if token != self.rules.end_token]
        return self.random.choice(others if others and chance < 0.9 else allowed)

    def new_logits(self, rows):
        """Rows of random logits in the library's memory, at any alignment, and their description."""
        name, dtype = self.random.choice(list(DTYPES.items()))
        width = self.rules.vocab_size + self.random.randrange(40)
        stride, offset = width + self.random.randrange(5), self.random.randrange(9)
        self.device.synchronize()
        flat = self.memory.view(dtype)[offset : offset + rows * stride]
        flat.copy_(torch.randn(flat.shape).to(dtype))
        logits = flat.view(rows, stride)
        return logits, vbt.Logits(logits.data_ptr(), name, width, stride)

    def apply(self, rows, described):
        logits, view = self.new_logits(len(rows))
        expected = logits.clone()
        for row, number in enumerate(rows):
            allowed = self.sequences[number].allowed() if number >= 0 else None
            if allowed is not None:
                keep = torch.zeros(view.width, dtype=torch.bool, device=logits.device)
                keep[sorted(allowed)] = True
                expected[row, : view.width].masked_fill_(~keep, float("-inf"))
        self.engine.apply(described, view, self.stream)
        self.device.synchronize()
        wrong = torch.nonzero(logits != expected).tolist()
        expect_equal(wrong, [], "apply: logits that differ")

    def sample(self, rows, described):
        logits, view = self.new_logits(len(rows))
        self.tokens.fill_(-9)
        expected = []
        for row, number in enumerate(rows):
            sequence = self.sequences.get(number)
            if sequence is None:
                expected.append(-9)
                continue
            allowed = sequence.allowed()
            ids = torch.tensor(sorted(range(self.rules.vocab_size) if allowed is None else allowed))
            expected.append(int(ids[torch.argmax(logits[row].cpu()[ids].float())]))
        self.device.synchronize()
        self.engine.sample(described, view, self.tokens.data_ptr(), self.stream)
        self.device.synchronize()
        expect_equal(self.tokens[: len(rows)].tolist(), expected, "sample: tokens")

    def draft(self, rows, described):
        limit, latest = self.random.randrange(1, min(8, self.rules.max_span_tokens)), self.random.randrange(2)
        self.engine.draft(described, limit, latest, self.drafts.data_ptr(), self.tokens.data_ptr(), self.stream)
        self.device.synchronize()
        drafts, counts = self.drafts.flatten().tolist(), self.tokens.tolist()
        for row, number in enumerate(rows):
            expected = self.sequences[number].draft(limit, latest) if number >= 0 else []
            expect_equal(drafts[row * limit : row * limit + counts[row]], expected, f"draft of sequence {number}")

    def roll_back(self, rows, described):
        counts = [self.random.choice([0, 0, 1, 2, 5]) for _ in rows]
        self.device.synchronize()
        self.tokens[: len(rows)] = torch.tensor(counts, dtype=torch.int32)
        self.engine.rollback(described, self.tokens.data_ptr(), self.stream)
        for number, count in zip(rows, counts, strict=True):
            if number >= 0:
                self.sequences[number].rollback(count)

    def change_one(self):
        number = self.random.choice(sorted(self.sequences))
        sequence = self.sequences[number]
        chance = self.random.random()
        if chance < 0.3:
            ids, flags = self.some_tokens(self.random.randrange(6)), self.random.choice(
                [0, vbt.UNSEARCHABLE, vbt.SEGMENT]
            )
            self.engine.append(number, ids, flags, self.stream)
            sequence.append(ids, flags)
        elif chance < 0.5 and len(self.sequences) < MAX_SEQUENCES:
            self.sequences[self.engine.fork(number, self.stream)] = sequence.fork()
        elif chance < 0.7 and len(self.sequences) > 1:
            self.engine.close_sequence(number, self.stream)
            del self.sequences[number]
        elif len(self.sequences) < MAX_SEQUENCES:
            self.open()
        if number in self.sequences:
            self.inspect(number)

    # Comparing states.

    def compare_statuses(self):
        expected = [0] * MAX_SEQUENCES
        for number, sequence in self.sequences.items():
            expected[number] = sequence.status
        expect_equal(self.engine.poll(self.stream), expected, "poll: statuses")
        for number, sequence in self.sequences.items():
            if sequence.status != vbt.SEQUENCE_OK:
                self.engine.clear(number, self.stream)
                sequence.status = vbt.SEQUENCE_OK

    def inspect(self, number):
        sequence, told = self.sequences[number], self.engine.snapshot(number)
        candidates = len(sequence.candidates()) if sequence.depth > 0 else -1
        state = (told.status, told.length, bool(told.in_span), told.depth, told.candidates, told.spans)
        expected = (
            sequence.status,
            len(sequence.ids),
            sequence.in_span,
            sequence.depth,
            candidates,
            len(sequence.spans),
        )
        expect_equal(state, expected, f"snapshot of sequence {number}")
        expect_equal(self.engine.read(number, 0, told.length), sequence.ids, f"tokens of sequence {number}")
        spans = [
            (span["start"], len(sequence.ids) if span["end"] is None else span["end"], span["end"] is None)
            for span in sequence.spans
        ]
        expect_equal(self.engine.read_spans(number), spans, f"spans of sequence {number}")
        for index, (start, end, _) in enumerate(spans):
            sources = sequence.candidates(index) if end > start else []
            expect_equal(self.engine.sources(number, index), sources, f"sources of span {index}")
        allowed = sequence.allowed()
        if allowed is not None:
            words = self.engine.read_bitmask(number)
            told_ids = {id for id in range(32 * len(words)) if words[id // 32] >> (id % 32) & 1}
            expect_equal(told_ids, allowed, f"bitmask of sequence {number}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=600)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--library")
    parser.add_argument("--emulated")
    options = parser.parse_args()
    library = vbt.load(options.emulated or options.library)
    device = EmulatedDevice(library) if options.emulated else Gpu()
    steps_per_engine = 60
    done = 0
    while done < options.steps:
        seed = options.seed * 1_000_003 + done
        check = Check(library, device, seed)
        with check.engine:
            try:
                for _ in range(steps_per_engine):
                    check.step()
                    done += 1
            except Mismatch as mismatch:
                print(f"python_check: seed {seed}: {mismatch}", file=sys.stderr)
                return 1
    print(f"ok {done}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
