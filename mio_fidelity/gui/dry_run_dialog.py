"""What the dialogs share that take a table in: choose, say what the columns are, try, store."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QLineEdit,
    QListWidget,
    QProgressBar,
    QVBoxLayout,
    QWidget,
)

from mio_fidelity.exchange.rows import Problem
from mio_fidelity.exchange.tables import RawTable, read_table
from mio_fidelity.gui import theme
from mio_fidelity.gui.background import Job, Work
from mio_fidelity.gui.dialogs import buttons, sentence_label
from mio_fidelity.gui.import_preview import ImportPreview
from mio_fidelity.gui.job_dialog import JobDialog
from mio_fidelity.gui.study_dialogs import chooser, roomy_form
from mio_fidelity.gui.workbench import Workbench, sentence
from mio_fidelity.store import Done

WIDTH_PX, HEIGHT_PX = 860, 660
PROBLEMS_SHOWN = 1000


class Trial(Protocol):
    """What trying a table gave."""

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What is wrong, and what to know."""

    @property
    def errors(self) -> tuple[Problem, ...]:
        """What keeps the table from being taken as it is."""

    @property
    def bad_rows(self) -> int:
        """How many rows are wrong."""

    @property
    def usable(self) -> bool:
        """Whether something is left once the bad rows are dropped."""


class DryRunDialog(JobDialog):
    """Reads a table, shows what is wrong with it, and stores what is right.

    The button says "Check" until a dry run has been seen that leaves nothing to decide. A dialog of this
    kind says what it tries (`_try`), how it tells what was found (`_summary`), and what it stores (`_store`).
    """

    def __init__(self, bench: Workbench, parent: QWidget | None = None) -> None:
        super().__init__(bench, parent)
        self._tried: Any = None
        self.file = QLineEdit()
        self.preview = ImportPreview()
        self.progress = QProgressBar()
        self.report = sentence_label("", "muted")
        self.problems = QListWidget()
        self.knowingly = QCheckBox()
        self.fields: Sequence[QWidget] = ()

    def accept(self) -> None:
        """Check the file as it now is, or take in what was found."""
        if self._job is not None:
            return
        if self._ready():
            self._start(self._store(), self._take_stored)
        elif self.file.text().strip():
            self._start(self._read(Path(self.file.text().strip())), self._take_raw)
        else:
            self._say(self.tr("Choose the file first."), "warn")

    def _try(self, raw: RawTable) -> Work | None:
        """The work of trying ``raw``; None when that was refused."""
        raise NotImplementedError

    def _summary(self, tried: Any) -> str:
        """What was found, in a sentence."""
        raise NotImplementedError

    def _store(self) -> Work:
        """The work of storing what was tried; it gives what the verb gave."""
        raise NotImplementedError

    def _read(self, path: Path) -> Work:
        return lambda tell, cancelled: read_table(path, tell, cancelled)

    def _lay_out(self, words: str, rows: Sequence[tuple[str, QWidget]], fields: Sequence[QWidget]) -> None:
        """Words on top, the file and further rows, then what was found. ``fields`` wait during work."""
        self.fields = fields
        form: QFormLayout = roomy_form()
        for title, field in rows:
            form.addRow(title, field)
        self.problems.setAccessibleName(self.tr("What is wrong with the file"))
        self.problems.setWordWrap(True)
        self.problems.setResizeMode(QListWidget.ResizeMode.Adjust)
        self.problems.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.progress.setRange(0, 1000)
        self.progress.setAccessibleName(self.tr("Reading the file"))
        column = QVBoxLayout(self)
        column.setSpacing(theme.scaled(10))
        column.addWidget(sentence_label(words, "muted"))
        column.addLayout(form)
        for widget in (self.preview, self.progress, self.report, self.problems, self.knowingly):
            column.addWidget(widget, int(widget is self.problems))
            widget.hide()
        column.addStretch()
        self.box = buttons(self, self.tr("Check"))
        column.addWidget(self.box)
        self.setMinimumWidth(theme.scaled(WIDTH_PX))
        self.file.textChanged.connect(self._forget)
        self.file.textChanged.connect(self.preview.hide)
        self.preview.said.connect(self._forget)
        self.knowingly.toggled.connect(self._name_button)

    def _file_row(self) -> tuple[str, QWidget]:
        return self.tr("File"), chooser(self.file, self._choose, self.tr("File"))

    def _choose(self) -> None:
        path, _ = QFileDialog.getOpenFileName(
            self, self.windowTitle(), filter=self.tr("Tables (*.csv *.tsv *.txt *.xlsx);;All files (*)")
        )
        if path:
            self.file.setText(path)
            self.accept()

    def _forget(self) -> None:
        """What was found holds no longer."""
        self._tried = None
        self.knowingly.setChecked(False)
        for widget in (self.report, self.problems, self.knowingly):
            widget.hide()
        self._name_button()

    def _ready(self) -> bool:
        tried = self._tried
        return tried is not None and tried.usable and (not tried.errors or self.knowingly.isChecked())

    def _name_button(self) -> None:
        words = self.tr("Import") if self._ready() else self.tr("Check")
        self.box.button(QDialogButtonBox.StandardButton.Ok).setText(words)

    def _take_raw(self, raw: RawTable) -> None:
        work = self._try(raw)
        if work is not None:
            self._start(work, self._take_trial)

    def _take_trial(self, tried: Trial) -> None:
        self._tried = tried
        self.problems.clear()
        for problem in tried.problems[:PROBLEMS_SHOWN]:
            self.problems.addItem(problem_words(problem))
        if len(tried.problems) > PROBLEMS_SHOWN:
            more = len(tried.problems) - PROBLEMS_SHOWN
            self.problems.addItem(self.tr("… and {n} more").format(n=more))
        self.problems.setVisible(bool(tried.problems))
        drop = self.tr("Drop the {n} bad rows knowingly")
        if tried.bad_rows == 1:
            drop = self.tr("Drop the bad row knowingly")
        self.knowingly.setText(drop.format(n=tried.bad_rows))
        self.knowingly.setChecked(False)
        self.knowingly.setVisible(bool(tried.errors) and tried.usable)
        self._say(self._summary(tried), "warn" if tried.errors else "muted")
        self._name_button()
        self.resize(max(self.width(), theme.scaled(WIDTH_PX)), theme.scaled(HEIGHT_PX))

    def _take_stored(self, done: Done[Any]) -> None:
        self._bench.changed.emit(done.changed)
        super().accept()

    def _start(self, work: Work, then: Callable[[Any], None]) -> None:
        def finish(result: Any) -> None:
            self._done()
            then(result)

        self._busy(True)
        self._job = Job(work, self)
        self._job.progressed.connect(lambda share: self.progress.setValue(round(share * 1000)))
        self._job.finished.connect(finish)
        self._job.refused.connect(lambda error: self._stop(sentence(error)))
        self._job.stopped.connect(lambda: self._stop(self.tr("Stopped; nothing was imported.")))
        self._job.start()

    def _done(self) -> None:
        self._job = None
        self._busy(False)

    def _stop(self, text: str) -> None:
        self._done()
        self._say(text, "alarm")

    def _busy(self, busy: bool) -> None:
        self.progress.setValue(0)
        self.progress.setVisible(busy)
        for widget in (self.file, self.preview, self.knowingly, *self.fields):
            widget.setEnabled(not busy)

    def _say(self, text: str, role: str) -> None:
        self.report.setText(text)
        theme.set_role(self.report, role)
        self.report.show()


def problem_words(problem: Problem) -> str:
    """The line of a problem, in the language of the window."""
    if problem.row is None:
        return sentence(problem.what)
    words = QCoreApplication.translate("ImportDialog", "Row {row}: {what}")
    return words.format(row=problem.row, what=sentence(problem.what))
