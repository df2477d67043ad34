"""Who codes together, and how a number of sessions is shared out among strata."""

from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

Offer = NDArray[np.bool_]


class Pairs:
    """Who codes together: first whoever links groups of coders, then the pair that met least.

    A greedy balanced incomplete block design: without exclusions the numbers of any two pairs differ by at
    most one, however many sessions there are. All coders are linked whenever the sessions allow it.
    """

    def __init__(self, coders: int, pairs: Mapping[tuple[int, int], int], load: NDArray[np.int64]) -> None:
        self._load = load.copy()
        couples = list(combinations(range(coders), 2))
        self._one = np.array([a for a, _ in couples], dtype=np.int64)
        self._two = np.array([b for _, b in couples], dtype=np.int64)
        self._met = np.array([pairs.get(couple, 0) for couple in couples], dtype=np.int64)
        self._group = np.array(
            linked_groups(coders, (pair for pair, n in pairs.items() if n)), dtype=np.int64
        )

    def offer(self, allowed: NDArray[np.bool_], first: int | None = None) -> Offer:
        """Which couples may code a session, shape (couples,); with ``first`` only those she is one of."""
        one, two = allowed[self._one], allowed[self._two]
        both = one & two if first is None else (self._one == first) & two | (self._two == first) & one
        return np.asarray(both)

    def choose(self, offers: Sequence[Offer], chances: Sequence[float]) -> list[tuple[int, int]]:
        """A couple for each session, of those its offer allows, of which there is at least one.

        Args:
            offers: What `offer` says of each session.
            chances: In [0, 1), for each session: settles what is equal otherwise.
        """
        if not offers:
            return []
        found = self._links(np.array(offers), chances)
        for couple in found.values():
            self._met[couple] += 1
        for at, (offer, chance) in enumerate(zip(offers, chances, strict=True)):
            if at not in found:
                found[at] = self._best(offer, chance)
                self._met[found[at]] += 1
        return [(int(self._one[found[at]]), int(self._two[found[at]])) for at in range(len(offers))]

    def _best(self, offer: Offer, chance: float) -> int:
        """The couple that met least, of these the idlest; its load is counted."""
        open_ = np.flatnonzero(offer)
        one, two = self._one[open_], self._two[open_]
        turn = (np.arange(open_.size) + int(chance * open_.size)) % open_.size
        # The last key counts first.
        order = np.lexsort((turn, self._load[one] + self._load[two], self._met[open_]))
        couple = int(open_[order[0]])
        self._load[[self._one[couple], self._two[couple]]] += 1
        return couple

    def _links(self, offers: Offer, chances: Sequence[float]) -> dict[int, int]:
        """Number of a session -> the couple through which it links two groups; as many links as can be."""
        chosen: dict[int, int] = {}
        for at, offer in enumerate(offers):
            apart = self._apart(chosen.values())
            if not apart.any():
                break
            if (offer & apart).any():
                chosen[at] = self._best(offer & apart, chances[at])
        while self._apart(chosen.values()).any() and self._relink(offers, chosen):
            pass
        return chosen

    def _relink(self, offers: Offer, chosen: dict[int, int]) -> bool:
        """Win one more link by giving sessions other couples; whether there was a way.

        The shortest such chain of changes, as in Edmonds' matroid intersection, so that no link is missed.
        """
        # Session -> the couple it would get, and the session that would give its own up for that.
        came: dict[int, tuple[int, int | None]] = {}
        queue: deque[int | None] = deque([None])
        while queue:
            giver = queue.popleft()
            apart = self._apart(couple for at, couple in chosen.items() if at != giver)
            fits = offers & apart
            for at in map(int, np.flatnonzero(fits.any(axis=1))):
                if at in came:
                    continue
                came[at] = int(np.argmax(fits[at])), giver
                if at not in chosen:
                    step: int | None = at
                    while step is not None:
                        chosen[step], step = came[step]
                    return True
                queue.append(at)
        return False

    def _apart(self, links: Iterable[int]) -> Offer:
        """Which couples are not linked through what was before and ``links``, shape (couples,)."""
        group = self._group.copy()
        for couple in links:
            group[group == group[self._two[couple]]] = group[self._one[couple]]
        return np.asarray(group[self._one] != group[self._two])


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
