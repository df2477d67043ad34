"""The page of consensus and its dialogs, one after the other."""

from collections.abc import Callable, Iterator

from PySide6.QtWidgets import QWidget

from mio_fidelity.answer import rated
from mio_fidelity.coding import consensus, discuss, rate
from mio_fidelity.gui import places
from mio_fidelity.gui.consensus_dialogs import DiscussDialog, SubmitConsensusDialog
from mio_fidelity.gui.consensus_page import ConsensusPage
from tests.coding.double_coded import double_coded
from tests.gui.conftest import Coder


def pages(coder: Coder) -> Iterator[tuple[str, QWidget]]:
    """Nothing to decide, a list with something to discuss, a session with all its tabs."""
    window, study = coder.window, coder.study
    window.go(places.CONSENSUS)
    page = window.pages.currentWidget()
    assert isinstance(page, ConsensusPage)
    yield "consensus on nothing", page
    sources = double_coded(study, words=False)
    study.do(discuss.put, study.session_id, "warm_regard")
    page.open()
    yield "sessions for a consensus", page
    page.list.foot.primary.click()
    study.sign_in("R2")
    study.do(rate.amend, sources[1], "warm_regard", {"fidelity": rated(7)}, "6")
    study.sign_in("S1")
    page.view.rate_key("5")
    page.view.fold_agreed()
    for tab in range(page.view.side.count()):
        page.view.side.setCurrentIndex(tab)
        yield f"consensus, tab {tab}", page
    page.view.submit()
    yield "consensus with something to decide", page
    page.left.emit()


def dialogs(coder: Coder) -> dict[str, Callable[[], QWidget]]:
    """What makes each dialog."""
    return {
        "submit a consensus": lambda: _to_submit(coder),
        "discuss a scale": lambda: DiscussDialog("1", None),
        "discuss a scale again": lambda: DiscussDialog("1", ""),
    }


def _to_submit(coder: Coder) -> SubmitConsensusDialog:
    study, who = coder.study, coder.study.project.person_id
    double_coded(study, words=False)
    begun = study.do(consensus.begin, study.session_id, [study.people["S1"]])
    made = SubmitConsensusDialog(study.ask(consensus.side_by_side, begun))
    if who:
        study.project.sign_in(who)
    return made
