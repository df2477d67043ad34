"""Choosing a piece of evidence that shows what a point of a scale sounds like."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QDialog, QHBoxLayout, QLineEdit, QListWidget, QVBoxLayout, QWidget

from mio_fidelity.answer import OPEN
from mio_fidelity.coding import exemplars, master_codes, masters
from mio_fidelity.coding.desk import Desk, Mark
from mio_fidelity.coding.exemplars import AFTER_MS, BEFORE_MS
from mio_fidelity.errors import UserError
from mio_fidelity.gui import theme
from mio_fidelity.gui.answer_words import point_words
from mio_fidelity.gui.dialogs import buttons, sentence_label
from mio_fidelity.gui.study_dialogs import roomy_form
from mio_fidelity.gui.times import format_ms
from mio_fidelity.gui.workbench import Workbench, sentence

SIZE_PX = (620, 520)


class ExemplarDialog(QDialog):
    """A session, a mark of its master codes, and the point it is an example of."""

    def __init__(self, bench: Workbench, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Add an example"))
        self._bench = bench
        self._desk: Desk | None = None
        self._marks: tuple[Mark, ...] = ()
        self.session, self.marks = QComboBox(), QListWidget()
        self.dimension, self.point, self.note = QComboBox(), QComboBox(), QLineEdit()
        self.complaint = sentence_label("", "alarm")
        for row in bench.ask(masters.masters):
            if row.for_training:
                self.session.addItem(row.label, row.rating_id)
        self._lay_out()
        self.session.currentIndexChanged.connect(lambda _: self._show_marks())
        self.marks.currentRowChanged.connect(lambda _: self._show_dimensions())
        self.dimension.currentIndexChanged.connect(lambda _: self._show_points())
        self._show_marks()

    def accept(self) -> None:
        """Make it an example."""
        mark = self._mark()
        if mark is None:
            self._complain(self.tr("Choose the evidence that is to be heard."))
            return
        try:
            done = self._bench.project.do(
                exemplars.promote,
                mark.id,
                self.dimension.currentData(),
                self.point.currentData(),
                self.note.text(),
            )
        except UserError as error:
            self._complain(sentence(error))
            return
        self._bench.changed.emit(done.changed)
        super().accept()

    def _lay_out(self) -> None:
        self.marks.setAccessibleName(self.tr("Evidence"))
        self.note.setPlaceholderText(self.tr("What it shows, in a few words"))
        words = self.tr(
            "Heard are {before} seconds before the mark and {after} after it. Coders see scale, point and "
            "note, and nothing of the session. From then on nobody is given the session to rate blind. "
            "Do not write names or places."
        ).format(before=BEFORE_MS // 1000, after=AFTER_MS // 1000)
        form = roomy_form()
        form.addRow(self.tr("Master session"), self.session)
        form.addRow(self.tr("Evidence"), self.marks)
        score = QHBoxLayout()
        score.addWidget(self.dimension, 1)
        score.addWidget(self.point, 1)
        self.dimension.setAccessibleName(self.tr("Dimension"))
        self.point.setAccessibleName(self.tr("Point"))
        form.addRow(self.tr("Example of"), score)
        form.addRow(self.tr("Note"), self.note)
        self.session.setAccessibleName(self.tr("Master session"))
        self.note.setAccessibleName(self.tr("Note"))
        column = QVBoxLayout(self)
        column.setSpacing(theme.scaled(10))
        column.addLayout(form, 1)
        column.addWidget(sentence_label(words, "muted"))
        column.addWidget(self.complaint)
        column.addWidget(buttons(self, self.tr("Add")))
        self.complaint.hide()
        self.resize(*(theme.scaled(px) for px in SIZE_PX))

    def _show_marks(self) -> None:
        rating_id = self.session.currentData()
        self._desk = self._bench.ask(master_codes.master_codes, rating_id).desk if rating_id else None
        self.marks.clear()
        self._marks = ()
        if self._desk is None:
            self._complain(self.tr("Trainees may not hear any master session yet. Mark one first."))
            return
        numbers = {scale.key: scale.number for scale in self._desk.instrument.scales}
        self._marks = tuple(sorted(self._desk.marks, key=lambda mark: (numbers[mark.scale], mark.at_ms)))
        for mark in self._marks:
            scale = self._desk.instrument.scale(mark.scale)
            note = f" · {mark.note}" if mark.note else ""
            self.marks.addItem(f"{scale.number}. {scale.title} · {format_ms(mark.at_ms)}{note}")
        self.complaint.setVisible(not self._marks)
        if self._marks:
            self.marks.setCurrentRow(0)
        else:
            self._complain(self.tr("These master codes have no evidence marks."))

    def _show_dimensions(self) -> None:
        mark = self._mark()
        self.dimension.clear()
        if mark is not None and self._desk is not None:
            for key in self._desk.instrument.scale(mark.scale).dimensions:
                self.dimension.addItem(self._desk.instrument.dimensions[key].title, key)

    def _show_points(self) -> None:
        """The point the master codes give comes first to hand."""
        mark, key = self._mark(), self.dimension.currentData()
        self.point.clear()
        if mark is None or key is None or self._desk is None:
            return
        dimension = self._desk.instrument.dimensions[key]
        for point in dimension.points:
            name = dimension.names.get(point)
            self.point.addItem(point_words(dimension, point) + (f" · {name}" if name else ""), point)
        given = self._desk.answers.get((mark.scale, key), OPEN).value
        if given is not None:
            self.point.setCurrentIndex(self.point.findData(given))

    def _mark(self) -> Mark | None:
        at = self.marks.currentRow()
        return self._marks[at] if 0 <= at < len(self._marks) else None

    def _complain(self, words: str) -> None:
        self.complaint.setText(words)
        self.complaint.show()
