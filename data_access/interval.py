"""How sure a difference between two groups is: 95 % intervals, in plain arithmetic.

Sources: E. B. Wilson 1927 (one proportion); R. G. Newcombe, Statistics in Medicine 17 (1998) 873-890, method 10 (two
proportions); B. L. Welch 1947, normal approximation for large groups (two means).
"""

from math import sqrt

Z = 1.959963984540054  # 97.5 % of the normal distribution


def wilson(hits: int, total: int) -> tuple[float, float]:
    """Lower and upper bound of the share `hits` / `total`; total > 0."""
    share = hits / total
    centre, spread = share + Z * Z / (2 * total), Z * sqrt(share * (1 - share) / total + Z * Z / (4 * total * total))
    scale = 1 + Z * Z / total
    return max(0.0, (centre - spread) / scale), min(1.0, (centre + spread) / scale)


def newcombe(hits: int, total: int, other_hits: int, other_total: int) -> tuple[float, float]:
    """Lower and upper bound of `hits` / `total` − `other_hits` / `other_total`."""
    share, other = hits / total, other_hits / other_total
    (low, high), (other_low, other_high) = wilson(hits, total), wilson(other_hits, other_total)
    difference = share - other
    return difference - sqrt((share - low) ** 2 + (other_high - other) ** 2), difference + sqrt((high - share) ** 2 + (other - other_low) ** 2)


def welch(count: int, total: int, squares: int, other_count: int, other_total: int, other_squares: int) -> tuple[float, float]:
    """Lower and upper bound of the difference of two means, from each group's size (> 1), sum and sum of squares."""
    variances = [(sums - whole * whole / number) / (number - 1) / number for number, whole, sums in ((count, total, squares), (other_count, other_total, other_squares))]
    difference, spread = total / count - other_total / other_count, Z * sqrt(max(0.0, sum(variances)))
    return difference - spread, difference + spread
