"""Asking a counselor to rate own sessions."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from mio_fidelity.coding import people, self_ratings
from mio_fidelity.gui.self_rating_dialog import SelfRatingDialog
from mio_fidelity.gui.workbench import Workbench
from mio_fidelity.store import Role
from tests.conftest import CLIENT, COUNSELOR, NUMBER


@pytest.fixture
def bench(study, settings):
    study.submit()
    study.sign_in("S1")
    made = Workbench(settings)
    made.open(study.project)
    return made


def opened(bench, qtbot, spoken=True):
    dialog = SelfRatingDialog(bench, COUNSELOR, spoken)
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


def test_coded_sessions_are_ticked_and_asked_for(bench, qtbot, study):
    dialog = opened(bench, qtbot)
    assert dialog.list.item(0).text() == f"{CLIENT}-{NUMBER}: coded"
    dialog.accept()
    assert not dialog.isVisible()
    (row,) = study.ask(self_ratings.own_sessions, COUNSELOR)
    assert row.asked_at is not None
    assert opened(bench, qtbot).list.item(0).text() == f"{CLIENT}-{NUMBER}: asked for"


def test_nothing_ticked_cannot_be_asked_for(bench, qtbot):
    dialog = opened(bench, qtbot)
    button = dialog._box.button(dialog._box.StandardButton.Ok)
    assert button.isEnabled()
    dialog.list.item(0).setCheckState(Qt.CheckState.Unchecked)
    assert not button.isEnabled()


def test_what_is_refused_is_said_and_the_dialog_stays(bench, qtbot, study):
    study.do(people.add_person, COUNSELOR, Role.CODER)
    dialog = opened(bench, qtbot)
    dialog.accept()
    assert dialog.isVisible()
    assert "Somebody who codes in this study is called" in dialog.problem.text()


def test_an_instrument_without_words_for_it_is_named(bench, qtbot):
    words = [label.text() for label in opened(bench, qtbot, spoken=False).findChildren(QLabel)]
    assert any("no words for self-ratings" in each for each in words)
