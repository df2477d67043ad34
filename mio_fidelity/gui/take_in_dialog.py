"""Taking returned work in: what it would do is shown first."""

from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QFileDialog, QLineEdit, QPushButton, QVBoxLayout, QWidget

from mio_fidelity.coding import merging, return_file
from mio_fidelity.coding.merging import Compared, Comparison, Kind, Why
from mio_fidelity.errors import UserError
from mio_fidelity.gui import theme
from mio_fidelity.gui.bars import label
from mio_fidelity.gui.dialogs import sentence_label
from mio_fidelity.gui.package_dialogs import moment_words
from mio_fidelity.gui.study_dialogs import chooser, roomy_form
from mio_fidelity.gui.work_dialog import WorkDialog, list_of
from mio_fidelity.gui.workbench import EVERYTHING, Workbench
from mio_fidelity.media.progress import IsCancelled, OnProgress, Progress
from mio_fidelity.store import Project

# What a person has to look at comes first.
ORDER = (Kind.CONFLICT, Kind.UNKNOWN, Kind.NEW, Kind.CHANGED, Kind.SAME)


class TakeInDialog(WorkDialog):
    """Looks at a file, says what would happen, and does it on a second press.

    Signals:
        conflicts_asked: Conflicts are to be settled.
    """

    conflicts_asked = Signal()

    def __init__(self, bench: Workbench, parent: QWidget | None = None) -> None:
        super().__init__(bench, parent)
        self.setWindowTitle(self.tr("Take in returned work"))
        self._found: Comparison | None = None
        self._done = False
        self.file = QLineEdit()
        self.chooser = chooser(self.file, self._choose, self.tr("File"))
        self.heading = label("", "title")
        self.facts = sentence_label("", "muted")
        self.rows = list_of(self.tr("What came back"))
        self.conflicts = QPushButton(self.tr("Settle the conflicts…"))
        self.conflicts.setAutoDefault(True)
        theme.set_role(self.conflicts, "primary")
        self.box.addButton(self.conflicts, self.box.ButtonRole.ResetRole)
        self._lay_out()
        self.file.textEdited.connect(lambda _: self._forget())
        self.conflicts.clicked.connect(self._ask_conflicts)

    def accept(self) -> None:
        """Look; then take in; then close."""
        if self.busy:
            return
        if self._done:
            super(WorkDialog, self).accept()
            return
        if not self.file.text().strip():
            self._say(self.tr("▲ Choose the file that the coder gave you."), "warn")
            self.file.setFocus()
            return
        self._say("", "muted")
        file, project = Path(self.file.text().strip()), self._bench.project
        if self._found is None:
            self._start(partial(_look, project, file), self._show, lambda: None)
        else:
            stopped = self.tr("▲ Stopped; nothing was taken in.")
            merge = partial(_merge, project, file, self._found)
            self._start(merge, self._take, lambda: self._say(stopped, "warn"))

    def _lay_out(self) -> None:
        form = roomy_form()
        form.addRow(self.tr("File"), self.chooser)
        column = QVBoxLayout(self)
        column.setSpacing(theme.scaled(10))
        words = self.tr(
            "Reads what a coder returned and shows what it would do before anything is done. What was "
            "changed in both places is never overwritten: it waits for you as a conflict."
        )
        column.addWidget(sentence_label(words, "muted"))
        column.addLayout(form)
        for widget in (self.heading, self.facts, self.progress, self.report):
            column.addWidget(widget)
        column.addWidget(self.rows, 1)
        column.addStretch()
        column.addWidget(self.box)
        self.progress.setAccessibleName(self.tr("Reading"))
        self._widen()
        self._forget()

    def _choose(self) -> None:
        place, _ = QFileDialog.getOpenFileName(
            self,
            self.tr("Returned work"),
            str(Path.home()),
            self.tr("Returned work (*{suffix})").format(suffix=return_file.SUFFIX),
        )
        if place:
            self.file.setText(place)
            self._forget()
            self.accept()

    def _forget(self) -> None:
        """Another file has to be looked at anew."""
        self._found = None
        for widget in (self.heading, self.facts, self.rows, self.conflicts):
            widget.hide()
        self.go.setText(self.tr("Look"))

    def _show(self, found: Comparison) -> None:
        self._found = found
        told = [
            QCoreApplication.translate("TakeInDialog", _KINDS[kind]).format(n=found.count(kind))
            for kind in ORDER
            if found.count(kind)
        ]
        what = ", ".join(told) or self.tr("nothing was begun")
        self.heading.setText(self.tr("From {code}: {what}").format(code=found.person_code, what=what))
        at = moment_words(found.returned_at)
        facts = [self.tr("Returned {at}.").format(at=at)]
        if found.missing:
            words = self.tr("{n} sessions of the package are still to be submitted.")
            if found.missing == 1:
                words = self.tr("{n} session of the package is still to be submitted.")
            facts.append(words.format(n=found.missing))
        if found.misdated:
            words = self.tr(
                "▲ {n} of them were begun before they were given, or end in the future, by a day or more: "
                "the clock of that computer was wrong. The answers count all the same, but drift and "
                "decisions go by these times. Set the clock right before she codes on."
            )
            if found.misdated == 1:
                words = self.tr(
                    "▲ {n} of them was begun before it was given, or ends in the future, by a day or more: "
                    "the clock of that computer was wrong. The answers count all the same, but drift and "
                    "decisions go by these times. Set the clock right before she codes on."
                )
            facts.append(words.format(n=found.misdated))
        if found.revoked:
            facts.append(self.tr("▲ The package was revoked meanwhile."))
        if found.salvaged:
            words = self.tr(
                "▲ The coder's study was damaged, and this is what could be saved of it. Where its audit "
                "trail no longer leads to the answers you choose; ask her whether they are what she gave."
            )
            facts.append(words)
        self.facts.setText(" ".join(facts))
        self.rows.clear()
        for row in sorted(found.rows, key=lambda each: (ORDER.index(each.kind), each.session)):
            self.rows.addItem(_line(row))
        for widget in (self.heading, self.facts):
            widget.show()
        self.rows.setVisible(bool(found.rows))
        if found.seen:
            self._say(self.tr("✔ This file was taken in before; nothing is left to do."), "ok")
            self._finish()
            return
        self.go.setText(self.tr("Take it in"))
        self._make_room()
        self.go.setFocus()

    def _take(self, told: Comparison) -> None:
        conflicts = told.count(Kind.CONFLICT)
        if conflicts:
            words = self.tr("▲ Taken in. {n} conflicts wait for you; both sides are kept.")
            if conflicts == 1:
                words = self.tr("▲ Taken in. {n} conflict waits for you; both sides are kept.")
            self._say(words.format(n=conflicts), "warn")
        else:
            self._say(self.tr("✔ Taken in."), "ok")
        self.conflicts.setVisible(conflicts > 0)
        self._finish()
        self._bench.changed.emit(EVERYTHING)

    def _take_refusal(self, error: UserError) -> None:
        """What was shown may no longer be so."""
        self._forget()
        super()._take_refusal(error)

    def _finish(self) -> None:
        self._done = True
        self.chooser.setEnabled(False)
        self.go.setText(self.tr("Done"))
        self.stop.hide()
        self._make_room()
        first, second = self.go, self.conflicts
        if not self.conflicts.isHidden():
            first, second = second, first
            theme.set_role(second, "")
        first.setFocus()

    def _ask_conflicts(self) -> None:
        self.conflicts_asked.emit()
        super(WorkDialog, self).accept()


def QT_TRANSLATE_NOOP(context: str, text: str) -> str:  # noqa: ARG001
    """Marks ``text`` for the translators; the name is the one their tool looks for."""
    return text


_KINDS = {
    Kind.CONFLICT: QT_TRANSLATE_NOOP("TakeInDialog", "{n} conflicting"),
    Kind.UNKNOWN: QT_TRANSLATE_NOOP("TakeInDialog", "{n} unknown"),
    Kind.NEW: QT_TRANSLATE_NOOP("TakeInDialog", "{n} new"),
    Kind.CHANGED: QT_TRANSLATE_NOOP("TakeInDialog", "{n} changed"),
    Kind.SAME: QT_TRANSLATE_NOOP("TakeInDialog", "{n} the same"),
}
_LINES = {
    Kind.CONFLICT: QT_TRANSLATE_NOOP("TakeInDialog", "▲ {session} ({code}): conflicting, {why}"),
    Kind.UNKNOWN: QT_TRANSLATE_NOOP(
        "TakeInDialog",
        "▲ a session that this study does not know, perhaps since it went back to a backup; left out",
    ),
    Kind.NEW: QT_TRANSLATE_NOOP("TakeInDialog", "● {session} ({code}): new, {state}"),
    Kind.CHANGED: QT_TRANSLATE_NOOP("TakeInDialog", "◐ {session} ({code}): changed, {state}"),
    Kind.SAME: QT_TRANSLATE_NOOP("TakeInDialog", "○ {session} ({code}): the same as here"),
}
_WHYS = {
    Why.WITHDRAWN: QT_TRANSLATE_NOOP("TakeInDialog", "taken back here meanwhile"),
    Why.REASSIGNED: QT_TRANSLATE_NOOP("TakeInDialog", "given to somebody else meanwhile"),
    Why.HANDED_AGAIN: QT_TRANSLATE_NOOP("TakeInDialog", "handed out again in another package"),
    Why.SUBMITTED: QT_TRANSLATE_NOOP("TakeInDialog", "submitted here with other answers"),
    Why.AMENDED: QT_TRANSLATE_NOOP("TakeInDialog", "amended here meanwhile"),
    Why.REMOVED: QT_TRANSLATE_NOOP("TakeInDialog", "the recording was removed, or consent withdrawn"),
    Why.CHANGED: QT_TRANSLATE_NOOP("TakeInDialog", "worked on here meanwhile"),
    Why.SALVAGED: QT_TRANSLATE_NOOP("TakeInDialog", "saved from a damaged study that lost part of it"),
}


def why_words(why: Why) -> str:
    """Why two sides cannot both stand, in words."""
    return QCoreApplication.translate("TakeInDialog", _WHYS[why])


def _line(row: Compared) -> str:
    state = (
        QCoreApplication.translate("TakeInDialog", "submitted")
        if row.submitted
        else QCoreApplication.translate("TakeInDialog", "begun")
    )
    return QCoreApplication.translate("TakeInDialog", _LINES[row.kind]).format(
        session=row.session, code=row.blind_code, state=state, why=why_words(row.why) if row.why else ""
    )


def _look(project: Project, file: Path, _tell: Any, _cancelled: Any) -> Comparison:
    return merging.look(project, file)


def _merge(
    project: Project, file: Path, shown: Comparison, on_progress: OnProgress, cancelled: IsCancelled
) -> Comparison:
    return merging.merge(project, file, Progress(on_progress, cancelled), shown)
