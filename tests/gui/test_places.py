"""The bar that leads a supervisor about."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from mio_fidelity.gui import places
from tests.gui.conftest import QUIET

pytestmark = QUIET


def test_a_coder_sees_no_bar(window):
    assert window.window.places.isHidden()
    window.window.go(places.QUEUE)
    assert window.window.places.isHidden()


def test_a_key_leads_a_supervisor_to_each_place(window, study):
    window.window.start.signed_in.emit(study.people["S1"])
    assert window.window.places.isVisible()
    for nth, place in enumerate(places.MAKERS, start=2):
        QTest.keyClick(window.window, str(nth), Qt.KeyboardModifier.AltModifier)
        assert window.window.pages.currentWidget() is window.window.supervisor[place]
        assert window.window.places.tabs.currentIndex() == nth - 1
    QTest.keyClick(window.window, "1", Qt.KeyboardModifier.AltModifier)
    assert window.window.pages.currentWidget() is window.window.queue


def test_the_bar_is_away_while_somebody_rates_and_while_nobody_is_signed_in(window, study):
    window.window.start.signed_in.emit(study.people["S1"])
    rating = study.assign("S1")
    window.window.queue.chosen.emit(rating)
    assert window.window.places.isHidden()
    window.window.coding.left.emit()
    assert window.window.places.isVisible()
    window.window.queue.left.emit()
    assert window.window.places.isHidden()
