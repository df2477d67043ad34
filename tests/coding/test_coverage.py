"""How much was heard, against a count of single milliseconds."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mio_fidelity.coding import rate
from mio_fidelity.coding.coverage import merged, share_heard
from tests.conftest import OpenStudy

SPANS = st.lists(
    st.tuples(st.integers(-20, 120), st.integers(0, 60)).map(lambda pair: (pair[0], pair[0] + pair[1])),
    max_size=12,
)


@settings(max_examples=300, database=None)
@given(spans=SPANS)
def test_the_share_is_the_share_of_the_milliseconds_that_were_heard(spans: list[tuple[int, int]]) -> None:
    heard = [any(start <= ms < end for start, end in spans) for ms in range(100)]
    assert share_heard(spans, 100) == pytest.approx(sum(heard) / 100)


@settings(max_examples=300, database=None)
@given(spans=SPANS)
def test_merging_keeps_the_time_and_leaves_nothing_to_merge(spans: list[tuple[int, int]]) -> None:
    found = merged(spans)
    assert all(before[1] < after[0] for before, after in pairwise(found))
    assert merged(found) == found
    assert merged(reversed(spans)) == found
    for ms in range(-20, 180):
        assert any(a <= ms < b for a, b in found) == any(a <= ms < b for a, b in spans)


def test_nothing_heard_and_no_length_are_no_share() -> None:
    assert share_heard([], 100) == 0
    assert share_heard([(0, 5)], 0) == 0


@pytest.mark.parametrize(
    ("steps", "rows"),
    [
        ([(0, 250), (250, 500), (500, 750)], 1),
        ([(0, 1000), (1200, 2000)], 1),
        ([(0, 1000), (1300, 2000)], 2),
        ([(0, 2000), (500, 1000)], 2),
        ([(1000, 1100), (900, 1050)], 1),
        ([(-500, 300)], 1),
        ([(500, 500), (700, 600), (-9, 0)], 0),
    ],
)
def test_listening_in_one_go_is_one_row_and_nothing_heard_is_lost(
    study: OpenStudy, steps: list[tuple[int, int]], rows: int
) -> None:
    for start, end in steps:
        study.do(rate.hear, study.rating_id, start, end, 1.0)
    assert len(study.sql("SELECT * FROM coverage")) == rows
    heard = study.desk().heard
    for start, end in steps:
        if end > max(0, start):
            assert any(a <= max(0, start) and end <= b for a, b in heard)
    assert 0 <= study.desk().heard_share <= 1


def test_another_speed_is_another_row(study: OpenStudy) -> None:
    study.do(rate.hear, study.rating_id, 0, 1000, 1.0)
    study.do(rate.hear, study.rating_id, 1000, 2000, 1.5)
    assert study.sql("SELECT start_ms, end_ms, speed FROM coverage ORDER BY 1") == [
        (0, 1000, 1.0),
        (1000, 2000, 1.5),
    ]
    assert study.desk().heard == ((0, 2000),)


def test_listening_after_a_long_pause_is_another_row(study: OpenStudy) -> None:
    study.do(rate.hear, study.rating_id, 0, 1000, 1.0)
    before = datetime.now(UTC) - timedelta(hours=2)
    study.sql("UPDATE coverage SET heard_at = :at", at=before.strftime("%Y-%m-%d %H:%M:%S.%f"))
    study.do(rate.hear, study.rating_id, 1000, 2000, 1.0)
    assert len(study.sql("SELECT * FROM coverage")) == 2
