"""When a chart is flagged, since when, and when that is over."""

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from mio_fidelity.analysis.drift_limits import Rows, baseline
from mio_fidelity.analysis.drift_results import DriftOptions
from mio_fidelity.analysis.drift_watch import charted, together

HOW = DriftOptions()


def against_master(gaps):
    n = len(gaps)
    zeros = np.zeros(n, dtype=np.int64)
    return Rows(np.arange(n), zeros, zeros - 1, np.array(gaps, dtype=float), np.zeros(n, dtype=bool), 3)


def chart(gaps, restarts=(), charts=6, how=HOW):
    rows = against_master(gaps)
    return charted(rows, baseline(rows, 1, how), 0, charts, how, restarts)


def noise(n, seed=0):
    return np.random.default_rng(seed).normal(0, 0.5, n)


def test_a_step_is_flagged_since_the_day_it_came():
    one = chart(noise(60) + np.where(np.arange(60) >= 40, 1.5, 0.0))
    (episode,) = one.episodes
    assert 38 <= episode.began <= 41
    assert episode.began < episode.signalled <= 50
    assert (episode.last, episode.over) == (59, False)


def test_the_way_down_is_flagged_as_the_way_up():
    up = noise(60) + np.where(np.arange(60) >= 40, 1.5, 0.0)
    assert chart(up).episodes == chart(-up).episodes


def test_what_goes_back_is_over_and_can_be_flagged_again():
    gaps = noise(120)
    gaps[30:50] += 2
    gaps[90:] += 2
    first, second = chart(gaps).episodes
    assert first.over
    assert 48 <= first.last <= 62
    assert 88 <= second.began <= 91
    assert not second.over


def test_before_enough_sessions_nothing_is_flagged():
    assert chart(np.full(HOW.least - 1, 5.0)).episodes == ()
    (episode,) = chart(np.concatenate([noise(10), np.full(HOW.least, 3.0)])).episodes
    assert (episode.began, episode.signalled) == (10, 17)


def test_limits_are_not_watched():
    one = chart(noise(30))
    assert one.watched.tolist() == [False] * 10 + [True] * 20
    assert np.isnan(one.line[:10]).all()
    assert one.since_start == 20


def test_after_a_recalibration_the_chart_begins_anew_with_its_ratings():
    gaps = noise(60) + np.where(np.arange(60) >= 30, 1.5, 0.0)
    gaps[48:] = noise(12, 1)
    one = chart(gaps, [(50, frozenset({48, 49}))])
    assert one.starts == (48,)
    assert one.since_start == 12
    assert one.up[48] <= 2
    (episode,) = one.episodes
    assert episode.last == 47
    assert not episode.over


def test_the_more_charts_are_watched_the_more_a_flag_takes():
    at = [
        len(chart(noise(40, seed) + np.where(np.arange(40) >= 30, 0.9, 0), charts=charts).episodes)
        for charts in (1, 10_000)
        for seed in range(20)
    ]
    assert sum(at[:20]) > sum(at[20:])


def test_what_is_too_small_to_talk_about_is_not_flagged():
    gaps = np.tile([0.02, -0.02], 30) + np.where(np.arange(60) >= 30, 0.24, 0.0)
    assert chart(gaps, how=replace(HOW, worth=0.0, sure=0.5)).episodes
    assert chart(gaps).episodes == ()


def test_all_coders_are_charted_by_session_whoever_rated_it():
    sessions = np.repeat(np.arange(40), 3)
    coder = np.tile(np.arange(3), 40)
    gap = np.random.default_rng(2).normal(0, 0.5, 120) + np.where(sessions >= 25, 1.5, 0.0)
    rows = Rows(np.arange(120), coder, np.full(120, -1), gap, np.zeros(120, dtype=bool), 3)
    one = together(rows, baseline(rows, 3, HOW), sessions, 6, HOW)
    assert len(one.rating) == 30
    assert one.rating.tolist() == list(range(32, 120, 3))
    (episode,) = one.episodes
    assert 13 <= episode.began <= 16


@given(
    st.lists(st.one_of(st.floats(-6, 6), st.just(float("nan"))), max_size=60),
    st.integers(0, 60),
)
def test_whatever_was_rated_a_chart_is_whole(gaps, after):
    one = chart(gaps, [(after, frozenset())])
    n = sum(gap == gap for gap in gaps)
    assert [len(each) for each in (one.rating, one.gap, one.line, one.half, one.up, one.signals)] == [n] * 6
    assert not np.isnan(one.line[one.watched]).any()
    assert np.isnan(one.line[~one.watched]).all()
    ends = [end for each in one.episodes for end in (each.began, each.signalled, each.last)]
    assert ends == sorted(ends)
    for each in one.episodes:
        assert each.signalled - each.began >= HOW.since - 1
        assert one.signals[each.signalled]
