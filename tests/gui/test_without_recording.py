"""A rating that was not given here: its session has no recording, and the page says so."""

import pytest
from PySide6.QtCore import Qt

from mio_fidelity.coding.desk import queue
from mio_fidelity.demo_history import add_history, read_history
from tests.gui.conftest import CTRL, QUIET

pytestmark = QUIET


@pytest.fixture
def elsewhere(window):
    """Id of a submitted rating by R1 without recording."""
    window.study.sign_in("S1")
    window.study.do(add_history, window.study.instrument_id, read_history()[:2])
    window.study.sign_in("R1")
    return next(row.rating_id for row in window.study.ask(queue) if row.submitted_at)


def test_it_opens_with_its_scores_and_a_sentence(window, elsewhere):
    window.window.queue.chosen.emit(elsewhere)
    window.study.rating_id = elsewhere
    assert window.page.isVisible()
    assert "no recording" in window.page.waveform._scene.message
    assert len(window.desk.answers) == 20
    window.press(Qt.Key.Key_Space, Qt.Key.Key_Right, "1")
    assert window.desk.heard == ()


def test_a_session_with_recording_opens_after_it(window, elsewhere):
    first = window.study.rating_id
    window.window.queue.chosen.emit(elsewhere)
    window.press(Qt.Key.Key_W, mod=CTRL)
    window.open(first)
    assert window.page.waveform._scene.message == ""
    assert window.desk.duration_ms > 0
