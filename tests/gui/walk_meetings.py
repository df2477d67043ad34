"""The page of meetings and its dialogs, one after the other."""

from collections.abc import Callable, Iterator
from datetime import date

from PySide6.QtWidgets import QWidget

from mio_fidelity.coding import discuss, meetings
from mio_fidelity.coding.decisions import newest_instrument
from mio_fidelity.gui import places
from mio_fidelity.gui.meeting_dialogs import DecideDialog, TakeUpDialog
from mio_fidelity.gui.meeting_report import ReportDialog
from mio_fidelity.gui.meetings_page import MeetingsPage
from tests.gui.conftest import Coder

DAY = date(2026, 3, 1)


def pages(coder: Coder) -> Iterator[tuple[str, QWidget]]:
    """No meeting, an empty one, one with all that can be kept, every decision; all without words."""
    window, study = coder.window, coder.study
    window.go(places.MEETINGS)
    page = window.pages.currentWidget()
    assert isinstance(page, MeetingsPage)
    yield "no meeting", page
    page.foot.primary.click()
    yield "an empty meeting", page
    held = study.do(meetings.hold, date(date.today().year + 1, 1, 1))
    topics = [study.do(discuss.put, study.session_id, scale) for scale in ("warm_regard", "child_mind")]
    study.do(discuss.take_up, held, topics)
    study.do(discuss.settle, topics[0])
    study.do(meetings.set_attendance, held, [study.people["R1"], study.people["S1"]])
    for scale, dimension in (("warm_regard", None), (None, "fidelity")):
        made = study.do(meetings.decide, scale, dimension, "5", DAY, held)
    page.form.attendance.ticked.emit([study.people["R1"]])
    yield "a meeting", page
    study.do(meetings.withdraw_decision, made)
    page.open()
    page.tabs.setCurrentIndex(1)
    yield "decisions", page
    page.tabs.setCurrentIndex(0)
    page.left.emit()


def dialogs(coder: Coder) -> dict[str, Callable[[], QWidget]]:
    """What makes each dialog."""
    return {
        "decide": lambda: _decide(coder, DAY),
        "decide for later": lambda: _decide(coder, date(date.today().year + 1, 1, 1)),
        "from the list to discuss": lambda: _take_up(coder),
        "report of a meeting": ReportDialog,
    }


def _decide(coder: Coder, day: date) -> DecideDialog:
    return DecideDialog(coder.window._bench, coder.study.ask(newest_instrument), None, day)


def _take_up(coder: Coder) -> TakeUpDialog:
    study, who = coder.study, coder.study.project.person_id
    study.sign_in("S1")
    study.do(discuss.put, study.session_id)
    made = TakeUpDialog(study.ask(discuss.listing))
    study.project.sign_in(who)
    return made
