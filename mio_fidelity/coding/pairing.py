"""Who codes together, and how a number of sessions is shared out among strata."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from itertools import combinations

import numpy as np
from numpy.typing import NDArray


class Pairs:
    """Who codes together next: first whoever links groups, then the pair that met least, then the idlest.

    A greedy balanced incomplete block design: without exclusions the numbers of any two pairs differ by at
    most one, however many sessions there are.
    """

    def __init__(self, coders: int, pairs: Counter[tuple[int, int]], load: NDArray[np.int64]) -> None:
        self._pairs, self._load = pairs, load
        couples = list(combinations(range(coders), 2))
        self._one = np.array([a for a, _ in couples], dtype=np.int64)
        self._two = np.array([b for _, b in couples], dtype=np.int64)
        self._met = np.array([pairs[couple] for couple in couples], dtype=np.int64)
        self._group = np.array(
            linked_groups(coders, (pair for pair, n in pairs.items() if n)), dtype=np.int64
        )

    def next(self, allowed: NDArray[np.bool_], chance: float) -> tuple[int, int]:
        """Two of the coders who are allowed, of whom there are at least two."""
        open_ = np.flatnonzero(allowed[self._one] & allowed[self._two])
        one, two = self._one[open_], self._two[open_]
        apart = self._group[one] != self._group[two]
        turn = (np.arange(open_.size) + int(chance * open_.size)) % open_.size
        # The last key counts first.
        order = np.lexsort((turn, self._load[one] + self._load[two], self._met[open_], ~apart))
        at = int(open_[order[0]])
        a, b = int(self._one[at]), int(self._two[at])
        self._met[at] += 1
        self._pairs[a, b] += 1
        self._group[self._group == self._group[b]] = self._group[a]
        return a, b


def linked_groups(n: int, pairs: Iterable[tuple[int, int]]) -> list[int]:
    """Per coder the number of the group linked with her."""
    group = list(range(n))
    for a, b in pairs:
        old, new = group[b], group[a]
        group = [new if each == old else each for each in group]
    return group


def shares(
    sizes: Mapping[tuple[str, ...], int],
    have: Mapping[tuple[str, ...], int],
    room: Mapping[tuple[str, ...], int],
    wanted: int,
    chance: Callable[[tuple[str, ...]], float],
) -> dict[tuple[str, ...], int]:
    """How many more each stratum gets: one after the other to whichever lags most behind its share.

    That is Sainte-Lague's rule, which comes as near to the shares as whole numbers can.
    """
    given = dict.fromkeys(sizes, 0)
    order = sorted(sizes, key=chance)
    lag = np.array([sizes[each] / (2 * have[each] + 1) for each in order], dtype=float)
    left = np.array([room[each] for each in order])
    for _ in range(min(wanted, int(left.sum()))):
        at = int(np.argmax(np.where(left > 0, lag, -1.0)))
        stratum = order[at]
        given[stratum] += 1
        left[at] -= 1
        lag[at] = sizes[stratum] / (2 * (have[stratum] + given[stratum]) + 1)
    return given
