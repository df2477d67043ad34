"""The drift page with its detail and dialogs, and a coder's own calibration."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime

from PySide6.QtWidgets import QWidget

from mio_fidelity.analysis.drift_results import DriftOptions
from mio_fidelity.coding.own_calibration import OwnCalibration, OwnLine
from mio_fidelity.coding.recalibration_outcome import RecalibrationRow
from mio_fidelity.gui import places
from mio_fidelity.gui.drift_dialogs import CloseDialog, DrawDialog
from mio_fidelity.gui.drift_help import DriftHelp
from mio_fidelity.gui.drift_page import DriftPage
from mio_fidelity.gui.own_calibration_dialog import OwnCalibrationDialog
from tests.gui.conftest import Coder
from tests.gui.drift_study import drifted


def pages(coder: Coder) -> Iterator[tuple[str, QWidget]]:
    """Nothing to compare; charts of both kinds; what is behind a card; two ratings."""
    window, study = coder.window, coder.study
    window.go(places.DRIFT)
    page = window.pages.currentWidget()
    assert isinstance(page, DriftPage)
    coder.wait(lambda: not page.stale, 10_000)
    yield "drift of nothing", page
    drifted(study, masters=0)
    page.open()
    coder.wait(lambda: not page.stale, 20_000)
    yield "drift", page
    page.controls.kind.setCurrentIndex(1)
    page.controls.span.setCurrentIndex(page.controls.span.count() - 1)
    page.controls.span.activated.emit(page.controls.span.currentIndex())
    yield "drift, CUSUM between two days", page
    page.grid.opened.emit(study.people["R4"])
    yield "drift of one coder", page
    page.detail.tables.setCurrentIndex(1)
    yield "drift, largest disagreements", page
    page.detail.apart.opened.emit("0")
    yield "two ratings beside each other", page
    page.pair.leave()
    page.left.emit()


def dialogs(coder: Coder) -> dict[str, Callable[[], QWidget]]:
    """What makes each dialog."""
    when = datetime(2026, 10, 3, tzinfo=UTC)
    row = RecalibrationRow("1", "2", "R4", when, None, (), 3, 3, None)
    line = OwnLine("alliance", "Alliance building", "fidelity", "Fidelity", 40, 0.62, 0.95)
    until = date(2026, 10, 1)
    return {
        "draw master sessions": lambda: DrawDialog("R4", "", None),
        "close a recalibration": lambda: CloseDialog(row, None),
        "what drift charts are": lambda: DriftHelp(DriftOptions(), None),
        "my calibration": lambda: OwnCalibrationDialog(OwnCalibration(True, until, True, (line,))),
        "my calibration, too early": lambda: OwnCalibrationDialog(OwnCalibration(True, until, False, ())),
        "my calibration, not shown": lambda: OwnCalibrationDialog(OwnCalibration(False, until, False, ())),
    }
