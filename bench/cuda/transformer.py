"""A transformer with random weights, as large as a language model of some size, that decodes one token at a time."""

from dataclasses import dataclass

import torch
import torch.nn.functional as functional


@dataclass(frozen=True)
class Shape:
    layers: int
    hidden: int
    heads: int
    kv_heads: int
    head_size: int
    mlp: int
    vocab: int
    dtype: torch.dtype


SEVEN_BILLION = Shape(32, 4096, 32, 8, 128, 14_336, 151_936, torch.bfloat16)
TINY = Shape(2, 64, 4, 2, 16, 128, 1_024, torch.float32)


class Transformer:
    """Attention with grouped queries and rotary positions, a gated MLP, RMS norms; biases are left out."""

    def __init__(self, shape, device):
        self.shape, self.device = shape, device
        queries, keys = shape.heads * shape.head_size, shape.kv_heads * shape.head_size
        self.layers = [
            {
                "qkv": self._random(queries + 2 * keys, shape.hidden),
                "out": self._random(shape.hidden, queries),
                "gate_up": self._random(2 * shape.mlp, shape.hidden),
                "down": self._random(shape.hidden, shape.mlp),
                "norms": torch.ones(2, shape.hidden, dtype=shape.dtype, device=device),
            }
            for _ in range(shape.layers)
        ]
        self.embedding = self._random(shape.vocab, shape.hidden)
        self.head = self._random(shape.vocab, shape.hidden)
        self.norm = torch.ones(shape.hidden, dtype=shape.dtype, device=device)

    def parameter_count(self):
        weights = [tensor for layer in self.layers for tensor in layer.values()]
        return sum(tensor.numel() for tensor in [*weights, self.embedding, self.head, self.norm])

    def _random(self, *sizes):
        return torch.empty(sizes, dtype=self.shape.dtype, device=self.device).normal_(std=sizes[-1] ** -0.5)


class Decoder:
    """A batch with a key-value cache of `context_tokens` per row, which a step reads in whole and writes in part."""

    def __init__(self, model, rows, context_tokens, tokens, logits):
        """`tokens`: int32 [rows], what `step` takes. `logits`: float32 [rows, vocab], what it writes."""
        shape = model.shape
        self.model, self.rows, self.tokens, self.logits = model, rows, tokens, logits
        cache = (shape.layers, rows, shape.kv_heads, context_tokens, shape.head_size)
        self.keys = torch.empty(cache, dtype=shape.dtype, device=model.device).normal_()
        self.values = torch.empty(cache, dtype=shape.dtype, device=model.device).normal_()
        # Where the next token goes; the oldest tokens are overwritten, so that a step costs the same at any time.
        self.position = torch.zeros(1, dtype=torch.int64, device=model.device)
        half = shape.head_size // 2
        angles = torch.arange(context_tokens)[:, None] * 10_000.0 ** (-torch.arange(half) / half)
        self.cosines = angles.cos().to(model.device, shape.dtype)
        self.sines = angles.sin().to(model.device, shape.dtype)
        self.attend = self._faster(_attend_fused, _attend_by_products)

    def step(self):
        """Tokens to logits; can be captured."""
        model, shape = self.model, self.model.shape
        state = functional.embedding(self.tokens, model.embedding)
        for index, layer in enumerate(model.layers):
            normed = functional.rms_norm(state, (shape.hidden,), layer["norms"][0])
            state = state + self._attention(index, layer, normed)
            normed = functional.rms_norm(state, (shape.hidden,), layer["norms"][1])
            gate, up = (normed @ layer["gate_up"].T).chunk(2, dim=-1)
            state = state + (functional.silu(gate) * up) @ layer["down"].T
        normed = functional.rms_norm(state, (shape.hidden,), model.norm)
        self.logits.copy_(normed @ model.head.T)
        self.position.add_(1).remainder_(self.keys.shape[3])

    def _attention(self, index, layer, normed):
        shape = self.model.shape
        heads = (normed @ layer["qkv"].T).view(self.rows, -1, shape.head_size)
        queries, keys, values = heads.split([shape.heads, shape.kv_heads, shape.kv_heads], dim=1)
        self.keys[index].index_copy_(2, self.position, self._rotate(keys)[:, :, None])
        self.values[index].index_copy_(2, self.position, values[:, :, None])
        attended = self.attend(self._rotate(queries), self.keys[index], self.values[index])
        return attended.reshape(self.rows, -1) @ layer["out"].T

    def _rotate(self, heads):
        cosine = self.cosines.index_select(0, self.position)
        sine = self.sines.index_select(0, self.position)
        first, second = heads.chunk(2, dim=-1)
        return torch.cat([first * cosine - second * sine, second * cosine + first * sine], dim=-1)

    def _faster(self, *candidates):
        """The one of the functions that takes less time here."""
        if self.model.device != "cuda":
            return candidates[-1]
        shape = self.model.shape
        queries = torch.randn(self.rows, shape.heads, shape.head_size, dtype=shape.dtype, device="cuda")
        times = []
        for attend in candidates:
            start, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
            for run in range(30):
                if run == 10:
                    start.record()
                attend(queries, self.keys[run % shape.layers], self.values[run % shape.layers])
            end.record()
            torch.cuda.synchronize()
            times.append(start.elapsed_time(end))
        return candidates[times.index(min(times))]


def _attend_fused(queries, keys, values):
    """queries: [rows, heads, size]; keys, values: [rows, kv_heads, context, size]."""
    return functional.scaled_dot_product_attention(queries[:, :, None], keys, values, enable_gqa=True)


def _attend_by_products(queries, keys, values):
    rows, heads, size = queries.shape
    grouped = queries.view(rows, keys.shape[1], heads // keys.shape[1], size)
    scores = (grouped @ keys.transpose(2, 3)) * size**-0.5
    return scores.softmax(dim=-1, dtype=torch.float32).to(values.dtype) @ values
