"""The backups of a study: what is in one, what going back to it would lose, and going back."""

from datetime import datetime
from functools import partial
from pathlib import Path

from PySide6.QtCore import QDateTime, QLocale, Signal
from PySide6.QtWidgets import (
    QHeaderView,
    QLineEdit,
    QPushButton,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from mio_fidelity.errors import UserError
from mio_fidelity.gui import theme
from mio_fidelity.gui.bars import label
from mio_fidelity.gui.dialogs import sentence_label
from mio_fidelity.gui.line_table import line_table
from mio_fidelity.gui.study_dialogs import roomy_form
from mio_fidelity.gui.work_dialog import WorkDialog
from mio_fidelity.gui.workbench import Workbench, sentence
from mio_fidelity.media.progress import IsCancelled, OnProgress
from mio_fidelity.store import Project
from mio_fidelity.store.backups import Backup, Kind, list_backups
from mio_fidelity.store.preview import Preview, preview
from mio_fidelity.store.restore import DATABASE, FileKeys, keys_for, opens, project_keys, restore

TABLE_HEIGHT_PX = 200
Seen = tuple[Backup, FileKeys, FileKeys | None, Preview]


class RestoreDialog(WorkDialog):
    """Lists the backups; one is looked into first, and only then can be gone back to.

    Args:
        bench: The open study, if there is one.
        folder: The study folder; None for the open study.
        parent: Over which window.

    Signals:
        going: The open study is to be closed; it is when this returns.
        restored: The folder of the study that went back.
        salvage_asked: What is readable of the study in this folder is to be saved; None for the open one.
    """

    going = Signal()
    restored = Signal(object)
    salvage_asked = Signal(object)

    def __init__(self, bench: Workbench, folder: Path | None = None, parent: QWidget | None = None) -> None:
        super().__init__(bench, parent)
        self.setWindowTitle(self.tr("Backups"))
        self._project: Project | None = None if folder else bench.project
        self._folder = folder or bench.project.folder
        self._backups: tuple[Backup, ...] = ()
        self._seen: Seen | None = None
        self._old_key = False
        self.table = line_table((self.tr("Made"), self.tr("Why"), self.tr("Size")))
        self.passphrase = QLineEdit()
        self.look = QPushButton(self.tr("Look inside"))
        self.heading, self.inside = label("", "title"), sentence_label("")
        self.lost = sentence_label("")
        self.salvage = QPushButton(self.tr("Save what is readable…"))
        self._lay_out()
        self._connect()
        self._list()

    def accept(self) -> None:
        """Go back to the backup that was looked into."""
        if self._seen is None or self.busy:
            return
        backup, keys, present, _ = self._seen
        self._old_key = present is None or present.data_key != keys.data_key
        if self._project is not None:
            self.going.emit()
            self._project = None
        self._say("", "muted")
        self._start(partial(_restore, self._folder, backup, keys, present), self._take_restored, self._list)

    def _lay_out(self) -> None:
        words = self.tr(
            "A backup is made when a study is opened and closed, every half hour of work and after each"
            " package, when something was changed. Going back brings the ratings back as they were then; the"
            " study as it is now becomes a backup first, so that going back can be undone. Recordings are not"
            " part of it."
        )
        self.table.setAccessibleName(self.tr("Backups"))
        self.table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.table.setMinimumHeight(theme.scaled(TABLE_HEIGHT_PX))
        self.passphrase.setEchoMode(QLineEdit.EchoMode.Password)
        self.passphrase.setAccessibleName(self.tr("Pass phrase, of today or of then"))
        self.progress.setAccessibleName(self.tr("Working"))
        self._form = roomy_form()
        self._form.addRow(self.tr("Pass phrase, of today or of then"), self.passphrase)
        self.salvage.setToolTip(self.tr("Copies what can be read of a damaged study into a new one"))
        self.box.addButton(self.salvage, self.box.ButtonRole.ResetRole)
        column = QVBoxLayout(self)
        column.setSpacing(theme.scaled(10))
        column.addWidget(sentence_label(words, "muted"))
        column.addWidget(self.table, 1)
        column.addLayout(self._form)
        column.addWidget(self.look)
        for widget in (self.heading, self.inside, self.lost, self.progress, self.report):
            column.addWidget(widget)
        column.addWidget(self.box)
        self.go.setText(self.tr("Go back to this backup"))
        self._form.setRowVisible(self.passphrase, self._project is None)
        self._widen()

    def _connect(self) -> None:
        self.table.itemSelectionChanged.connect(self._forget)
        self.table.doubleClicked.connect(self._look_inside)
        self.look.clicked.connect(self._look_inside)
        self.passphrase.textChanged.connect(self._forget)
        self.passphrase.returnPressed.connect(self._look_inside)
        self.salvage.clicked.connect(self._ask_salvage)
        self.look.setAutoDefault(True)

    def _list(self) -> None:
        try:
            self._backups = list_backups(self._folder)
        except UserError as error:
            self._say(sentence(error), "alarm")
        self.table.setRowCount(len(self._backups))
        for row, backup in enumerate(self._backups):
            texts = (_when(backup.made_at), self._why(backup), self._size(backup.byte_size))
            for column, text in enumerate(texts):
                self.table.setItem(row, column, QTableWidgetItem(text))
        if self._backups:
            self.table.selectRow(0)
        else:
            self._say(self.tr("There is no backup in this folder."), "warn")
        self._forget()
        self.table.setFocus()

    def _why(self, backup: Backup) -> str:
        return {
            Kind.ROLLING: self.tr("as a matter of routine"),
            Kind.BEFORE: self.tr("before going back"),
            Kind.DAMAGED: self.tr("before going back, unread"),
            Kind.UPGRADE: self.tr("before the program's upgrade"),
        }[backup.kind]

    def _size(self, byte_size: int) -> str:
        return self.tr("{n} MB").format(n=QLocale().toString(byte_size / 1e6, "f", 1))

    def _chosen(self) -> Backup | None:
        row = self.table.currentRow()
        return self._backups[row] if 0 <= row < len(self._backups) else None

    def _look_inside(self) -> None:
        backup = self._chosen()
        if backup is None or self.busy:
            return
        self._say("", "muted")
        keys = project_keys(self._project) if self._project is not None else None
        if keys is not None and not opens(backup.path, keys) and not self.passphrase.text():
            self._form.setRowVisible(self.passphrase, True)
            self._say(
                self.tr("This backup was made under an earlier key. Type a pass phrase of then."), "warn"
            )
            self.passphrase.setFocus()
            return
        work = partial(_look, self._folder, backup, self.passphrase.text(), keys)
        self._start(work, self._take_seen, self._forget)

    def _take_seen(self, seen: Seen) -> None:
        self._seen = seen
        backup, _, _, found = seen
        self.heading.setText(self.tr("The study of {when}").format(when=_when(backup.made_at)))
        words = self.tr(
            "Sessions: {sessions}. People: {people}. Ratings submitted: {submitted}, begun: {begun}, not"
            " begun: {assigned}. Last changed {last}."
        )
        self.inside.setText(
            words.format(
                sessions=found.sessions,
                people=found.people,
                submitted=found.submitted,
                begun=found.begun,
                assigned=found.assigned,
                last=_when(found.last_change) if found.last_change else self.tr("never"),
            )
        )
        text, role = self._loss(found)
        self.lost.setText(text)
        theme.set_role(self.lost, role)
        self._enable()
        self._make_room()
        self.go.setFocus()

    def _loss(self, found: Preview) -> tuple[str, str]:
        lost = found.lost
        if lost is None and not (self._folder / DATABASE).exists():
            return self.tr("The study's own file is gone, so it is not known what was newer in it."), "warn"
        if lost is None:
            return self.tr(
                "▲ The study as it is now cannot be read, so it is not known what is newer in it. It is kept"
                " as it is among the backups."
            ), "warn"
        if not lost.changes:
            return self.tr("✔ Nothing was changed since."), "ok"
        words = self.tr(
            "▲ Newer in the study and not in this backup: ratings submitted: {submitted}, begun: {begun};"
            " scores given or changed: {scores}; changes in all: {changes}, the last {last}."
        )
        when = _when(lost.last_change) if lost.last_change else ""
        told = words.format(
            submitted=lost.submitted, begun=lost.begun, scores=lost.scores, changes=lost.changes, last=when
        )
        if lost.packages:
            words = self.tr(
                "Coder packages made since: {n}. The study goes on knowing them, so that what comes back of"
                " sessions that it had then can be taken in."
            )
            told += " " + words.format(n=lost.packages)
        return told, "warn"

    def _take_restored(self, before: Backup | None) -> None:
        self._seen = None
        self.restored.emit(self._folder)
        words = self.tr("✔ The study is as it was then. Open it with its pass phrase.")
        if before is not None:
            words = self.tr(
                "✔ The study is as it was then; as it was until now it is the backup of {when}. Open it with"
                " its pass phrase."
            ).format(when=_when(before.made_at))
        if self._old_key:
            words += " " + self.tr(
                "▲ It has its key of then again, which somebody who left since may know: under People, "
                "Pass phrases, give it a new one."
            )
        self._list()
        self._form.setRowVisible(self.passphrase, True)
        self._say(words, "warn" if self._old_key else "ok")
        self.stop.setFocus()

    def _ask_salvage(self) -> None:
        folder = None if self._project is not None else self._folder
        self.reject()
        self.salvage_asked.emit(folder)

    def _forget(self) -> None:
        """What was seen holds for the backup that was chosen."""
        self._seen = None
        for words in (self.heading, self.inside, self.lost):
            words.setText("")
        self._enable()

    def _show_busy(self, busy: bool) -> None:
        super()._show_busy(busy)
        self._enable()

    def _enable(self) -> None:
        self.go.setEnabled(not self.busy and self._seen is not None)
        # Enter does what comes next.
        (self.look if self._seen is None else self.go).setDefault(True)
        self.look.setEnabled(not self.busy and self._chosen() is not None)
        for widget in (self.table, self.passphrase, self.salvage):
            widget.setEnabled(not self.busy)
        for words in (self.heading, self.inside, self.lost):
            words.setVisible(bool(words.text()))


def _look(
    folder: Path,
    backup: Backup,
    passphrase: str,
    present: FileKeys | None,
    _on_progress: OnProgress,
    _cancelled: IsCancelled,
) -> Seen:
    if present is not None and opens(backup.path, present):
        keys = present
    else:
        keys, by_phrase = keys_for(folder, backup, passphrase)
        present = present or by_phrase
    return backup, keys, present, preview(folder, backup, keys, present)


def _restore(
    folder: Path,
    backup: Backup,
    keys: FileKeys,
    present: FileKeys | None,
    _on_progress: OnProgress,
    _cancelled: IsCancelled,
) -> Backup | None:
    return restore(folder, backup, keys, present)


def _when(moment: datetime) -> str:
    local = QDateTime.fromSecsSinceEpoch(int(moment.timestamp()))
    # With seconds: two can be of one minute.
    day, time = QLocale().toString(local.date(), QLocale.FormatType.ShortFormat), local.toString("HH:mm:ss")
    return f"{day} {time}"
