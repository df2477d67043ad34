import pytest

from mio_fidelity.gui.timeline import SHORTEST_SPAN_MS, TimeWindow

HOUR = 3_600_000


def test_zooming_keeps_the_moment_under_the_mouse_in_place():
    view = TimeWindow.whole(HOUR)
    at = view.ms(150, 600)
    closer = view.zoomed(4, at)
    assert closer.zoom == 4
    assert closer.x(at, 600) == pytest.approx(150)


def test_the_view_never_leaves_the_recording():
    view = TimeWindow.whole(HOUR).zoomed(8, HOUR)
    assert view.end_ms == HOUR
    assert view.moved_to(-1).start_ms == 0
    assert view.moved_to(2 * HOUR).end_ms == HOUR
    assert view.zoomed(0.001, 0) == TimeWindow.whole(HOUR)
    assert TimeWindow.whole(HOUR).ms(-50, 600) == 0
    assert view.ms(10_000, 600) == HOUR


def test_zooming_stops_where_nothing_more_can_be_seen():
    assert TimeWindow.whole(HOUR).zoomed(1e9, 5_000).span_ms == SHORTEST_SPAN_MS
    assert TimeWindow.whole(800).zoomed(2, 0).span_ms == 800


@pytest.mark.parametrize("duration", [800, 2_000, 61_000, HOUR, 3 * HOUR])
@pytest.mark.parametrize("zoom", [1, 3, 40])
def test_ticks_are_round_few_and_in_view(duration, zoom):
    view = TimeWindow.whole(duration).zoomed(zoom, duration / 3)
    ticks = view.ticks(7)
    assert all(view.shows(tick) for tick in ticks)
    assert len(ticks) <= 8
    assert all(tick % 1000 == 0 for tick in ticks)
    if duration >= 2_000:
        assert len(ticks) >= 1


def test_an_unknown_length_has_no_places():
    nothing = TimeWindow.whole(0)
    assert nothing.ticks(5) == []
    assert nothing.x(500, 600) == 0
    assert nothing.ms(300, 600) == 0
    assert not nothing.zoomed(2, 0).zoomed_in
