"""A masked fill from a bitmask in Triton, as a framework's user would write it; to compare with."""

import triton
import triton.language as tl

BLOCK = 4_096


@triton.jit
def _fill(logits, words, width, words_per_row, BLOCK: tl.constexpr):
    row = tl.program_id(0).to(tl.int64)
    columns = tl.program_id(1) * BLOCK + tl.arange(0, BLOCK)
    inside = columns < width
    bits = tl.load(words + row * words_per_row + columns // 32, mask=inside, other=-1)
    disallowed = ((bits >> (columns % 32)) & 1) == 0
    tl.store(logits + row * width + columns, float("-inf"), mask=inside & disallowed)


def fill(logits, words):
    """logits: [rows, width], words: int32 [rows, at least width / 32], both contiguous."""
    rows, width = logits.shape
    _fill[(rows, triton.cdiv(width, BLOCK))](logits, words, width, words.shape[1], BLOCK=BLOCK, num_warps=8)
