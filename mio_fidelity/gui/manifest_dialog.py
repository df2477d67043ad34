"""Taking sessions in from a manifest, or from the names of the files in a folder."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QComboBox, QFileDialog, QWidget

from mio_fidelity.coding import manifest
from mio_fidelity.errors import UserError
from mio_fidelity.exchange.days import DayOrder
from mio_fidelity.exchange.layout import LEFT_OUT, UNKNOWN
from mio_fidelity.exchange.manifest import Tried, Trying, manifest_of, try_manifest
from mio_fidelity.exchange.manifest_columns import ROLES, guess_roles
from mio_fidelity.exchange.tables import RawTable
from mio_fidelity.gui.background import Work
from mio_fidelity.gui.dry_run_dialog import DryRunDialog
from mio_fidelity.gui.study_dialogs import chooser
from mio_fidelity.gui.workbench import Workbench, sentence


class ManifestDialog(DryRunDialog):
    """A table of sessions and files; nothing is stored before its problems have been seen.

    Args:
        bench: The open study.
        folder: Whether a folder of recordings stands for the table.
        parent: Over which window.
    """

    def __init__(self, bench: Workbench, folder: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(bench, parent)
        self._folder = folder
        self.order = QComboBox()
        for words, order in (
            (self.tr("as the column tells"), None),
            (self.tr("day first: 31.3.2026"), DayOrder.DAY_FIRST),
            (self.tr("month first: 3/31/2026"), DayOrder.MONTH_FIRST),
        ):
            self.order.addItem(words, order)
        self.setAcceptDrops(True)
        self.order.currentIndexChanged.connect(self._forget)
        if folder:
            self.setWindowTitle(self.tr("Sessions from a folder"))
            words = self.tr(
                "Client, session and part are read from the file names, such as C017_S03_part2.mp3, or"
                " C017/session 3.mp3. Files that a name says nothing of are listed and left out. The files"
                " stay where they are."
            )
            row = self.tr("Folder"), chooser(self.file, self._choose_folder, self.tr("Folder"))
            self._lay_out(words, (row,), ())
        else:
            self.setWindowTitle(self.tr("Sessions from a table"))
            words = self.tr(
                "CSV or Excel, with the columns client and session, and any of part, site, arm, counselor,"
                " date and file; file names are taken from the folder of the table. Several lines with the"
                " same client and session are parts of one session. The files stay where they are."
            )
            rows = (self._file_row(), (self.tr("Dates"), self.order))
            self._lay_out(words, rows, (self.order,))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """A file or folder may be dropped here."""
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Look at what was dropped."""
        paths = [url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()]
        if paths:
            self.take_path(Path(paths[0]))
            event.acceptProposedAction()

    def take_path(self, path: Path) -> None:
        """Check this table or folder."""
        self.file.setText(str(path))
        self.accept()

    def _choose_folder(self) -> None:
        path = QFileDialog.getExistingDirectory(self, self.windowTitle())
        if path:
            self.take_path(Path(path))

    def _read(self, path: Path) -> Work:
        if self._folder:
            return lambda tell, cancelled: manifest_of(path, tell, cancelled)
        return super()._read(path)

    def _try(self, raw: RawTable) -> Work | None:
        try:
            known = self._bench.ask(manifest.known)
        except UserError as error:
            self._say(sentence(error), "alarm")
            return None
        self.preview.show_table(raw, guess_roles(raw.header), _choices())
        roles = self.preview.roles_now()
        path = Path(self.file.text().strip()).resolve()
        home = path if self._folder else path.parent
        # Qt hands a plain text back.
        order = DayOrder(self.order.currentData()) if self.order.currentData() else None
        trying = Trying(known, home, date.today(), order)

        def work(tell: Callable[[float], None], cancelled: Callable[[], bool]) -> Tried:
            return try_manifest(raw, roles, trying, tell, cancelled)

        return work

    def _summary(self, tried: Tried) -> str:
        text = self.tr(
            "Rows: {rows}, bad: {bad}. What can come in: new sessions: {sessions}, files: {files}, of these"
            " there already: {there}."
        ).format(
            rows=tried.rows,
            bad=tried.bad_rows,
            sessions=tried.new_sessions,
            files=tried.files,
            there=tried.files_there,
        )
        if tried.filled:
            words = self.tr("Sessions of the study that gain facts that were not known: {n}.")
            text += " " + words.format(n=tried.filled)
        if tried.unclear_dates:
            text += " " + self.tr("Say above whether day or month comes first in dates.")
        return text

    def _store(self) -> Work:
        entries, project = self._tried.entries, self._bench.project
        return lambda tell, cancelled: project.do_elsewhere(
            manifest.take_manifest, entries, project.folder, tell, cancelled
        )


def _choices() -> list[tuple[str, str]]:
    """What a column can hold, with words for it."""
    words = {
        "client": QCoreApplication.translate("ManifestDialog", "client"),
        "session": QCoreApplication.translate("ManifestDialog", "session number"),
        "part": QCoreApplication.translate("ManifestDialog", "part"),
        "site": QCoreApplication.translate("ManifestDialog", "site"),
        "arm": QCoreApplication.translate("ManifestDialog", "arm"),
        "counselor": QCoreApplication.translate("ManifestDialog", "counselor"),
        "date": QCoreApplication.translate("ManifestDialog", "date"),
        "file": QCoreApplication.translate("ManifestDialog", "file"),
    }
    return [
        (UNKNOWN, QCoreApplication.translate("ManifestDialog", "not recognised")),
        (LEFT_OUT, QCoreApplication.translate("ManifestDialog", "leave out")),
        *((role, words[role]) for role in ROLES),
    ]
