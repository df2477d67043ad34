"""Recordings are read whole and held against what they were when they were added."""

from collections.abc import Collection
from dataclasses import dataclass, field
from functools import partial

from PySide6.QtWidgets import QVBoxLayout, QWidget

from mio_fidelity.coding import vault
from mio_fidelity.coding.vault import Kept
from mio_fidelity.gui import theme
from mio_fidelity.gui.bars import label
from mio_fidelity.gui.dialogs import sentence_label
from mio_fidelity.gui.vault_work import Shares
from mio_fidelity.gui.work_dialog import WorkDialog, list_of
from mio_fidelity.gui.workbench import Workbench
from mio_fidelity.media.condition import Condition, condition
from mio_fidelity.media.progress import IsCancelled, OnProgress
from mio_fidelity.store import Project


@dataclass
class CheckTally:
    """How far a check has come: the work writes it, the window reads it."""

    files: int = 0
    whole: int = 0
    faults: list[tuple[Kept, Condition]] = field(default_factory=list)


def check(
    project: Project,
    ids: Collection[str] | None,
    tally: CheckTally,
    on_progress: OnProgress,
    cancelled: IsCancelled,
) -> None:
    """Read recordings whole. Work for a `Job`.

    Args:
        project: The study.
        ids: Which recordings; None for all.
        tally: Told of every file.
        on_progress: Called with the share done, 0..1.
        cancelled: Asked often; once it says yes the work stops.

    Raises:
        UserError: the person signed in is no supervisor.
        Cancelled: ``cancelled`` said yes.
    """
    found = project.ask_elsewhere(vault.kept, project.folder, ids)
    shares, tally.files = Shares(found, on_progress, cancelled), len(found)
    for nth, each in enumerate(found):
        told = condition(each.source, each.byte_size, each.sha256, True, shares.of(nth))
        if told is Condition.WHOLE:
            tally.whole += 1
        else:
            tally.faults.append((each, told))
    on_progress(1.0)


class CheckDialog(WorkDialog):
    """Begins at once, and can be stopped; what was found until then is said.

    Args:
        bench: With an open study.
        ids: Which recordings; None for all.
        parent: Over which window.
    """

    def __init__(
        self, bench: Workbench, ids: Collection[str] | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(bench, parent)
        self._ids, self._tally = ids, CheckTally()
        self.setWindowTitle(self.tr("Check recordings"))
        self.state = label("", "title")
        self.faults = list_of(self.tr("Recordings that are not what they were"))
        self._lay_out()
        self.accept()

    def accept(self) -> None:
        """Check, once more."""
        if self.busy:
            return
        self._tally = CheckTally()
        self._say("", "muted")
        self._list()
        self.state.setText(self.tr("Reading the recordings…"))
        self._start(
            partial(check, self._bench.project, self._ids, self._tally),
            lambda _: self._tell(stopped=False),
            lambda: self._tell(stopped=True),
        )
        self.stop.setFocus()

    def _lay_out(self) -> None:
        self.go.setText(self.tr("Check again"))
        self.progress.setAccessibleName(self.tr("How much is read"))
        words = self.tr(
            "Every recording is read whole, those in the vault with their keys, and held against its"
            " fingerprint. Nothing is changed."
        )
        column = QVBoxLayout(self)
        column.setSpacing(theme.scaled(10))
        column.addWidget(sentence_label(words, "muted"))
        column.addWidget(self.state)
        for widget in (self.progress, self.report):
            column.addWidget(widget)
        column.addWidget(self.faults, 1)
        column.addStretch()
        column.addWidget(self.box)
        self._widen()

    def _show_share(self, share: float) -> None:
        super()._show_share(share)
        words = self.tr("Read: {done} of {files}")
        done = self._tally.whole + len(self._tally.faults)
        self.state.setText(words.format(done=done, files=self._tally.files))

    def _tell(self, stopped: bool) -> None:
        done = self._tally
        n = done.whole + len(done.faults)
        self.state.setText(self.tr("Read: {done} of {files}").format(done=n, files=done.files))
        if done.faults:
            words = self.tr(
                "▲ Not what they were: {faults}. Bring files of the vault back from a copy of the study"
                " folder; find or locate the others."
            )
        elif stopped:
            words = self.tr("▲ Stopped. What was read until then is as it was when it was added.")
        else:
            words = self.tr("✔ All are as they were when they were added.")
        self._say(words.format(faults=len(done.faults)), "warn" if stopped or done.faults else "ok")
        self._list()
        self.stop.setFocus()

    def _list(self) -> None:
        self.faults.clear()
        words = self.tr("{session}, part {part}: {what}")
        for each, told in self._tally.faults:
            what = self._words(each, told)
            self.faults.addItem(words.format(session=each.session, part=each.part, what=what))
        self.faults.setVisible(bool(self._tally.faults))
        if self._tally.faults:
            self._make_room()

    def _words(self, kept: Kept, told: Condition) -> str:
        if told is Condition.MISSING:
            return self.tr("its file is not where it is said to lie")
        if told is Condition.OTHER:
            return self.tr("another file lies in its place")
        if kept.sealed:
            return self.tr("its file in the vault is damaged, cut short or not this study's")
        return self.tr("its file cannot be read to the end")
