"""Recordings go into the study's vault: what that protects, how far it is, what could not be taken in."""

from collections.abc import Collection
from functools import partial

from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from mio_fidelity.coding import vault
from mio_fidelity.errors import UserError
from mio_fidelity.gui import theme
from mio_fidelity.gui.bars import label
from mio_fidelity.gui.dialogs import sentence_label
from mio_fidelity.gui.vault_work import Seen, VaultTally, look, take_in
from mio_fidelity.gui.work_dialog import WorkDialog, list_of
from mio_fidelity.gui.workbench import Workbench, sentence


class VaultDialog(WorkDialog):
    """Takes in what is still plain; stopped at any time, it goes on with the rest when it is opened again.

    Args:
        bench: With an open study.
        ids: Which recordings; None for all.
        parent: Over which window.
    """

    def __init__(
        self, bench: Workbench, ids: Collection[str] | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(bench, parent)
        self._ids = ids
        self._seen = Seen((), ())
        self._tally = VaultTally(0)
        self.setWindowTitle(self.tr("Take into the vault"))
        self.state, self.heading = label("", "title"), label("", "title")
        self.delete = QCheckBox(self.tr("Delete the plain files inside the study folder afterwards"))
        self.new_ones = QCheckBox(self.tr("Ask for this whenever recordings were added"))
        self.refused = list_of(self.tr("Recordings that could not be taken in"))
        self._lay_out()
        self._look()

    def accept(self) -> None:
        """Take in what is plain, and delete what is left behind."""
        if not self.go.isEnabled():
            return
        plain = [each for each in self._seen.recordings if not each.sealed]
        self._tally = VaultTally(len(plain))
        self._say("", "muted")
        self._start(
            partial(take_in, self._bench.project, plain, self.delete.isChecked(), self._tally),
            lambda _: self._take_run(stopped=False),
            lambda: self._take_run(stopped=True),
        )
        self.stop.setFocus()

    def _lay_out(self) -> None:
        self.go.setText(self.tr("Take in"))
        self.progress.setAccessibleName(self.tr("How much is in the vault"))
        safe = self.tr(
            "In the vault each recording is encrypted with a key of its own, which only this study holds,"
            " and is played from memory: nothing plain is ever written to a disk. Left in place, a recording"
            " is protected by nothing but its folder: whoever gets at the computer, its disk or a copy of it"
            " can hear what was said."
        )
        delete = self.tr(
            "A verified backup with the keys is made first. Deleting is not erasing: on an SSD, and in copies"
            " that a backup program made, the sound may stay readable for some time; a disk that is"
            " encrypted as a whole protects from that. Files outside the study folder are never deleted:"
            " that is for you to do."
        )
        self.delete.setChecked(True)
        self.new_ones.setChecked(self._bench.ask(vault.for_new_ones))
        self.new_ones.toggled.connect(lambda wanted: self._bench.do(vault.set_for_new_ones, wanted))
        column = QVBoxLayout(self)
        column.setSpacing(theme.scaled(10))
        column.addWidget(sentence_label(safe, "muted"))
        column.addWidget(self.state)
        column.addWidget(self.delete)
        column.addWidget(sentence_label(delete, "muted"))
        for widget in (self.new_ones, self.progress, self.report, self.heading):
            column.addWidget(widget)
        column.addWidget(self.refused, 1)
        column.addStretch()
        column.addWidget(self.box)
        self.heading.hide()
        self.refused.hide()
        self.delete.toggled.connect(self._enable)
        self._widen()

    def _look(self) -> None:
        self.state.setText(self.tr("Looking at the recordings…"))
        self._start(partial(look, self._bench.project, self._ids), self._take_seen, self._not_looked)

    def _take_seen(self, seen: Seen) -> None:
        self._seen = seen
        plain = [each for each in seen.recordings if not each.sealed]
        outside = sum(not each.inside for each in plain)
        if plain:
            words = self.tr("Plain recordings: {n} ({mb} MB); outside the study folder: {outside}.")
            mb = max(1, round(sum(each.byte_size for each in plain) / 1e6))
            self.state.setText(words.format(n=len(plain), mb=mb, outside=outside))
        elif seen.left_behind:
            words = self.tr("Everything is in the vault; plain files left behind: {n}.")
            self.state.setText(words.format(n=len(seen.left_behind)))
        else:
            self.state.setText(self.tr("✔ Everything is in the vault."))
        self._enable()
        (self.go if self.go.isEnabled() else self.stop).setFocus()

    def _not_looked(self) -> None:
        self.state.setText(self.tr("Stopped before the recordings were looked at."))

    def _take_run(self, stopped: bool) -> None:
        done = self._tally
        if stopped:
            words = self.tr("▲ Stopped. In the vault: {done} of {files}. What is there stays.")
        elif done.refused:
            words = self.tr("▲ In the vault now: {done} of {files}; not taken in: {refused}.")
        else:
            words = self.tr("✔ In the vault now: {done} of {files}. Plain files deleted: {originals}.")
        told = words.format(
            done=done.done, files=done.files, refused=len(done.refused), originals=done.originals
        )
        self._say(told, "warn" if stopped or done.refused else "ok")
        self._list()
        self._tell_and_look()

    def _take_refusal(self, error: UserError) -> None:
        super()._take_refusal(error)
        if self._tally.files:
            self._list()
            self._tell_and_look()

    def _list(self) -> None:
        self.refused.clear()
        words = self.tr("{session}, part {part}: {problem}")
        for each, error in self._tally.refused:
            self.refused.addItem(words.format(session=each.session, part=each.part, problem=sentence(error)))
        self.heading.setText(self.tr("Not taken in: {n}").format(n=len(self._tally.refused)))
        for widget in (self.heading, self.refused):
            widget.setVisible(bool(self._tally.refused))
        if self._tally.refused:
            self._make_room()

    def _tell_and_look(self) -> None:
        if self._tally.changed:
            self._bench.changed.emit(frozenset(self._tally.changed))
        self._tally = VaultTally(0)
        self._look()

    def _show_share(self, share: float) -> None:
        super()._show_share(share)
        if self._tally.files:
            words = self.tr("In the vault: {done} of {files}")
            self.state.setText(words.format(done=self._tally.done, files=self._tally.files))

    def _show_busy(self, busy: bool) -> None:
        super()._show_busy(busy)
        self._enable()

    def _enable(self) -> None:
        plain = any(not each.sealed for each in self._seen.recordings)
        left_behind = bool(self._seen.left_behind) and self.delete.isChecked()
        just_delete = left_behind and not plain
        self.go.setText(self.tr("Delete the plain files") if just_delete else self.tr("Take in"))
        self.go.setEnabled(not self.busy and (plain or left_behind))
        for box in (self.delete, self.new_ones):
            box.setEnabled(not self.busy)
