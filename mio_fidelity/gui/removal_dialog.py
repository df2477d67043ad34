"""Removing recordings for good: what goes, what stays, and a word that has to be typed."""

from collections.abc import Collection, Sequence
from functools import partial

from PySide6.QtWidgets import QCheckBox, QLineEdit, QVBoxLayout, QWidget

from mio_fidelity.coding.removal import Doomed, Preview, Words
from mio_fidelity.gui import theme
from mio_fidelity.gui.bars import label
from mio_fidelity.gui.dialogs import sentence_label
from mio_fidelity.gui.removal_work import Removed, Wanted, look, remove
from mio_fidelity.gui.work_dialog import WorkDialog, list_of
from mio_fidelity.gui.workbench import Workbench


class RemovalDialog(WorkDialog):
    """Shows what would go; begins only when the word is typed.

    Args:
        bench: With an open study.
        sessions: Ids; a session is removed whole.
        parent: Over which window.
    """

    def __init__(self, bench: Workbench, sessions: Collection[str], parent: QWidget | None = None) -> None:
        super().__init__(bench, parent)
        self._sessions = sessions
        self._found: Preview | None = None
        self.setWindowTitle(self.tr("Remove recordings"))
        self.goes, self.stays = sentence_label(), sentence_label()
        self.words = {kind: QCheckBox() for kind in Words}
        self.outside, self.backups = QCheckBox(), QCheckBox()
        self.files = list_of(self.tr("Files that are not deleted by the study"))
        self.left = label(self.tr("Left for you to see to"), "title")
        self.word = QLineEdit()
        self._lay_out()
        self._look()

    def accept(self) -> None:
        """Remove."""
        if not self.go.isEnabled() or self._found is None:
            return
        words = frozenset(kind for kind, box in self.words.items() if box.isChecked())
        wanted = Wanted(words, self.outside.isChecked(), self.backups.isChecked())
        self._say("", "muted")
        work = partial(remove, self._bench.project, self._found, wanted)
        self._start(work, self._take_removed, self._stopped)
        self.word.clear()

    def _lay_out(self) -> None:
        self.go.setText(self.tr("Remove"))
        self.progress.setAccessibleName(self.tr("How much is removed"))
        self.asked = sentence_label(
            self.tr("This cannot be undone. Type the word “{word}” to go on.").format(word=self._word)
        )
        self.word.setAccessibleName(self.tr("The word to type"))
        self.ssd = sentence_label(
            self.tr(
                "Deleting is not erasing: what lay plain on an SSD may stay readable for some time. Of what"
                " lay in the vault only noise is left, once its key is gone. Not touched are packages that"
                " were handed out, copies made by hand or by a backup program, exported tables, decisions"
                " in the manual, and figures that were frozen."
            ),
            "muted",
        )
        column = QVBoxLayout(self)
        column.setSpacing(theme.scaled(8))
        column.addWidget(label(self.tr("What goes"), "title"))
        column.addWidget(self.goes)
        for box in (*self.words.values(), self.outside, self.backups):
            column.addWidget(box)
        column.addWidget(self.left)
        column.addWidget(self.files, 1)
        column.addWidget(label(self.tr("What stays"), "title"))
        column.addWidget(self.stays)
        for widget in (self.ssd, self.asked, self.word, self.progress, self.report):
            column.addWidget(widget)
        column.addStretch()
        column.addWidget(self.box)
        self.files.hide()
        self.left.hide()
        self.word.textChanged.connect(lambda _: self._enable())
        self.outside.toggled.connect(lambda _: self._list_outside())
        self._widen()

    @property
    def _word(self) -> str:
        return self.tr("remove")

    def _look(self) -> None:
        self._start(partial(look, self._bench.project, self._sessions), self._take_found, self.reject)

    def _take_found(self, answer: tuple[Preview, int]) -> None:
        found, backups = answer
        self._found = found
        sealed = sum(file.sealed for file in found.files)
        inside = sum(file.inside and not file.sealed for file in found.files)
        words = self.tr(
            "Sessions: {sessions}. Files: {files} ({mb} MB), of them in the vault: {sealed}, plain in the"
            " study folder: {inside}, plain outside it: {outside}. Their keys, their waveforms and their file"
            " names go with them. Taken back are assignments: {open_ratings}, examples: {examples}."
        )
        self.goes.setText(
            words.format(
                sessions=len(found.sessions),
                files=len(found.files),
                mb=round(sum(file.byte_size for file in found.files) / 1e6),
                sealed=sealed,
                inside=inside,
                outside=len(found.files) - sealed - inside,
                open_ratings=found.open_ratings,
                examples=found.examples,
            )
        )
        self._offer(found, len(found.files) - sealed - inside, backups)
        words = self.tr(
            "Submitted ratings with their scores ({submitted}), the moments that were marked, what was heard,"
            " and the record of who did what and when, with this removal as a line. Where words were erased"
            " it keeps a digest, so that it can still be checked; nobody can find the words by it."
        )
        self.stays.setText(words.format(submitted=found.submitted))
        self._enable()
        self._fit()
        self.word.setFocus()

    def _offer(self, found: Preview, outside: int, backups: int) -> None:
        for kind, words in self._kinds().items():
            n, box = found.words[kind], self.words[kind]
            box.setText(words.format(n=n))
            # Minutes tell of other sessions too.
            box.setChecked(kind is not Words.MEETINGS)
            # Of these there are no earlier wordings where there are none now.
            box.setVisible(n > 0 or kind not in (Words.AMENDMENTS, Words.RETURNED, Words.MEETINGS))
        words = self.tr("Delete the files outside the study folder too ({n})")
        self.outside.setText(words.format(n=outside))
        self.outside.setVisible(bool(outside))
        words = self.tr(
            "Delete the backups made before ({n}): they hold keys and words (a new one is made first)"
        )
        self.backups.setText(words.format(n=backups))
        self.backups.setVisible(bool(backups))
        self.backups.setChecked(bool(backups))
        self._list_outside()

    def _kinds(self) -> dict[Words, str]:
        return {
            Words.MARKS: self.tr("The notes at moments and examples: {n} now, and all earlier wordings"),
            Words.NOTES: self.tr("The notes on ratings: {n} now, and all earlier wordings"),
            Words.REASONS: self.tr(
                "Reasons of consensus and master codes, notes for talks: {n} now, and earlier ones"
            ),
            Words.AMENDMENTS: self.tr("Why submitted ratings were amended (reasons: {n})"),
            Words.RETURNED: self.tr(
                "All notes in returned work that did not fit, both sides (conflicts: {n})"
            ),
            Words.MEETINGS: self.tr(
                "All minutes of meetings at which they were talked about, other sessions included"
                " (meetings: {n})"
            ),
        }

    def _list_outside(self) -> None:
        """Where the files lie that the study is going to forget: somebody has to see to them."""
        left = [file for file in self._found.files if not file.inside] if self._found else []
        self._list([] if self.outside.isChecked() else left)

    def _list(self, files: Sequence[Doomed]) -> None:
        self.files.clear()
        words = self.tr("{session}, part {part}: {place}")
        for file in files:
            self.files.addItem(words.format(session=file.session, part=file.part, place=file.path))
        for widget in (self.left, self.files):
            widget.setVisible(bool(files))
        if files:
            self._make_room()
            self._fit()

    def _take_removed(self, done: Removed) -> None:
        self._bench.changed.emit(done.changed)
        lines = [self.tr("✔ Recordings removed: {n}; files deleted: {files}.")]
        if done.backups:
            lines.append(self.tr("Older backups deleted: {backups}."))
        if done.absent:
            lines.append(
                self.tr("▲ Files not where they were said to lie: {absent}; copies may lie elsewhere.")
            )
        if done.left:
            lines.append(
                self.tr(
                    "▲ Files outside the study that stay: {left}. They were not to be deleted, or another"
                    " file lies in their place by now. See to those in the list yourself."
                )
            )
        if done.stuck:
            lines.append(
                self.tr(
                    "▲ Files that could not be deleted: {stuck}. They are open elsewhere or write-protected."
                    " Their sessions are not removed. Close what uses them, and do this again."
                )
            )
        told = " ".join(lines).format(
            n=done.recordings,
            files=done.deleted,
            backups=done.backups,
            absent=len(done.absent),
            left=len(done.left),
            stuck=len(done.stuck),
        )
        self._say(told, "warn" if done.absent or done.left or done.stuck else "ok")
        self._found = None
        self._list([*done.left, *done.stuck])
        self._enable()
        self._fit()
        self.stop.setFocus()

    def _stopped(self) -> None:
        self._say(
            self.tr(
                "▲ Stopped. Files may be gone already; the sessions stay in the list. Remove them again."
            ),
            "warn",
        )

    def _show_busy(self, busy: bool) -> None:
        super()._show_busy(busy)
        self._enable()

    def _enable(self) -> None:
        ready = not self.busy and self._found is not None
        self.go.setEnabled(ready and self.word.text().strip().casefold() == self._word.casefold())
        for box in (*self.words.values(), self.outside, self.backups, self.word):
            box.setEnabled(ready)
