"""What a coder sees of her own calibration in the window, and when."""

from datetime import date

import pytest

from mio_fidelity.coding.own_calibration import OwnCalibration, OwnLine, let_coders_see_own
from mio_fidelity.gui import theme
from mio_fidelity.gui.own_calibration_dialog import OwnCalibrationDialog
from tests.gui.front import QUIET, button

pytestmark = QUIET
UNTIL = date(2026, 11, 1)


def allow(study, on=True):
    who = study.project.person_id
    study.sign_in("S1")
    study.do(let_coders_see_own, on)
    study.project.sign_in(who)


def sign_in(window, code):
    window.window.start.signed_in.emit(window.study.people[code])


def opened(window):
    found = window.window.queue.findChildren(OwnCalibrationDialog)
    assert len(found) == 1
    return found[0]


def test_nothing_is_offered_unless_the_supervisor_allows_it(window, study):
    page = window.window.queue
    assert page.calibration.isHidden()
    allow(study)
    sign_in(window, "R1")
    assert page.calibration.isVisible()
    sign_in(window, "S1")
    assert page.calibration.isHidden()
    allow(study, False)
    sign_in(window, "R1")
    assert page.calibration.isHidden()


def test_too_little_is_said_in_words(window, study):
    allow(study)
    sign_in(window, "R1")
    button(window.window.queue, "My calibration").click()
    dialog = opened(window)
    assert "too little" in dialog.words.text()
    assert dialog.plot.isHidden()
    dialog.close()


@pytest.fixture
def dialog(qtbot):
    lines = (
        OwnLine("alliance", "Alliance building", "fidelity", "Fidelity", 40, 0.62, 0.95),
        OwnLine("mentalization", "Mentalization-based", "competence", "Competence", 38, -1.4, 0.61),
    )
    made = OwnCalibrationDialog(OwnCalibration(True, UNTIL, True, lines))
    qtbot.addWidget(made)
    made.show()
    return made


def test_each_domain_says_its_difference_with_sign_share_and_number(dialog):
    assert dialog.plot.as_text().splitlines() == [
        "Fidelity, Alliance building: +0.62 points, within 1 point 95% (n = 40)",
        "Competence, Mentalization-based: −1.40 points, within 1 point 61% (n = 38)",
    ]
    assert dialog.plot.accessibleDescription() == dialog.plot.as_text()


def test_the_dot_lies_left_of_the_middle_where_scores_are_lower(dialog, qtbot):
    qtbot.wait(20)
    image = dialog.plot.grab().toImage()
    color = theme.LIGHT.domain("mentalization")
    xs = [x for x in range(image.width()) for y in range(image.height()) if image.pixelColor(x, y) == color]
    other = theme.LIGHT.domain("alliance")
    higher = [
        x for x in range(image.width()) for y in range(image.height()) if image.pixelColor(x, y) == other
    ]
    assert xs
    assert max(xs) < min(higher)


def test_a_study_that_does_not_allow_it_says_so(qtbot):
    made = OwnCalibrationDialog(OwnCalibration(False, UNTIL, False, ()))
    qtbot.addWidget(made)
    assert "does not show" in made.words.text()
