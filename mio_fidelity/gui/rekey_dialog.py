"""Giving the study a new key: says what follows, and works while nobody can read or write."""

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from mio_fidelity.coding import access
from mio_fidelity.errors import UserError
from mio_fidelity.gui import theme
from mio_fidelity.gui.dialogs import sentence_label
from mio_fidelity.gui.work_dialog import WorkDialog
from mio_fidelity.gui.workbench import EVERYTHING, Workbench, sentence

WIDTH_PX = 520


class RekeyDialog(WorkDialog):
    """Asks first, then does it; once begun it cannot be stopped, and takes seconds.

    Args:
        bench: The open study.
        title: Of the window.
        words: What follows from it.
        does: What the button says.
        begin: Makes the work, on this thread; raises `UserError` when it cannot be done.
        parent: Over which window.
    """

    def __init__(
        self,
        bench: Workbench,
        title: str,
        words: str,
        does: str,
        begin: Callable[[], Callable[[], object]],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(bench, parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self._begin = begin
        self.progress.setAccessibleName(self.tr("Giving the study a new key"))
        self.go.setText(does)
        self.stop.setText(self.tr("Cancel"))
        column = QVBoxLayout(self)
        column.setSpacing(theme.scaled(12))
        backups = self.tr(
            "Backups made before keep the old key: who has kept an old file, or gets at the backups folder, "
            "can still read that copy with an old pass phrase. Delete old backups where that matters."
        )
        for text, role in ((words, ""), (backups, "muted")):
            made = sentence_label(text, role)
            made.setMinimumWidth(theme.scaled(WIDTH_PX))
            column.addWidget(made)
        for each in (self.progress, self.report, self.box):
            column.addWidget(each)

    def accept(self) -> None:
        """Begin."""
        if self.busy:
            return
        self._say("", "muted")
        try:
            work = self._begin()
        except UserError as error:
            self._say(sentence(error), "alarm")
            return
        self._start(lambda _tell, _cancelled: work(), self._finish, lambda: None)
        # Half a re-key is none; there is nothing to stop.
        self.stop.setEnabled(False)

    def reject(self) -> None:
        """Close, when nothing is going on."""
        if not self.busy:
            super().reject()

    def _finish(self, _: object) -> None:
        super(WorkDialog, self).accept()
        self._bench.changed.emit(EVERYTHING)

    def _show_busy(self, busy: bool) -> None:
        super()._show_busy(busy)
        self.stop.setText(self.tr("Cancel"))
        self.stop.setEnabled(not busy)


def remove_dialog(bench: Workbench, person_id: str, code: str, parent: QWidget) -> RekeyDialog:
    """Somebody leaves the study."""
    words = QCoreApplication.translate(
        "RekeyDialog",
        "{code} signs in no more, and the sessions not submitted are free again; what was submitted stays. "
        "The study gets a new key, so that {code} cannot open it any more. Everybody else keeps their pass "
        "phrase.",
    )
    return RekeyDialog(
        bench,
        QCoreApplication.translate("RekeyDialog", "Leaves the study"),
        words.format(code=code),
        QCoreApplication.translate("RekeyDialog", "Remove and give a new key"),
        lambda: access.removing(bench.project, person_id),
        parent,
    )


def end_shared_dialog(bench: Workbench, left_out: str, parent: QWidget) -> RekeyDialog:
    """The shared pass phrase ends; ``left_out`` are the codes of those who have none of their own."""
    words = QCoreApplication.translate(
        "RekeyDialog",
        "The pass phrase that all share opens the study no more; it gets a new key. Everybody uses a pass "
        "phrase of their own.",
    )
    if left_out:
        without = QCoreApplication.translate(
            "RekeyDialog", "Without one, and shut out until you give them one: {codes}."
        )
        words += " " + without.format(codes=left_out)
    return RekeyDialog(
        bench,
        QCoreApplication.translate("RekeyDialog", "End the shared pass phrase"),
        words,
        QCoreApplication.translate("RekeyDialog", "End it"),
        lambda: access.ending_shared(bench.project),
        parent,
    )


def new_key_dialog(bench: Workbench, parent: QWidget) -> RekeyDialog:
    """A new key for all who work in the study."""
    words = QCoreApplication.translate(
        "RekeyDialog",
        "For when an old pass phrase, or an old recovery key, may be in other hands: replace those first, "
        "then give the study a new key. Nobody has to do anything; pass phrases stay.",
    )
    return RekeyDialog(
        bench,
        QCoreApplication.translate("RekeyDialog", "A new key for the study"),
        words,
        QCoreApplication.translate("RekeyDialog", "Give a new key"),
        lambda: access.rekeying(bench.project),
        parent,
    )
