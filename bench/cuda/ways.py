"""Ways to decode a step whose rows are in recall spans: without masks, with Verbatim, and with the paper's algorithms.

All ways run the same forward pass on the same tokens, and take the largest logit. The paper's are written from its text
(RecaLLM, sections 3.1 and B.1) and from what is known of its code, which rebuilds tensors from lists at every step.
"""

from concurrent.futures import ThreadPoolExecutor

import torch

import verbatim_cuda as vbt

NEGATIVE_INFINITY = float("-inf")


def _ids(tokens):
    return torch.tensor(tokens, dtype=torch.int64)


class Decoding:
    """What all ways have in common: the model, its tokens and logits, and what the rows search at first."""

    def __init__(self, device, decoder, sampled, contexts, ids, forward):
        """`contexts`: tokens of each row. `ids`: vocab_size, start and end token. `forward()`: the model's step."""
        self.device, self.decoder, self.sampled, self.contexts = device, decoder, sampled, contexts
        self.vocab_size, self.start_token, self.end_token = ids
        self.forward = forward

    @property
    def tokens(self):
        return self.decoder.tokens

    @property
    def logits(self):
        return self.decoder.logits

    def sample(self):
        torch.argmax(self.logits, dim=-1, out=self.sampled)


class Plain:
    """No recall spans."""

    name = "no recall"
    baseline = None
    every = 1

    def __init__(self, decoding):
        self.decoding = decoding

    def step(self, tokens):
        """`tokens`: what the rows accept, as the host knows it; the device's copy is in decoding.tokens."""
        self.decoding.forward()
        self.decoding.sample()


class Verbatim(Plain):
    """The mask of the next step starts as soon as its token is known, beside the forward pass."""

    name = "Verbatim"
    baseline = Plain.name

    def __init__(self, decoding, library, max_tokens):
        super().__init__(decoding)
        context_tokens = sum(len(context) for context in decoding.contexts)
        rows = len(decoding.contexts)
        self.stream = decoding.device.stream_handle
        self.engine = vbt.Engine(
            library,
            vocab_size=decoding.vocab_size,
            start_token=decoding.start_token,
            end_token=decoding.end_token,
            max_sequences=rows,
            pool_bytes=24 * context_tokens + rows * (8 * max_tokens + 4_096),
        )
        for context in decoding.contexts:
            self.engine.open(max_tokens, self.engine.context(context, stream=self.stream), self.stream)
        logits = decoding.logits
        self.rows = vbt.Rows(rows, None)
        self.masked = vbt.Logits(logits.data_ptr(), vbt.FLOAT32, logits.shape[1], logits.stride(0))
        # A graph may be launched next.
        self.engine.join(self.stream)

    def step(self, tokens):
        decoding = self.decoding
        self.engine.step(self.rows, decoding.tokens.data_ptr(), self.stream)
        decoding.forward()
        self.engine.apply(self.rows, self.masked, self.stream)
        decoding.device.let_torch_see()
        decoding.sample()

    def expect_no_errors(self):
        statuses = [status for status in self.engine.poll(self.stream) if status != vbt.SEQUENCE_OK]
        if statuses:
            raise RuntimeError(f"Verbatim refused a token: sequence statuses {statuses}")


class Captured:
    """Another way, the whole step in one graph."""

    every = 1

    def __init__(self, way, capture, baseline):
        """`capture(work)` returns what repeats it."""
        self.name, self.baseline = f"{way.name}, in one graph", baseline
        self._way = way
        self._replay = capture(lambda: way.step(None))

    def step(self, tokens):
        self._replay()


class PaperState(Plain):
    """The paper's ways: what the rows have accepted, as lists, and where their open spans start."""

    baseline = Plain.name

    def __init__(self, decoding):
        super().__init__(decoding)
        self.histories = [list(context) for context in decoding.contexts]
        self.starts = [None] * len(self.histories)

    def accept(self, tokens):
        for row, token in enumerate(tokens):
            if self.starts[row] is None and token == self.decoding.start_token:
                self.starts[row] = len(self.histories[row]) + 1
            elif token == self.decoding.end_token:
                self.starts[row] = None
            self.histories[row].append(token)

    def spans(self):
        """(row, context, quote) of each row in a span."""
        for row, start in enumerate(self.starts):
            if start is not None:
                yield row, self.histories[row][: start - 1], self.histories[row][start:]

    def mask_of(self, continuations):
        """A bool per logit: what may follow."""
        mask = torch.zeros(self.decoding.logits.shape[1], dtype=torch.bool, device=continuations.device)
        mask[continuations] = True
        mask[self.decoding.start_token] = False
        mask[self.decoding.end_token] = True
        return mask


class HostRescan(PaperState):
    """Every step compares all windows of the context with the quote, in tensors that are rebuilt from lists."""

    name = "the paper's rescan, on the host"
    every = 10

    def step(self, tokens):
        self.accept(tokens)
        self.decoding.forward()
        logits = self.decoding.logits
        for row, context, quote in self.spans():
            windows = _ids(context).unfold(0, len(quote) + 1, 1)
            matches = (windows[:, :-1] == _ids(quote)).all(dim=1)
            mask = self.mask_of(windows[matches, -1]).to(logits.device)
            logits[row, ~mask] = NEGATIVE_INFINITY
        self.decoding.sample()


class DeviceRescan(PaperState):
    """The same, but the context stays on the device."""

    name = "the paper's rescan, on the device"

    def __init__(self, decoding, max_tokens):
        super().__init__(decoding)
        self.on_device = []
        for context in decoding.contexts:
            tokens = torch.zeros(len(context) + max_tokens, dtype=torch.int64, device=decoding.logits.device)
            tokens[: len(context)] = _ids(context)
            self.on_device.append(tokens)

    def step(self, tokens):
        for row, history in enumerate(self.histories):
            self.on_device[row][len(history)] = self.decoding.tokens[row]
        self.accept(tokens)
        self.decoding.forward()
        for row, start in enumerate(self.starts):
            if start is not None:
                history = self.on_device[row]
                quote = history[start : len(self.histories[row])]
                windows = history[: start - 1].unfold(0, len(quote) + 1, 1)
                matches = (windows[:, :-1] == quote).all(dim=1)
                self.decoding.logits[row, ~self.mask_of(windows[matches, -1])] = NEGATIVE_INFINITY
        self.decoding.sample()


class ThreadedFilter(PaperState):
    """Appendix B.1: a thread filters the survivors beside the forward pass, and copies the mask on its own stream."""

    name = "the paper's filter, in a thread"

    def __init__(self, decoding):
        super().__init__(decoding)
        shape = decoding.logits.shape
        self.is_gpu = decoding.device.name == "cuda"
        self.on_host = torch.zeros(shape, dtype=torch.bool, pin_memory=self.is_gpu)
        self.disallowed = torch.zeros(shape, dtype=torch.bool, device=decoding.logits.device)
        self.contexts = [_ids(context) for context in decoding.contexts]
        self.survivors = [None] * shape[0]
        self.stream = torch.cuda.Stream() if self.is_gpu else None
        self.pool = ThreadPoolExecutor(1)

    def step(self, tokens):
        # A server has to fetch what it sampled.
        tokens = self.decoding.tokens.tolist()
        copied = self.pool.submit(self.prepare, tokens)
        self.decoding.forward()
        event = copied.result()
        if event is not None:
            torch.cuda.current_stream().wait_event(event)
        self.decoding.logits.masked_fill_(self.disallowed, NEGATIVE_INFINITY)
        self.decoding.sample()

    def prepare(self, tokens):
        """In the thread. Returns the event after which the mask is on the device; None where it is already."""
        self.accept(tokens)
        for row, token in enumerate(tokens):
            self.advance(row, token)
        if not self.is_gpu:
            self.disallowed.copy_(self.on_host)
            return None
        with torch.cuda.stream(self.stream):
            self.disallowed.copy_(self.on_host, non_blocking=True)
            return self.stream.record_event()

    def advance(self, row, token):
        start, history = self.starts[row], self.histories[row]
        if start is None:
            self.on_host[row] = False
            return
        if start == len(history):
            # What was generated since the span before this one joins the context.
            known = len(self.contexts[row])
            self.contexts[row] = torch.cat([self.contexts[row], _ids(history[known : start - 1])])
            following = self.contexts[row]
        else:
            context = self.contexts[row]
            if start + 1 == len(history):
                positions = torch.nonzero(context == token).flatten()
            else:
                positions = self.survivors[row]
                positions = positions[context[positions] == token]
            positions = positions + 1
            self.survivors[row] = positions[positions < len(context)]
            following = context[self.survivors[row]]
        self.on_host[row] = ~self.mask_of(following)
