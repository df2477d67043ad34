"""Plain copies of recordings leave the study; the trail remembers it."""

from collections.abc import Collection
from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QLineEdit, QVBoxLayout, QWidget

from mio_fidelity.gui import theme
from mio_fidelity.gui.bars import label
from mio_fidelity.gui.dialogs import sentence_label
from mio_fidelity.gui.study_dialogs import chooser, roomy_form
from mio_fidelity.gui.vault_work import Seen, VaultTally, copy_out, look
from mio_fidelity.gui.work_dialog import WorkDialog, list_of
from mio_fidelity.gui.workbench import Workbench, sentence


class CopyOutDialog(WorkDialog):
    """Asks for a folder, and copies the chosen recordings there.

    Args:
        bench: With an open study.
        ids: Which recordings.
        parent: Over which window.
    """

    def __init__(self, bench: Workbench, ids: Collection[str], parent: QWidget | None = None) -> None:
        super().__init__(bench, parent)
        self._seen = Seen((), ())
        self._tally = VaultTally(0)
        self.setWindowTitle(self.tr("Copy recordings out"))
        self.state = label("", "title")
        self.folder = QLineEdit()
        self.chooser = chooser(self.folder, self._choose, self.tr("Folder for the copies"))
        self.refused = list_of(self.tr("Recordings that could not be copied"))
        self._lay_out()
        self._start(partial(look, bench.project, ids), self._take_seen, lambda: None)

    def accept(self) -> None:
        """Copy."""
        if not self.go.isEnabled():
            return
        folder = Path(self.folder.text().strip()).absolute()
        if not folder.is_dir():
            self._say(self.tr("▲ This folder is not there. Choose another."), "warn")
            return
        self._tally = VaultTally(len(self._seen.recordings))
        self._start(
            partial(copy_out, self._bench.project, self._seen.recordings, folder, self._tally),
            lambda _: self._take_run(stopped=False),
            lambda: self._take_run(stopped=True),
        )

    def _lay_out(self) -> None:
        self.go.setText(self.tr("Copy"))
        self.progress.setAccessibleName(self.tr("How much is copied"))
        words = self.tr(
            "▲ The copies are plain: whoever has them hears everything, and the study can neither protect nor"
            " remove them. They are named by client and session. That you made them is written into the"
            " study's record. Delete them as soon as they are not needed any more."
        )
        form = roomy_form()
        form.addRow(self.tr("Folder"), self.chooser)
        column = QVBoxLayout(self)
        column.setSpacing(theme.scaled(10))
        column.addWidget(sentence_label(words, "warn"))
        column.addWidget(self.state)
        column.addLayout(form)
        for widget in (self.progress, self.report):
            column.addWidget(widget)
        column.addWidget(self.refused, 1)
        column.addStretch()
        column.addWidget(self.box)
        self.refused.hide()
        self.folder.textChanged.connect(lambda _: self._enable())
        self._widen()

    def _choose(self) -> None:
        path = QFileDialog.getExistingDirectory(self, self.windowTitle())
        if path:
            self.folder.setText(path)

    def _take_seen(self, seen: Seen) -> None:
        self._seen = seen
        mb = round(sum(each.byte_size for each in seen.recordings) / 1e6)
        words = self.tr("Recordings: {n} ({mb} MB).")
        self.state.setText(words.format(n=len(seen.recordings), mb=mb))
        self._enable()
        self.folder.setFocus()

    def _take_run(self, stopped: bool) -> None:
        done = self._tally
        words = self.tr("▲ Copied: {done} of {files}.")
        if not stopped and not done.refused:
            words = self.tr("✔ Copied: {done} of {files}.")
        told = words.format(done=done.done, files=done.files)
        self._say(told, "warn" if stopped or done.refused else "ok")
        self.refused.clear()
        line = self.tr("{session}, part {part}: {problem}")
        for each, error in done.refused:
            self.refused.addItem(line.format(session=each.session, part=each.part, problem=sentence(error)))
        self.refused.setVisible(bool(done.refused))
        if done.changed:
            self._bench.changed.emit(frozenset(done.changed))
        self.stop.setFocus()

    def _show_busy(self, busy: bool) -> None:
        super()._show_busy(busy)
        self._enable()

    def _enable(self) -> None:
        self.go.setEnabled(not self.busy and bool(self._seen.recordings) and bool(self.folder.text().strip()))
        self.chooser.setEnabled(not self.busy)
