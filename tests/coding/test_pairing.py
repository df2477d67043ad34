"""Who codes with whom: every coder linked, every pair met about as often, shares as near as can be."""

from collections import Counter
from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mio_fidelity.coding.pairing import Pairs, linked_groups, shares

FEW = settings(max_examples=60, deadline=None, database=None)


def chosen(
    coders: int, may: list[frozenset[int]], before: dict[tuple[int, int], int] | None = None
) -> list[tuple[int, int]]:
    """The couples of sessions that only these coders may code."""
    pairs = Pairs(coders, before or {}, np.zeros(coders, dtype=np.int64))
    offers = [pairs.offer(np.isin(np.arange(coders), list(who))) for who in may]
    return pairs.choose(offers, [at / len(may) for at in range(len(may))])


def groups(coders: int, couples: list[tuple[int, int]]) -> int:
    return len(set(linked_groups(coders, couples)))


@FEW
@given(st.integers(2, 9), st.integers(1, 90))
def test_when_everybody_may_code_everything_pairs_meet_equally_often(coders: int, sessions: int) -> None:
    couples = chosen(coders, [frozenset(range(coders))] * sessions)
    met = Counter(couples)
    counts = [met[pair] for pair in combinations(range(coders), 2)]
    assert sum(counts) == sessions
    assert max(counts) - min(counts) <= 1
    assert groups(coders, couples) == max(1, coders - sessions)


@FEW
@given(st.integers(2, 9), st.integers(0, 40))
def test_the_work_of_the_pairs_is_even(coders: int, rounds: int) -> None:
    couples = chosen(coders, [frozenset(range(coders))] * (rounds * coders * (coders - 1) // 2))
    load = Counter(coder for couple in couples for coder in couple)
    assert len(set(load.values())) <= 1


def some(coders: int) -> st.SearchStrategy[list[frozenset[int]]]:
    who = st.frozensets(st.integers(0, coders - 1), min_size=2)
    return st.lists(who, min_size=1, max_size=6)


CASES = st.integers(2, 5).flatmap(lambda coders: st.tuples(st.just(coders), some(coders)))


@FEW
@given(CASES)
def test_nobody_codes_what_is_barred_to_her(case: tuple[int, list[frozenset[int]]]) -> None:
    coders, may = case
    for couple, who in zip(chosen(coders, may), may, strict=True):
        assert set(couple) <= who
        assert couple[0] < couple[1]


@FEW
@given(CASES)
def test_as_many_coders_are_linked_as_any_choice_could_link(case: tuple[int, list[frozenset[int]]]) -> None:
    coders, may = case
    every = product(*(combinations(sorted(who), 2) for who in may[:4]))
    fewest = min(groups(coders, list(couples)) for couples in every)
    assert groups(coders, chosen(coders, may[:4])) == fewest


def test_a_choice_that_cuts_somebody_off_is_taken_back() -> None:
    # Only the first session can link coder 3; taken as they come, it links two others.
    couples = chosen(4, [frozenset({0, 2, 3}), frozenset({1, 2}), frozenset({0, 1, 2})])
    assert 3 in couples[0]
    assert groups(4, couples) == 1


def test_coders_are_linked_at_two_sites_that_share_one_coder() -> None:
    north, south = frozenset({0, 1, 2}), frozenset({2, 3, 4})
    assert groups(5, chosen(5, [north, south] * 2)) == 1
    assert groups(5, chosen(5, [north, frozenset({3, 4})] * 9)) == 2


@FEW
@given(st.integers(3, 7), st.integers(1, 60), st.data())
def test_what_was_given_before_counts(coders: int, sessions: int, data: st.DataObject) -> None:
    earlier = chosen(coders, [frozenset(range(coders))] * data.draw(st.integers(1, 60)))
    later = chosen(coders, [frozenset(range(coders))] * sessions, Counter(earlier))
    met = Counter(earlier + later)
    counts = [met[pair] for pair in combinations(range(coders), 2)]
    assert max(counts) - min(counts) <= 1


def test_links_from_before_are_not_made_again() -> None:
    # Everybody is linked through coder 0 already, so the pairs that never met come first.
    before = {(0, 1): 3, (0, 2): 3}
    assert chosen(3, [frozenset({0, 1, 2})] * 3, before) == [(1, 2)] * 3


def test_a_new_coder_catches_up() -> None:
    before = {(0, 1): 4, (0, 2): 4, (1, 2): 4}
    couples = chosen(4, [frozenset(range(4))] * 12, before)
    assert Counter(couples) == {(0, 3): 4, (1, 3): 4, (2, 3): 4}


def test_of_pairs_that_met_equally_often_the_idlest_are_chosen() -> None:
    pairs = Pairs(4, {}, np.array([9, 9, 0, 0]))
    assert pairs.choose([pairs.offer(np.ones(4, dtype=bool))], [0.7]) == [(2, 3)]


def test_a_session_that_somebody_has_is_offered_only_to_pairs_with_her() -> None:
    pairs = Pairs(4, {}, np.zeros(4, dtype=np.int64))
    offer = pairs.offer(np.array([True, False, True, False]), first=1)
    assert pairs.choose([offer, offer], [0.0, 0.0]) == [(0, 1), (1, 2)]


def test_no_sessions_need_no_pairs() -> None:
    assert Pairs(0, {}, np.zeros(0, dtype=np.int64)).choose([], []) == []


def test_who_is_linked_with_whom() -> None:
    found = linked_groups(5, [(0, 3), (1, 2), (3, 4)])
    assert (found[0] == found[3] == found[4], found[1] == found[2], found[0] != found[1]) == (True,) * 3


STRATA = st.dictionaries(st.text("ab", max_size=3).map(lambda text: (text,)), st.integers(1, 30), min_size=1)


def shared(sizes: dict[tuple[str, ...], int], wanted: int, **more: dict[tuple[str, ...], int]) -> dict:
    none = dict.fromkeys(sizes, 0)
    return shares(sizes, more.get("have", none), more.get("room", sizes), wanted, lambda each: len(each[0]))


@FEW
@given(STRATA, st.floats(0, 1))
def test_the_shares_add_up_and_fit(sizes: dict[tuple[str, ...], int], share: float) -> None:
    wanted = round(share * sum(sizes.values()))
    found = shared(sizes, wanted)
    assert sum(found.values()) == wanted
    assert all(0 <= found[each] <= sizes[each] for each in sizes)


@pytest.mark.parametrize("wanted", range(13))
def test_strata_of_one_size_get_the_same_number(wanted: int) -> None:
    found = shared({("a",): 4, ("b",): 4, ("c",): 4}, wanted)
    assert max(found.values()) - min(found.values()) <= 1


def test_a_stratum_twice_as_big_gets_twice_as_many() -> None:
    assert shared({("a",): 20, ("b",): 40, ("c",): 40}, 20) == {("a",): 4, ("b",): 8, ("c",): 8}


def test_what_a_stratum_has_already_counts() -> None:
    sizes = {("a",): 10, ("b",): 10}
    assert shared(sizes, 4, have={("a",): 4, ("b",): 0}) == {("a",): 0, ("b",): 4}


def test_a_stratum_without_room_leaves_its_share_to_the_others() -> None:
    sizes = {("a",): 10, ("b",): 10}
    assert shared(sizes, 8, room={("a",): 1, ("b",): 10}) == {("a",): 1, ("b",): 7}
    assert shared(sizes, 8, room={("a",): 1, ("b",): 2}) == {("a",): 1, ("b",): 2}
