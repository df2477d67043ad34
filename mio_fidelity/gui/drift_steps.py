"""What is done about a flag: master sessions drawn for a coder, and the recalibration closed."""

from datetime import date

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from mio_fidelity.analysis.drift_results import DriftReport
from mio_fidelity.analysis.drift_words import as_reason
from mio_fidelity.coding import recalibration
from mio_fidelity.errors import UserError
from mio_fidelity.gui.drift_dialogs import CloseDialog, DrawDialog
from mio_fidelity.gui.drift_flags import Notice
from mio_fidelity.gui.workbench import Workbench, said


class RecalibrationSteps(QObject):
    """Asks in a dialog over ``parent``, then does; a refusal is said in the dialog.

    Signals:
        said: A sentence on what was done, and its role of the theme.
    """

    said = Signal(str, str)

    def __init__(self, bench: Workbench, parent: QWidget) -> None:
        super().__init__(parent)
        self._bench, self._window = bench, parent

    def ask_how_many(self, notice: Notice, report: DriftReport) -> None:
        """Ask how many master sessions, and draw them."""
        dialog = DrawDialog(notice.code, notice.words, self._window)
        dialog.asked.connect(lambda n, due, seed: self._draw(dialog, notice, report, (n, due, seed)))
        dialog.open()

    def ask_to_close(self, notice: Notice) -> None:
        """Say what closing does, close, and say what came of it."""
        row = notice.open
        if row is not None:
            dialog = CloseDialog(row, self._window)
            dialog.asked.connect(lambda: self._close(dialog, row.id))
            dialog.open()

    def _draw(
        self, dialog: DrawDialog, notice: Notice, report: DriftReport, how: tuple[int, date | None, int]
    ) -> None:
        n, due_on, seed = how
        known = any(each.coder == notice.code for each in report.coders)
        reason = as_reason(report, notice.code) if known else {}
        try:
            done = self._bench.project.do(
                recalibration.draw_masters, notice.person_id, n, reason, seed, due_on
            )
        except UserError as error:
            dialog.complain(error)
            return
        dialog.done_well()
        self.said.emit(f"✔ {said(done.value.words)}", "ok")
        self._bench.changed.emit(done.changed)

    def _close(self, dialog: CloseDialog, row_id: str) -> None:
        try:
            done = self._bench.project.do(recalibration.close_recalibration, row_id)
        except UserError as error:
            dialog.complain(error)
            return
        dialog.tell(said(done.value.words), done.value.passed)
        self._bench.changed.emit(done.changed)
