"""Both sides of what came back changed and was changed here, side by side, and the choice between them."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from mio_fidelity.answer import OPEN, Answer
from mio_fidelity.coding import conflicts
from mio_fidelity.coding.conflicts import Choice, Open, Side
from mio_fidelity.gui import theme
from mio_fidelity.gui.answer_words import answer_words, point_words
from mio_fidelity.gui.bars import label
from mio_fidelity.gui.dialogs import sentence_label
from mio_fidelity.gui.package_dialogs import moment_words
from mio_fidelity.gui.take_in_dialog import why_words
from mio_fidelity.gui.workbench import Workbench
from mio_fidelity.instrument import Dimension

WIDTH_PX, HEIGHT_PX, NOTES = 860, 560, 300


class ConflictDialog(QDialog):
    """One conflict at a time; when all are settled it closes by itself."""

    def __init__(self, bench: Workbench, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Conflicts"))
        self._bench = bench
        self._found: tuple[Open, ...] = ()
        self.which = QComboBox()
        self.which.setAccessibleName(self.tr("Which conflict"))
        self.heading, self.why = label("", "title"), sentence_label("", "muted")
        self.table = QTableWidget(0, 3)
        self.same = sentence_label("", "muted")
        self.complaint = sentence_label("", "muted")
        self.ours = QPushButton(self.tr("Keep what is here"))
        self.theirs = QPushButton(self.tr("Take what came back"))
        self.both = QPushButton(self.tr("Keep both, as two occasions"))
        self.later = QPushButton(self.tr("Decide later"))
        self._lay_out()
        self.which.currentIndexChanged.connect(self._show)
        for button, choice in self._choices().items():
            button.clicked.connect(lambda _=False, choice=choice: self._settle(choice))
        self.later.clicked.connect(self.reject)
        self._read()

    def _choices(self) -> dict[QPushButton, Choice]:
        return {self.ours: Choice.OURS, self.theirs: Choice.THEIRS, self.both: Choice.BOTH}

    def _lay_out(self) -> None:
        self.table.setHorizontalHeaderLabels((self.tr("What"), self.tr("Here"), self.tr("Came back")))
        self.table.setAccessibleName(self.tr("What differs"))
        self.table.verticalHeader().hide()
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setTabKeyNavigation(False)
        self.table.setWordWrap(True)
        self.table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.table.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft)
        words = self.tr(
            "Nothing is lost by a choice: the side that is not taken stays on record. Taking what came back "
            "changes an open rating as it is; in a submitted one the answers are amended, in your name."
        )
        row = QHBoxLayout()
        row.setSpacing(theme.scaled(8))
        for button in (self.ours, self.theirs, self.both):
            button.setAutoDefault(True)
            row.addWidget(button)
        row.addStretch(1)
        row.addWidget(self.later)
        # Enter settles nothing unless the keyboard is on one of the choices.
        self.later.setDefault(True)
        column = QVBoxLayout(self)
        column.setSpacing(theme.scaled(10))
        for widget in (self.which, self.heading, self.why):
            column.addWidget(widget)
        column.addWidget(self.table, 1)
        for widget in (self.same, sentence_label(words, "muted"), self.complaint):
            column.addWidget(widget)
        column.addLayout(row)
        area = self.screen().availableSize()
        self.resize(
            min(theme.scaled(WIDTH_PX), area.width() - 40), min(theme.scaled(HEIGHT_PX), area.height() - 40)
        )

    def _read(self) -> None:
        """What waits now."""
        self._found = self._bench.ask(conflicts.waiting)
        self.which.blockSignals(True)
        self.which.clear()
        several = len(self._found) > 1
        for nth, each in enumerate(self._found, start=1):
            words = self.tr("{nth} of {n}: {session}, rated by {code}")
            words = words.format(nth=nth, n=len(self._found), session=each.session, code=each.person_code)
            self.which.addItem(words)
        self.which.blockSignals(False)
        self.which.setVisible(several)
        self.heading.setVisible(not several)
        self._show()

    def _show(self, *_: object) -> None:
        at = self.which.currentIndex()
        for button in self._choices():
            button.setEnabled(False)
        if not 0 <= at < len(self._found):
            self.heading.setText(self.tr("No conflict waits for you."))
            self.table.setRowCount(0)
            self.later.setText(self.tr("Close"))
            self.later.setFocus()
            return
        one = self._found[at]
        self.heading.setText(
            self.tr("{session}, rated by {code}").format(session=one.session, code=one.person_code)
        )
        self.why.setText(self._reason(one))
        rows = self._rows(one)
        self.table.setRowCount(len(rows))
        for row, texts in enumerate(rows):
            for column, text in enumerate(texts):
                self.table.setItem(row, column, QTableWidgetItem(text))
        self.same.setText(self.tr("Answers that are the same on both sides: {n}.").format(n=_agreed(one)))
        for button, choice in self._choices().items():
            button.setEnabled(choice in one.choices)
        self.both.setVisible(Choice.BOTH in one.choices)

    def _reason(self, one: Open) -> str:
        words = why_words(one.why)
        told = self.tr("Why: {why}.").format(why=words)
        for code, begun in one.others:
            more = self.tr("{code} has begun it.")
            if not begun:
                more = self.tr("{code} has it and has not begun: take it back under Assignments if need be.")
            told += " " + more.format(code=code)
        return told

    def _rows(self, one: Open) -> Sequence[tuple[str, str, str]]:
        rows = [
            (self.tr("State"), self._state(one.ours), self._state(one.theirs)),
            *self._answers(one),
        ]
        if one.ours.notes != one.theirs.notes:
            rows.append((self.tr("Notes"), one.ours.notes[:NOTES], one.theirs.notes[:NOTES]))
        marks = self.tr("Evidence"), str(one.ours.marks), str(one.theirs.marks)
        return [*rows, marks] if one.ours.marks != one.theirs.marks else rows

    def _answers(self, one: Open) -> list[tuple[str, str, str]]:
        rows = []
        for scale, dimension in one.instrument.slots():
            here, there = (side.answers.get((scale, dimension), OPEN) for side in (one.ours, one.theirs))
            if here == there:
                continue
            of = one.instrument.dimensions[dimension]
            name = f"{one.instrument.scale(scale).title} · {of.title}"
            rows.append((name, self._answer(of, here), self._answer(of, there)))
        return rows

    def _answer(self, of: Dimension, answer: Answer) -> str:
        """As short as beside each other they can be."""
        if answer == OPEN:
            return self.tr("not rated")
        if answer.value is None:
            return answer_words(of, answer)
        return " · ".join(filter(None, (point_words(of, answer.value), of.names.get(answer.value))))

    def _state(self, side: Side) -> str:
        if side.submitted_at is not None:
            return self.tr("● submitted {at}").format(at=moment_words(side.submitted_at))
        if side.begun_at is not None:
            return self.tr("◐ begun {at}").format(at=moment_words(side.begun_at))
        return self.tr("○ not begun")

    def _settle(self, choice: Choice) -> None:
        one = self._found[self.which.currentIndex()]
        if self._bench.do(conflicts.settle, one.id, choice) is None:
            self.complaint.setText(self.tr("▲ This could not be stored; look at the conflict again."))
            theme.set_role(self.complaint, "warn")
        else:
            self.complaint.setText("")
        self._read()
        if not self._found:
            self.accept()


def _agreed(one: Open) -> int:
    return sum(
        one.ours.answers.get(slot, OPEN) == one.theirs.answers.get(slot, OPEN) != OPEN
        for slot in one.instrument.slots()
    )
