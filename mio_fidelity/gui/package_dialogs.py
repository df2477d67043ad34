"""Handing work out to a coder's own computer, unpacking it there, and returning what was done."""

from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QDateTime, QLocale, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QFileDialog, QLineEdit, QVBoxLayout, QWidget

from mio_fidelity.coding import packages, people, return_file, returning
from mio_fidelity.errors import UserError
from mio_fidelity.gui import theme
from mio_fidelity.gui.decision_notes import long_day
from mio_fidelity.gui.dialogs import sentence_label
from mio_fidelity.gui.phrase_box import secret_field
from mio_fidelity.gui.study_dialogs import chooser, roomy_form
from mio_fidelity.gui.work_dialog import WorkDialog
from mio_fidelity.gui.workbench import EVERYTHING, Workbench, sentence
from mio_fidelity.media.progress import IsCancelled, OnProgress, Progress
from mio_fidelity.store import Project, Role
from mio_fidelity.store.parcel import SUFFIX, unpack


class PackageDialog(WorkDialog):
    """Asks for whom and where to; makes the package off the window's thread."""

    def __init__(self, bench: Workbench, parent: QWidget | None = None) -> None:
        super().__init__(bench, parent)
        self.setWindowTitle(self.tr("Make a package"))
        self._done = False
        self.person, self.target = QComboBox(), QLineEdit()
        for member in bench.ask(people.roster):
            if member.role is not Role.CLINICIAN:
                self.person.addItem(member.code, member.id)
        self.chooser = chooser(self.target, self._choose, self.tr("File"))
        self.recordings = QCheckBox(self.tr("With the recordings, encrypted"))
        self.recordings.setChecked(True)
        self.holds = sentence_label("", "muted")
        self.opens = sentence_label("", "muted")
        self.phrase = secret_field(self.tr("First pass phrase"))
        self.again = secret_field(self.tr("Once more"))
        self._lay_out()
        self.person.currentIndexChanged.connect(self._show_person)
        self._show_person()

    def accept(self) -> None:
        """Make it, or close once it is made."""
        if self.busy:
            return
        if self._done:
            super(WorkDialog, self).accept()
            return
        phrase = self.phrase.text() or None
        if not self.phrase.isHidden() and self.phrase.text() != self.again.text():
            self._say(self.tr("▲ The two pass phrases differ. Type the same twice."), "warn")
            self.phrase.setFocus()
            return
        if not self.target.text().strip():
            self._say(self.tr("▲ Choose a file for the package."), "warn")
            self.target.setFocus()
            return
        self._say("", "muted")
        target = Path(self.target.text().strip()).absolute()
        if target.suffix != SUFFIX:
            target = target.with_name(target.name + SUFFIX)
            self.target.setText(str(target))
        work = partial(
            _make, self._bench.project, self.person.currentData(), target, phrase, self.recordings.isChecked()
        )
        self._start(work, self._take, lambda: self._say(self.tr("▲ Stopped; nothing was made."), "warn"))

    def _lay_out(self) -> None:
        words = self.tr(
            "One file with a coder's open sessions, the instrument and the decisions: a small study that "
            "only her pass phrase opens. It names no client, site, counselor or arm, and nobody else. Until "
            "the work comes back its sessions are shown as handed out."
        )
        self.person.setAccessibleName(self.tr("Coder"))
        self.progress.setAccessibleName(self.tr("How much is packed"))
        self._form = roomy_form()
        self._form.addRow(self.tr("Coder"), self.person)
        self._form.addRow("", self.holds)
        self._form.addRow("", self.recordings)
        self._form.addRow("", self.opens)
        self._form.addRow(self.tr("First pass phrase"), self.phrase)
        self._form.addRow(self.tr("Once more"), self.again)
        self._form.addRow(self.tr("File"), self.chooser)
        column = QVBoxLayout(self)
        column.setSpacing(theme.scaled(12))
        column.addWidget(sentence_label(words, "muted"))
        column.addLayout(self._form)
        for widget in (self.progress, self.report, self.box):
            column.addWidget(widget)
        self.go.setText(self.tr("Make the package"))
        self._widen()
        column.insertStretch(column.count() - 1)

    def _show_person(self, *_: object) -> None:
        """What a package for the one chosen would hold."""
        try:
            found = packages.preview(self._bench.project, self.person.currentData())
        except UserError as error:
            self._say(sentence(error), "alarm")
            return
        words = self.tr("{n} open sessions, {size} of recordings.")
        if found.sessions == 1:
            words = self.tr("{n} open session, {size} of recordings.")
        words = words.format(n=found.sessions, size=_size(found.audio_bytes))
        if found.left:
            one = self.tr("1 more stays here: handed out already, or without a recording that may be heard.")
            more = self.tr(
                "{n} more stay here: handed out already, or without a recording that may be heard."
            )
            words += " " + (one if found.left == 1 else more.format(n=found.left))
        if not found.sessions:
            words += " " + self.tr(
                "If the file of a package was lost, or never came to be, revoke the package in the list."
            )
        self.holds.setText(words)
        self.opens.setText(
            self.tr("Her own pass phrase of this study opens it.")
            if found.own
            else self.tr("She has no pass phrase of her own here. Type a first one; she changes it at once.")
        )
        for field in (self.phrase, self.again):
            field.clear()
            self._form.setRowVisible(field, not found.own)
        self.go.setEnabled(found.sessions > 0)

    def _choose(self) -> None:
        name = f"{self.person.currentText()}-{date.today().isoformat()}{SUFFIX}"
        start = self.target.text() or str(Path.home() / name)
        place, _ = QFileDialog.getSaveFileName(
            self, self.tr("Package"), start, self.tr("Coder packages (*{suffix})").format(suffix=SUFFIX)
        )
        if place:
            self.target.setText(place)

    def _take(self, made: packages.Made) -> None:
        self._done = True
        words = self.tr("✔ {n} sessions are in the package, {size}. Give the file to {code}.")
        if made.sessions == 1:
            words = self.tr("✔ {n} session is in the package, {size}. Give the file to {code}.")
        words = words.format(
            n=made.sessions,
            size=_size(made.byte_size),
            code=self.person.currentText(),
        )
        self._say(words, "ok")
        for field in (self.person, self.recordings, self.phrase, self.again, self.chooser):
            field.setEnabled(False)
        self.go.setText(self.tr("Done"))
        self.stop.hide()
        self.go.setFocus()
        self._bench.changed.emit(EVERYTHING)


class UnpackDialog(WorkDialog):
    """Asks for a new folder and makes a study of a package in it.

    Signals:
        made: The folder, to be opened.
    """

    made = Signal(object)

    def __init__(self, bench: Workbench, file: Path, parent: QWidget | None = None) -> None:
        super().__init__(bench, parent)
        self.setWindowTitle(self.tr("Open a package"))
        self._file = file
        self.target = QLineEdit(str(_free(Path.home() / file.stem)))
        self.chooser = chooser(self.target, self._choose, self.tr("New folder"))
        words = self.tr(
            "The package becomes a study of yours in a folder on this computer. Work in it without a "
            "network, as long as you like; it stays encrypted. When you have something to hand in, press "
            "“Return my work” above your list of sessions."
        )
        form = roomy_form()
        form.addRow(self.tr("New folder"), self.chooser)
        column = QVBoxLayout(self)
        column.setSpacing(theme.scaled(12))
        column.addWidget(sentence_label(words, "muted"))
        column.addLayout(form)
        for widget in (self.progress, self.report, self.box):
            column.addWidget(widget)
        self.progress.setAccessibleName(self.tr("How much is unpacked"))
        self.go.setText(self.tr("Unpack"))
        self._widen()

    def accept(self) -> None:
        """Begin."""
        if self.busy:
            return
        if not self.target.text().strip():
            self._say(self.tr("▲ Choose a new folder."), "warn")
            self.target.setFocus()
            return
        self._say("", "muted")
        target = Path(self.target.text().strip()).absolute()
        work = partial(_unpack, self._file, target)
        stopped = self.tr("▲ Stopped; nothing was unpacked.")
        self._start(work, lambda _: self._take(target), lambda: self._say(stopped, "warn"))

    def _choose(self) -> None:
        place = QFileDialog.getSaveFileName(self, self.tr("New folder"), self.target.text())[0]
        if place:
            self.target.setText(place)

    def _take(self, folder: Path) -> None:
        self.made.emit(folder)
        super(WorkDialog, self).accept()


class ReturnDialog(WorkDialog):
    """Says how far the work is, and writes it into a file for the supervisor."""

    def __init__(self, bench: Workbench, parent: QWidget | None = None) -> None:
        super().__init__(bench, parent)
        self.setWindowTitle(self.tr("Return my work"))
        self._done = False
        self.target = QLineEdit()
        self.chooser = chooser(self.target, self._choose, self.tr("File"))
        self.state = sentence_label("")
        self.last, self.kept = sentence_label("", "muted"), sentence_label("")
        self.kept.hide()
        words = self.tr(
            "One file with your answers, notes and evidence, which only the supervisor's study opens. Your "
            "work stays here too: go on, and return it again whenever you like."
        )
        form = roomy_form()
        form.addRow(self.tr("File"), self.chooser)
        column = QVBoxLayout(self)
        column.setSpacing(theme.scaled(12))
        column.addWidget(self.state)
        column.addWidget(self.last)
        column.addWidget(self.kept)
        column.addWidget(sentence_label(words, "muted"))
        column.addLayout(form)
        for widget in (self.progress, self.report, self.box):
            column.addWidget(widget)
        self.progress.setAccessibleName(self.tr("Returning"))
        self.go.setText(self.tr("Return"))
        self._widen()
        self._show_state()

    def accept(self) -> None:
        """Write the file, or close once it is written."""
        if self.busy:
            return
        if self._done:
            super(WorkDialog, self).accept()
            return
        if not self.target.text().strip():
            self._say(self.tr("▲ Choose a file for your work."), "warn")
            self.target.setFocus()
            return
        self._say("", "muted")
        target = Path(self.target.text().strip()).absolute()
        if target.suffix != return_file.SUFFIX:
            target = target.with_name(target.name + return_file.SUFFIX)
            self.target.setText(str(target))
        self._start(partial(_return, self._bench.project, target), self._take, lambda: None)

    def _show_state(self) -> None:
        found = self._bench.ask(returning.handed)
        if found is None:
            return
        self.state.setText(
            self.tr("{submitted} submitted, {begun} begun, {untouched} not begun.").format(
                submitted=found.submitted, begun=found.begun, untouched=found.untouched
            )
        )
        if found.keep_until is not None:
            words = self.tr("The recordings may stay on this computer until {day}; delete the folder then.")
            self.kept.setText(words.format(day=long_day(found.keep_until)))
            self.kept.show()
        if found.returned_at is None:
            self.last.setText(self.tr("Nothing was returned yet."))
            return
        at = moment_words(found.returned_at)
        words = self.tr("Last returned {at}; {n} sessions have changed since.")
        if found.fresh == 1:
            words = self.tr("Last returned {at}; {n} session has changed since.")
        self.last.setText(words.format(at=at, n=found.fresh))

    def _choose(self) -> None:
        name = f"{date.today().isoformat()}{return_file.SUFFIX}"
        place, _ = QFileDialog.getSaveFileName(
            self,
            self.tr("Returned work"),
            self.target.text() or str(Path.home() / name),
            self.tr("Returned work (*{suffix})").format(suffix=return_file.SUFFIX),
        )
        if place:
            self.target.setText(place)

    def _take(self, n: int) -> None:
        self._done = True
        words = self.tr("✔ The work on {n} sessions is in the file. Give it to your supervisor.")
        if n == 1:
            words = self.tr("✔ The work on {n} session is in the file. Give it to your supervisor.")
        self._say(words.format(n=n), "ok")
        self._show_state()
        self.chooser.setEnabled(False)
        self.go.setText(self.tr("Done"))
        self.stop.hide()
        self.go.setFocus()
        self._bench.changed.emit(frozenset({"setting"}))


def moment_words(at: datetime) -> str:
    """A moment on this computer's clock."""
    local = QDateTime.fromSecsSinceEpoch(int(at.timestamp()))
    return QLocale().toString(local, QLocale.FormatType.ShortFormat)


def _size(byte_size: int) -> str:
    """As the tables of the study tell it, and most file managers."""
    return QLocale().formattedDataSize(byte_size, 1, QLocale.DataSizeFormat.DataSizeSIFormat)


def _make(
    project: Project,
    person_id: str,
    target: Path,
    phrase: str | None,
    with_recordings: bool,
    on_progress: OnProgress,
    cancelled: IsCancelled,
) -> packages.Made:
    progress = Progress(on_progress, cancelled)
    return packages.make_package(
        project, person_id, target, phrase, with_recordings=with_recordings, progress=progress
    )


def _unpack(file: Path, target: Path, on_progress: OnProgress, cancelled: IsCancelled) -> None:
    unpack(file, target, Progress(on_progress, cancelled))


def _return(project: Project, target: Path, _tell: Any, _cancelled: Any) -> int:
    return returning.return_work(project, target)


def _free(folder: Path) -> Path:
    """A name that nothing has."""
    names = [folder.name, *(f"{folder.name}-{nth}" for nth in range(2, 100))]
    return next((path for name in names if not (path := folder.with_name(name)).exists()), folder)
