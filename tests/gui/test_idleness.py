"""For how long nobody has been there, whatever the clocks do."""

import pytest

from mio_fidelity.gui.idleness import Idleness


class Clocks:
    def __init__(self):
        self.run, self.day = 1000.0, 5000.0

    def __call__(self):
        return self.run, self.day

    def pass_by(self, seconds):
        self.run += seconds
        self.day += seconds


@pytest.fixture
def clocks():
    return Clocks()


@pytest.fixture
def idleness(clocks):
    return Idleness(clocks)


def test_it_counts_from_the_last_sign_of_life(idleness, clocks):
    clocks.pass_by(100)
    assert idleness.seconds(None) == 100
    idleness.touch()
    clocks.pass_by(5)
    assert idleness.seconds(None) == 5


def test_who_listens_is_there_but_for_no_longer_than_the_recording(idleness, clocks):
    for _ in range(60):
        clocks.pass_by(60)
        assert idleness.seconds(3600) == 0
    # A loop goes on in an empty room.
    for minutes in range(1, 11):
        clocks.pass_by(60)
        assert idleness.seconds(3600) == 60 * minutes


def test_after_the_sound_has_stopped_it_counts_from_there(idleness, clocks):
    clocks.pass_by(300)
    assert idleness.seconds(3600) == 0
    clocks.pass_by(20)
    assert idleness.seconds(None) == 20


def test_a_computer_that_slept_is_one_where_nobody_was(idleness, clocks):
    clocks.day += 8 * 3600
    assert idleness.seconds(None) == 8 * 3600


def test_a_clock_set_back_does_not_keep_it_open(idleness, clocks):
    clocks.day -= 86_400
    clocks.run += 700
    assert idleness.seconds(None) == 700
