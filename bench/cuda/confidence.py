"""What repeated measurements come to."""

import random
from statistics import median

RESAMPLES = 2_000


def ratio_of_medians(times, baseline, seed=1):
    """The median of `times` over that of `baseline`, and its 95 % confidence interval.

    The two were measured in turn, entry by entry; the bootstrap draws such pairs.
    """
    generator = random.Random(seed)
    pairs = list(zip(times, baseline, strict=True))
    ratios = []
    for _ in range(RESAMPLES):
        drawn = generator.choices(pairs, k=len(pairs))
        ratios.append(median(time for time, _ in drawn) / median(base for _, base in drawn))
    ratios.sort()
    low, high = ratios[int(0.025 * RESAMPLES)], ratios[int(0.975 * RESAMPLES)]
    return median(times) / median(baseline), low, high
