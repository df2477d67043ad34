"""The training page with its tabs and dialogs, a comparison, and the examples under the manual."""

from collections.abc import Callable, Iterator

from PySide6.QtWidgets import QWidget

from mio_fidelity.coding import exemplars, master_codes
from mio_fidelity.gui import places
from mio_fidelity.gui.exemplar_dialog import ExemplarDialog
from mio_fidelity.gui.rationale_dialog import RationaleDialog
from mio_fidelity.gui.training_dialogs import GiveTrainingDialog, RuleDialog
from mio_fidelity.gui.training_page import TrainingPage
from tests.gui.conftest import Coder
from tests.gui.trained import audible, compared


def pages(coder: Coder) -> Iterator[tuple[str, QWidget]]:
    """Nothing yet, then each tab with something in it, then the comparison."""
    window, study = coder.window, coder.study
    window.go(places.TRAINING)
    page = window.pages.currentWidget()
    assert isinstance(page, TrainingPage)
    yield from _tabs(coder, page, "of nothing")
    rating_id = compared(study, words=False)
    study.sign_in("S1")
    (master_id,) = study.sql("SELECT id FROM rating WHERE purpose = 'master'")[0]
    mark = study.ask(master_codes.master_codes, master_id).desk.marks[0]
    study.do(exemplars.promote, mark.id, "fidelity", 5)
    page.show_tab(0)
    page.open()
    yield from _tabs(coder, page, "")
    page.show_tab(0)
    page.coders.which.setCurrentIndex(1)
    yield "training, sessions of a coder", page
    window._open_comparison(rating_id)
    yield "compared with the master codes", window.comparison
    window.comparison.fold_agreed()
    window.comparison.show_manual()
    yield "compared with the master codes, manual", window.comparison
    window.comparison.leave()
    page.left.emit()


def _tabs(coder: Coder, page: TrainingPage, what: str) -> Iterator[tuple[str, QWidget]]:
    coder.wait(lambda: page.coders._found is not None and page.coders._job is None, 10_000)
    for tab in range(page.tabs.count()):
        page.show_tab(tab)
        yield f"training {what}, tab {tab}", page


def dialogs(coder: Coder) -> dict[str, Callable[[], QWidget]]:
    """What makes each dialog."""
    bench = coder.window._bench

    def made(make: Callable[[str], QWidget]) -> QWidget:
        study, who = coder.study, coder.study.project.person_id
        found = study.sql("SELECT id FROM rating WHERE purpose = 'master'")
        master_id = found[0][0] if found else audible(study, words=False)[1]
        study.sign_in("S1")
        dialog = make(master_id)
        if who:
            study.project.sign_in(who)
        return dialog

    return {
        "rule of certification": lambda: made(lambda _: RuleDialog(bench)),
        "give training sessions": lambda: made(
            lambda _: GiveTrainingDialog(bench, coder.study.people["R2"], "R2", 3)
        ),
        "reasons for master codes": lambda: made(lambda one: RationaleDialog(bench, one)),
        "add an example": lambda: made(lambda _: ExemplarDialog(bench)),
    }
