"""Awaited files become recordings: how many there are, how far it is, what could not be taken in."""

import time
from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QListWidget, QPushButton, QVBoxLayout, QWidget

from mio_fidelity.coding import intake
from mio_fidelity.errors import UserError
from mio_fidelity.gui import theme
from mio_fidelity.gui.ask_dialog import ask
from mio_fidelity.gui.bars import label
from mio_fidelity.gui.dialogs import sentence_label
from mio_fidelity.gui.intake_work import Tally, Waiting, look, run, seconds_left
from mio_fidelity.gui.work_dialog import WorkDialog, list_of
from mio_fidelity.gui.workbench import Workbench, sentence

_ID = Qt.ItemDataRole.UserRole


class IntakeDialog(WorkDialog):
    """Examines what still waits; stopped at any time, it goes on with the rest when it is opened again."""

    def __init__(self, bench: Workbench, parent: QWidget | None = None) -> None:
        super().__init__(bench, parent)
        self.setWindowTitle(self.tr("Take in awaited files"))
        self.state, self.heading = label("", "title"), label("", "title")
        self.as_they_are = QCheckBox(self.tr("Take damaged files in as they are"))
        self.left = label("", "muted")
        self.refused = list_of(self.tr("Files that could not be taken in"))
        self.again = QPushButton()
        self.give_up = QPushButton(self.tr("Give up the chosen ones…"))
        self._waiting: tuple[Waiting, ...] = ()
        self._tally = Tally(0)
        self._begun_s = 0.0
        self._lay_out()
        self._look()

    def accept(self) -> None:
        """Examine what was not tried yet."""
        if self.go.isEnabled():
            self._run([each for each in self._waiting if not each.file.problem])

    def _lay_out(self) -> None:
        self.go.setText(self.tr("Start"))
        self.progress.setAccessibleName(self.tr("How much is examined"))
        self.refused.setSelectionMode(QListWidget.SelectionMode.ExtendedSelection)
        words = self.tr(
            "Each file is read once from beginning to end, for its length, its waveform and its fingerprint."
            " The files stay where they are. You can stop at any time: what was taken in stays, and the rest"
            " waits for the next time."
        )
        below = QHBoxLayout()
        for button in (self.again, self.give_up):
            button.setAutoDefault(False)
            below.addWidget(button)
        below.addStretch(1)
        column = QVBoxLayout(self)
        column.setSpacing(theme.scaled(10))
        column.addWidget(sentence_label(words, "muted"))
        for widget in (self.state, self.as_they_are, self.progress, self.left, self.report, self.heading):
            column.addWidget(widget)
        column.addWidget(self.refused, 1)
        column.addLayout(below)
        column.addStretch()
        column.addWidget(self.box)
        self.again.clicked.connect(self._try_again)
        self.give_up.clicked.connect(self._ask_to_give_up)
        self.refused.itemSelectionChanged.connect(self._enable)
        self._widen()

    def _look(self) -> None:
        """Ask what is awaited now, and which files are there."""
        self.state.setText(self.tr("Looking for the files…"))
        self._start(partial(look, self._bench.project), self._take_waiting, self._not_looked)

    def _take_waiting(self, waiting: tuple[Waiting, ...]) -> None:
        self._waiting = waiting
        tried = [each.file for each in waiting if each.file.problem]
        there = sum(each.byte_size is not None for each in waiting)
        if waiting:
            words = self.tr("Files awaited: {n}; there already: {there}.")
            self.state.setText(words.format(n=len(waiting), there=there))
        else:
            self.state.setText(self.tr("No file is awaited."))
        self._list(tried)
        self._enable()
        for wanted in (self.go, self.again, self.stop):
            if wanted.isEnabled():
                wanted.setFocus()
                break

    def _not_looked(self) -> None:
        self.state.setText(self.tr("Stopped before the files were looked for."))

    def _list(self, tried: Sequence[intake.Awaited]) -> None:
        self.refused.clear()
        for file in tried:
            words = self.tr("{session}, part {part}: {problem}")
            self.refused.addItem(words.format(session=file.session, part=file.part, problem=file.problem))
            self.refused.item(self.refused.count() - 1).setData(_ID, file.id)
        self.heading.setText(self.tr("Not taken in: {n}").format(n=len(tried)))
        for widget in (self.heading, self.refused, self.again, self.give_up):
            widget.setVisible(bool(tried))
        if tried:
            self._make_room()

    def _chosen(self) -> list[str]:
        return [item.data(_ID) for item in self.refused.selectedItems()]

    def _try_again(self) -> None:
        """Those that are chosen, or all that are listed."""
        chosen = set(self._chosen())
        self._run(
            [each for each in self._waiting if each.file.problem and (not chosen or each.file.id in chosen)]
        )

    def _run(self, files: Sequence[Waiting]) -> None:
        self._say("", "muted")
        self._tally = Tally(len(files))
        self._begun_s = time.monotonic()
        project, as_they_are = self._bench.project, self.as_they_are.isChecked()
        self._start(
            partial(run, project, files, as_they_are, self._tally),
            lambda _: self._take_run(stopped=False),
            lambda: self._take_run(stopped=True),
        )
        self._show_share(0.0)
        self.stop.setFocus()

    def _take_run(self, stopped: bool) -> None:
        done = self._tally
        if stopped:
            words = self.tr("▲ Stopped. Taken in: {taken} of {files}. These stay; the rest waits.")
        elif done.refused:
            words = self.tr("▲ Taken in: {taken} of {files}; with a problem: {refused}.")
        else:
            words = self.tr("✔ Taken in: {taken} of {files}.")
        self._say(
            words.format(taken=done.taken, files=done.files, refused=done.refused),
            "warn" if stopped or done.refused else "ok",
        )
        self._tell_and_look()

    def _take_refusal(self, error: UserError) -> None:
        super()._take_refusal(error)
        if self._tally.files:
            self._tell_and_look()

    def _tell_and_look(self) -> None:
        """Whatever was stored is shown, here and on the pages."""
        if self._tally.changed:
            self._bench.changed.emit(frozenset(self._tally.changed))
        self._tally = Tally(0)
        self._look()

    def _ask_to_give_up(self) -> None:
        chosen = self._chosen()
        words = self.tr(
            "Wait no longer for the chosen files ({n})? Their sessions stay in the study, without these"
            " recordings. A manifest that names them can bring them back."
        )
        dialog = ask(
            self,
            self.tr("Give up"),
            words.format(n=len(chosen)),
            self.tr("Give up {n}").format(n=len(chosen)),
        )
        dialog.answered.connect(lambda _: self._give_up(chosen))

    def _give_up(self, chosen: Sequence[str]) -> None:
        try:
            done = self._bench.project.do(intake.await_no_more, chosen)
        except UserError as error:
            self._say(sentence(error), "alarm")
            return
        self._say(self.tr("✔ No longer awaited: {n}.").format(n=done.value), "ok")
        self._bench.changed.emit(done.changed)
        self._look()

    def _show_share(self, share: float) -> None:
        super()._show_share(share)
        if not self._tally.files:
            return
        words = self.tr("Taken in: {taken} of {files}; with a problem: {refused}")
        done = self._tally
        self.state.setText(words.format(taken=done.taken, files=done.files, refused=done.refused))
        self.left.setText(self._time_left(share))

    def _time_left(self, share: float) -> str:
        seconds = seconds_left(time.monotonic() - self._begun_s, share)
        if seconds is None:
            return ""
        if seconds < 60:
            return self.tr("less than a minute left")
        return self.tr("about {n} minutes left").format(n=round(seconds / 60) + 1)

    def _show_busy(self, busy: bool) -> None:
        super()._show_busy(busy)
        self.left.setText("")
        self.left.setVisible(busy)
        self._enable()

    def _enable(self) -> None:
        self.go.setEnabled(not self.busy and any(not each.file.problem for each in self._waiting))
        chosen = bool(self.refused.selectedItems())
        self.again.setText(self.tr("Try the chosen ones again") if chosen else self.tr("Try again"))
        self.again.setEnabled(not self.busy)
        self.give_up.setEnabled(not self.busy and chosen)
        self.as_they_are.setEnabled(not self.busy)
