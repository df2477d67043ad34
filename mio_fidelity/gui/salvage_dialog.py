"""Saves what is readable of a damaged study into a new one, and lists what is not."""

from functools import partial
from pathlib import Path

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QFileDialog, QLineEdit, QVBoxLayout, QWidget

from mio_fidelity.gui import theme
from mio_fidelity.gui.bars import label
from mio_fidelity.gui.dialogs import sentence_label
from mio_fidelity.gui.study_dialogs import chooser, roomy_form
from mio_fidelity.gui.work_dialog import WorkDialog, list_of
from mio_fidelity.gui.workbench import Workbench
from mio_fidelity.media.progress import IsCancelled, OnProgress
from mio_fidelity.store.salvage import Salvaged, Tally, salvage

MOST_IDS = 200


def QT_TRANSLATE_NOOP(context: str, text: str) -> str:  # noqa: ARG001
    """Marks ``text`` for the translators; the name is the one their tool looks for."""
    return text


_TABLES = {
    "person": QT_TRANSLATE_NOOP("SalvageDialog", "People"),
    "client": QT_TRANSLATE_NOOP("SalvageDialog", "Clients"),
    "counselor": QT_TRANSLATE_NOOP("SalvageDialog", "Counselors"),
    "treatment_session": QT_TRANSLATE_NOOP("SalvageDialog", "Sessions"),
    "recording": QT_TRANSLATE_NOOP("SalvageDialog", "Recordings"),
    "rating": QT_TRANSLATE_NOOP("SalvageDialog", "Ratings"),
    "score": QT_TRANSLATE_NOOP("SalvageDialog", "Scores"),
    "evidence_mark": QT_TRANSLATE_NOOP("SalvageDialog", "Evidence"),
    "coverage": QT_TRANSLATE_NOOP("SalvageDialog", "Stretches that were heard"),
    "amendment": QT_TRANSLATE_NOOP("SalvageDialog", "Amendments"),
    "audit": QT_TRANSLATE_NOOP("SalvageDialog", "Lines of the audit trail"),
}


class SalvageDialog(WorkDialog):
    """Asks for the pass phrase and a new folder; the damaged study is only read.

    Signals:
        made: The folder of the new study, when it is to be opened.
    """

    made = Signal(object)

    def __init__(self, bench: Workbench, folder: Path, parent: QWidget | None = None) -> None:
        super().__init__(bench, parent)
        self.setWindowTitle(self.tr("Save what is readable"))
        self._folder = folder
        self._made: Path | None = None
        self.passphrase = QLineEdit()
        self.target = QLineEdit(str(_free(folder)))
        self.chooser = chooser(self.target, self._choose, self.tr("New folder"))
        self.heading = label("", "title")
        self.tables = list_of(self.tr("What was saved and what was not"))
        self._lay_out()
        self.passphrase.setFocus()

    def accept(self) -> None:
        """Begin; once it is done, open the new study."""
        if self.busy:
            return
        if self._made is not None:
            self.made.emit(self._made)
            super(WorkDialog, self).accept()
            return
        if not self.target.text().strip():
            self._say(self.tr("▲ Choose a new folder."), "warn")
            self.target.setFocus()
            return
        self._say("", "muted")
        target = Path(self.target.text().strip()).absolute()
        work = partial(_salvage, self._folder, self.passphrase.text(), target)
        self._start(work, lambda found: self._take(target, found), self._stopped)

    def _lay_out(self) -> None:
        words = self.tr(
            "Reads the study table by table and row by row, and writes what can be read into a new study with"
            " the same pass phrases. The damaged study stays as it is. If there is a backup, compare: going"
            " back to it may lose less."
        )
        self.passphrase.setEchoMode(QLineEdit.EchoMode.Password)
        self.passphrase.setAccessibleName(self.tr("Pass phrase"))
        self.progress.setAccessibleName(self.tr("How much is read"))
        form = roomy_form()
        form.addRow(self.tr("Pass phrase"), self.passphrase)
        form.addRow(self.tr("New folder"), self.chooser)
        column = QVBoxLayout(self)
        column.setSpacing(theme.scaled(10))
        column.addWidget(sentence_label(words, "muted"))
        column.addLayout(form)
        for widget in (self.progress, self.report, self.heading):
            column.addWidget(widget)
        column.addWidget(self.tables, 1)
        column.addStretch()
        column.addWidget(self.box)
        self.go.setText(self.tr("Save"))
        self.heading.hide()
        self.tables.hide()
        self._widen()

    def _choose(self) -> None:
        place = QFileDialog.getSaveFileName(self, self.tr("New folder"), self.target.text())[0]
        if place:
            self.target.setText(place)

    def _take(self, target: Path, found: Salvaged) -> None:
        self._made = target
        whole = all(tally.whole for tally in found.tables) and not found.files_lost
        if whole:
            self._say(self.tr("✔ Everything could be read and is in the new study."), "ok")
        else:
            self._say(self.tr("▲ Saved, but not everything could be read. What is missing:"), "warn")
        self.heading.setText(self.tr("Table by table"))
        self.tables.clear()
        for tally in sorted(found.tables, key=lambda each: each.whole):
            self._list(tally)
        if found.files_lost:
            words = self.tr("▲ Files of recordings or pictures that could not be copied: {n}.")
            self.tables.addItem(words.format(n=found.files_lost))
        for widget in (self.heading, self.tables):
            widget.show()
        for field in (self.passphrase, self.chooser):
            field.setEnabled(False)
        self.go.setText(self.tr("Open the new study"))
        self._make_room()
        self.go.setFocus()

    def _list(self, tally: Tally) -> None:
        name = _TABLES.get(tally.table)
        title = QCoreApplication.translate("SalvageDialog", name) if name else tally.table
        if tally.whole:
            if tally.saved:
                self.tables.addItem(self.tr("✔ {table}: {n} saved").format(table=title, n=tally.saved))
            return
        words = self.tr(
            "▲ {table}: {n} saved, {lost} could not be read, {left} left out because they belong to such"
        )
        self.tables.addItem(
            words.format(table=title, n=tally.saved, lost=len(tally.lost), left=tally.left_out)
        )
        if tally.unknown:
            self.tables.addItem(self.tr("There may have been more, of which not even the ids can be read."))
        for row_id in tally.lost[:MOST_IDS]:
            self.tables.addItem(self.tr("not read: {id}").format(id=row_id))
        if len(tally.lost) > MOST_IDS:
            self.tables.addItem(self.tr("and {n} more").format(n=len(tally.lost) - MOST_IDS))

    def _stopped(self) -> None:
        self._say(self.tr("▲ Stopped; nothing was made."), "warn")


def _salvage(
    folder: Path, passphrase: str, target: Path, on_progress: OnProgress, cancelled: IsCancelled
) -> Salvaged:
    return salvage(folder, passphrase, target, on_progress, cancelled)


def _free(folder: Path) -> Path:
    """A name beside the study that nothing has."""
    names = [f"{folder.name}-saved", *(f"{folder.name}-saved-{nth}" for nth in range(2, 100))]
    return next(
        (path for name in names if not (path := folder.with_name(name)).exists()),
        folder.with_name(f"{folder.name}-saved-100"),
    )
