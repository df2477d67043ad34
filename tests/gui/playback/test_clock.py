import pytest

from mio_fidelity.gui.playback import clock as clock_module
from mio_fidelity.gui.playback.clock import STALE_S, STALLED_S, Clock


class Watch:
    """Time that passes when told to."""

    def __init__(self):
        self.now = 100.0

    def monotonic(self):
        return self.now


@pytest.fixture
def watch(monkeypatch):
    made = Watch()
    monkeypatch.setattr(clock_module, "time", made)
    return made


def test_it_stands_still_until_the_library_reports(watch):
    clock = Clock(patience_s=1)
    clock.seek(700)
    clock.run(1.0)
    watch.now += 5
    assert clock.now() == 700


def test_it_goes_on_between_reports_and_stalls_with_the_library(watch):
    clock = Clock(patience_s=0.5)
    clock.seek(1_000)
    clock.run(2.0)
    clock.report(1_000)
    watch.now += 0.25
    assert clock.now() == 1_500
    watch.now += 60
    assert clock.now() == 2_000


def test_a_report_counts_from_when_it_was_made(watch):
    clock = Clock(patience_s=1)
    clock.seek(1_000)
    clock.run(1.0)
    clock.report(1_000, seen_at=watch.now - 0.25)
    assert clock.now() == 1_250


def test_an_old_report_does_not_undo_a_seek(watch):
    clock = Clock(patience_s=1)
    clock.run(1.0)
    clock.report(60_000)
    clock.seek(10_000)
    watch.now += STALE_S / 2
    clock.report(60_050)
    assert clock.now() == 10_000
    clock.report(10_100)
    assert clock.now() == 10_100


def test_a_slow_start_is_believed(watch):
    clock = Clock(patience_s=1)
    clock.run(1.0)
    clock.seek(10_000)
    watch.now += STALE_S * 0.9
    clock.report(10_010)
    assert clock.now() == 10_010


def test_an_old_report_after_a_long_pause_does_not_undo_a_seek(watch):
    clock = Clock(patience_s=1)
    clock.seek(1_000)
    watch.now += 60
    clock.run(1.0)
    clock.report(3_000)
    assert clock.now() == 1_000


def test_where_the_library_really_went_counts_in_the_end(watch):
    clock = Clock(patience_s=1)
    clock.run(1.0)
    clock.seek(10_000)
    watch.now += STALE_S
    clock.report(12_000)
    assert clock.now() == 12_000


def test_what_is_reported_while_paused_moves_nothing(watch):
    clock = Clock(patience_s=1)
    clock.report(5_000)
    assert clock.now() == 0


def test_neither_a_change_of_speed_nor_a_pause_moves_it(watch):
    clock = Clock(patience_s=10)
    clock.run(1.0)
    clock.report(0)
    watch.now += 1
    clock.turn(2.0)
    assert clock.now() == 1_000
    watch.now += 1
    clock.stop()
    watch.now += 1
    assert clock.now() == 3_000


def test_it_is_stalled_when_reports_stay_away_while_running(watch):
    clock = Clock(patience_s=0.1)
    watch.now += 60
    assert not clock.stalled
    clock.run(1.0)
    clock.report(0)
    watch.now += STALLED_S * 0.9
    assert not clock.stalled
    watch.now += STALLED_S * 0.2
    assert clock.stalled
    clock.stop()
    assert not clock.stalled
