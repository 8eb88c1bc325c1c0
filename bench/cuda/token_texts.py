"""A token text that is made up, as prose-like as that of texts.hpp: candidates survive as they do in English prose."""

import bisect
import itertools
import random

IDS = 50_000
EXPONENT = 1.02
OFFSET = 2.7
COPIED = 0.74


def prose_like(count, seed=1):
    """Zipf's law over 50,000 ids; three tokens in four follow an earlier occurrence of the token before them."""
    generator = random.Random(seed)
    cumulative = list(itertools.accumulate((rank + OFFSET) ** -EXPONENT for rank in range(IDS)))
    successors = {}
    tokens = []
    while len(tokens) < count:
        token = bisect.bisect_left(cumulative, generator.random() * cumulative[-1])
        if tokens:
            known = successors.setdefault(tokens[-1], [])
            if known and generator.random() < COPIED:
                token = tokens[generator.choice(known)]
            known.append(len(tokens))
        tokens.append(token)
    return tokens
