"""Taking ratings from another program into the study: choose, say what the columns are, try, import."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QLineEdit,
    QListWidget,
    QProgressBar,
    QVBoxLayout,
    QWidget,
)

from mio_fidelity.coding import imported
from mio_fidelity.errors import UserError
from mio_fidelity.exchange.dry_run import DryRun, Wanted, dry_run
from mio_fidelity.exchange.ratings_file import ratings_of
from mio_fidelity.exchange.tables import Problem, RawTable, read_table
from mio_fidelity.exchange.values import NA_CODES
from mio_fidelity.gui import theme
from mio_fidelity.gui.background import Job, Work
from mio_fidelity.gui.dialogs import buttons, sentence_label
from mio_fidelity.gui.import_preview import ImportPreview
from mio_fidelity.gui.study_dialogs import chooser, roomy_form
from mio_fidelity.gui.workbench import Workbench, sentence
from mio_fidelity.store import Done, Purpose

WIDTH_PX, HEIGHT_PX = 860, 660
PROBLEMS_SHOWN = 1000


class ImportDialog(QDialog):
    """Reads a file of ratings, shows what is wrong with it, and stores what is right.

    The button says "Check" until a dry run has been seen that leaves nothing to decide.
    """

    def __init__(self, bench: Workbench, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Import ratings"))
        self._bench = bench
        self._job: Job | None = None
        self._tried: DryRun | None = None
        self.file, self.codes = QLineEdit(), QLineEdit(", ".join(NA_CODES))
        self.purpose = QComboBox()
        self.preview = ImportPreview()
        self.progress = QProgressBar()
        self.report = sentence_label("", "muted")
        self.problems = QListWidget()
        self.knowingly = QCheckBox()
        self._lay_out()

    def accept(self) -> None:
        """Check the file as it now is, or import what was found."""
        if self._job is not None:
            return
        if self._ready():
            self._store()
        elif self.file.text().strip():
            path = Path(self.file.text().strip())
            self._start(lambda tell, cancelled: read_table(path, tell, cancelled), self._take_raw)
        else:
            self._say(self.tr("Choose the file first."), "warn")

    def reject(self) -> None:
        """Stop what is going on, or close."""
        if self._job is not None:
            self._job.cancel()
        else:
            super().reject()

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody wants the answer any more."""
        if not event.spontaneous() and self._job is not None:
            self._job.drop()
            self._job = None
        super().hideEvent(event)

    def _lay_out(self) -> None:
        for purpose, words in (
            (Purpose.RELIABILITY, self.tr("reliability")),
            (Purpose.PRODUCTION, self.tr("production")),
            (Purpose.TRAINING, self.tr("training")),
            (Purpose.CERTIFICATION, self.tr("certification")),
            (Purpose.DRIFT, self.tr("drift")),
        ):
            self.purpose.addItem(words, purpose)
        form = roomy_form()
        form.addRow(self.tr("File"), chooser(self.file, self._choose, self.tr("File")))
        form.addRow(self.tr("For"), self.purpose)
        form.addRow(self.tr("Codes for missing"), self.codes)
        self.problems.setAccessibleName(self.tr("What is wrong with the file"))
        self.problems.setWordWrap(True)
        self.problems.setResizeMode(QListWidget.ResizeMode.Adjust)
        self.problems.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.progress.setRange(0, 1000)
        self.progress.setAccessibleName(self.tr("Reading the file"))
        column = QVBoxLayout(self)
        column.setSpacing(theme.scaled(10))
        column.addWidget(
            sentence_label(
                self.tr(
                    "CSV or Excel, with the columns session, coder, scale, dimension, value, or with "
                    "session, coder and one column for each scale and dimension. A session such as C017-3 "
                    "is session 3 of client C017. Nothing is stored before you have seen what is wrong."
                ),
                "muted",
            )
        )
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
        self.codes.textChanged.connect(self._forget)
        self.purpose.currentIndexChanged.connect(self._forget)
        self.preview.said.connect(self._forget)
        self.knowingly.toggled.connect(self._name_button)

    def _choose(self) -> None:
        path, _ = QFileDialog.getOpenFileName(
            self, self.tr("Ratings"), filter=self.tr("Tables (*.csv *.tsv *.txt *.xlsx);;All files (*)")
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
        try:
            ground = self._bench.ask(imported.ground, self.purpose.currentData())
        except UserError as error:
            self._say(sentence(error), "alarm")
            return
        self.preview.show_table(raw, ground.instrument)
        layout = self.preview.layout_now()
        codes = tuple(code.strip() for code in self.codes.text().split(","))
        wanted = Wanted(ground.instrument, None, codes, for_study=True, rated=ground.rated)
        self._start(lambda tell, cancelled: dry_run(raw, layout, wanted, tell, cancelled), self._take_trial)

    def _take_trial(self, tried: DryRun) -> None:
        self._tried = tried
        self.problems.clear()
        for problem in tried.problems[:PROBLEMS_SHOWN]:
            self.problems.addItem(problem_words(problem))
        if len(tried.problems) > PROBLEMS_SHOWN:
            more = len(tried.problems) - PROBLEMS_SHOWN
            self.problems.addItem(self.tr("… and {n} more").format(n=more))
        self.problems.setVisible(bool(tried.problems))
        self.knowingly.setText(self.tr("Drop the {n} bad rows knowingly").format(n=tried.bad_rows))
        self.knowingly.setChecked(False)
        self.knowingly.setVisible(bool(tried.errors) and tried.usable)
        ratings = len({(score.session, score.coder) for score in tried.scores})
        text = self.tr("{rows} rows, {bad} of them bad; {scores} scores in {ratings} ratings can come in.")
        values = {"rows": tried.rows, "bad": tried.bad_rows, "scores": len(tried.scores), "ratings": ratings}
        self._say(text.format(**values), "warn" if tried.errors else "muted")
        self._name_button()
        self.resize(max(self.width(), theme.scaled(WIDTH_PX)), theme.scaled(HEIGHT_PX))

    def _store(self) -> None:
        if self._tried is None:
            return
        ratings, purpose = ratings_of(self._tried), self.purpose.currentData()
        project = self._bench.project
        self._start(
            lambda tell, cancelled: project.do_elsewhere(
                imported.store_imported, ratings, purpose, tell, cancelled
            ),
            self._take_stored,
        )

    def _take_stored(self, done: Done[int]) -> None:
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
        for widget in (self.file, self.codes, self.purpose, self.preview, self.knowingly):
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
