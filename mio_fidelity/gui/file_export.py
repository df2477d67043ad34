"""Writing a file: where to, off the window's thread, and how it went."""

import re
from pathlib import Path

from PySide6.QtCore import QObject, QStandardPaths, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from mio_fidelity.gui.background import Job, Work
from mio_fidelity.gui.wait_strip import WaitStrip
from mio_fidelity.gui.workbench import sentence


class FileExport(QObject):
    """One export at a time. An heir asks `_where` to write, and calls `write`.

    Signals:
        ended: A sentence on how it went, and its role of the theme.
    """

    ended = Signal(str, str)

    def __init__(self, wait: WaitStrip, parent: QWidget) -> None:
        super().__init__(parent)
        self._window, self._wait = parent, wait
        self._job: Job | None = None

    @property
    def busy(self) -> bool:
        """Whether something is being written."""
        return self._job is not None

    def write(self, work: Work) -> None:
        """Do it on another thread."""
        self._job = Job(work, self)
        self._job.finished.connect(lambda _: self._end(self.tr("✔ The file is written."), "ok"))
        self._job.refused.connect(lambda error: self._end(sentence(error), "alarm"))
        self._job.stopped.connect(
            lambda: self._end(self.tr("Stopped. No file was written; an old one is as it was."), "warn")
        )
        self._wait.watch(self._job, self.tr("Writing the file…"))
        self._job.start()

    def drop(self) -> None:
        """Stop and say nothing more."""
        if self._job is not None:
            self._job.drop()
        self._job = None
        self._wait.forget()

    def _where(self, name: str, *kinds: str) -> Path | None:
        """Where to write, or None when the person thinks better of it.

        Args:
            name: What the file is called unless she types another name.
            kinds: Each ends in a pattern such as "(*.xlsx)"; ``name`` is of the first.
        """
        place = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        chosen, kind = QFileDialog.getSaveFileName(
            self._window, self.tr("Export"), str(Path(place) / name), ";;".join(kinds)
        )
        if not chosen:
            return None
        path, proposed = Path(chosen), Path(name).suffix
        pattern = re.search(r"\*(\.\w+)", kind)
        ending = pattern[1] if pattern else proposed
        # Another kind was chosen, and the name stayed.
        left = ending != proposed and path.suffix.lower() == proposed
        return path.with_suffix(ending) if left or not path.suffix else path

    def _end(self, words: str, role: str) -> None:
        self._job = None
        self.ended.emit(words, role)
