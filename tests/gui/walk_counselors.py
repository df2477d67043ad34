"""The counselors' page and its dialogs, one after the other."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from PySide6.QtWidgets import QWidget

from mio_fidelity.analysis.counselors import counselor_report
from mio_fidelity.coding import self_ratings
from mio_fidelity.coding.counselor_criterion import Band, set_criterion
from mio_fidelity.gui import places
from mio_fidelity.gui.counselors_page import CounselorsPage
from mio_fidelity.gui.criterion_dialog import CriterionDialog
from mio_fidelity.gui.feedback_dialog import FeedbackDialog
from mio_fidelity.gui.self_rating_dialog import SelfRatingDialog
from tests.conftest import ARM, COUNSELOR
from tests.gui.conftest import Coder


def nothing(coder: Coder) -> Iterator[tuple[str, QWidget]]:
    """Before anything is coded."""
    page = _page(coder)
    coder.wait(page.why_nothing.text, 10_000)
    yield "counselors of nothing", page
    page.left.emit()


def pages(coder: Coder) -> Iterator[tuple[str, QWidget]]:
    """Every tab, with a criterion and a self-rating; a session has been coded."""
    study = coder.study
    coder.window.start.signed_in.emit(study.people["S1"])
    study.do(set_criterion, [Band(ARM, "alliance", "fidelity", 2, 6), Band(ARM, "alliance", "competence", 3)])
    study.do(self_ratings.ask_for, COUNSELOR, [study.session_id])
    (own,) = study.sql("SELECT id, person_id FROM rating WHERE purpose = 'self'")
    study.project.sign_in(own.person_id)
    rating_id, study.rating_id = study.rating_id, own.id
    study.submit(6)
    study.rating_id = rating_id
    coder.window.start.signed_in.emit(study.people["S1"])
    page = _page(coder)
    coder.wait(lambda: page.report is not None, 10_000)
    for tab in range(page.view.tabs.count()):
        page.view.tabs.setCurrentIndex(tab)
        yield f"counselors, tab {tab}", page
    page.left.emit()


def dialogs(coder: Coder) -> dict[str, Callable[[], QWidget]]:
    """What makes each dialog; a session has been coded by then."""
    return {
        "criterion": lambda: _criterion(coder),
        "ask for self-ratings": lambda: _own(coder),
        "feedback sheet": FeedbackDialog,
    }


def _page(coder: Coder) -> CounselorsPage:
    coder.window.go(places.COUNSELORS)
    page = coder.window.pages.currentWidget()
    assert isinstance(page, CounselorsPage)
    return page


def _criterion(coder: Coder) -> CriterionDialog:
    with _supervisor(coder):
        made = CriterionDialog(coder.window._bench, coder.study.ask(counselor_report))
    made.fields[ARM, ("alliance", "fidelity")][0].setText("?")
    made.accept()
    return made


def _own(coder: Coder) -> SelfRatingDialog:
    with _supervisor(coder):
        return SelfRatingDialog(coder.window._bench, COUNSELOR, False)


@contextmanager
def _supervisor(coder: Coder) -> Iterator[None]:
    """S1 signed in for a while."""
    study, who = coder.study, coder.study.project.person_id
    study.sign_in("S1")
    yield
    if who:
        study.project.sign_in(who)
