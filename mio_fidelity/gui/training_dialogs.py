"""Giving somebody training sessions, and choosing the rule that all are held to."""

from collections.abc import Sequence
from datetime import date

from PySide6.QtCore import QDate, QSize, Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QDateEdit,
    QDialog,
    QGridLayout,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from mio_fidelity.coding import certification, masters, training
from mio_fidelity.coding.certification import JUDGEABLE, Rule
from mio_fidelity.coding.masters import MasterRow
from mio_fidelity.errors import UserError
from mio_fidelity.gui import theme
from mio_fidelity.gui.bars import label
from mio_fidelity.gui.dialogs import buttons, sentence_label
from mio_fidelity.gui.plan_fields import PlainNumber
from mio_fidelity.gui.workbench import Workbench, said, sentence
from mio_fidelity.store import Purpose

WIDTH_PX = 520
LIST_PX, ROW_PX = 220, 28
WEEKS = 2


class GiveTrainingDialog(QDialog):
    """Lets a supervisor tick master sessions for somebody who does not know them.

    Args:
        bench: The open study.
        person_id: Whom.
        code: Her code.
        wanted: How many sessions are still lacking; so many are ticked.
        parent: Over which window.
    """

    def __init__(
        self, bench: Workbench, person_id: str, code: str, wanted: int, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._bench, self._person_id = bench, person_id
        self.setWindowTitle(self.tr("Give training sessions"))
        there = sum(row.for_training for row in bench.ask(masters.masters))
        offered = bench.ask(training.offered, person_id)
        self.list = QListWidget()
        self.due, self.day = QCheckBox(self.tr("Due on")), QDateEdit()
        self.complaint = sentence_label("", "alarm")
        self._fill(offered, wanted)
        self._lay_out(code, there - len(offered))

    def chosen(self) -> list[str]:
        """The sessions that are ticked."""
        items = (self.list.item(at) for at in range(self.list.count()))
        return [
            item.data(Qt.ItemDataRole.UserRole)
            for item in items
            if item.checkState() is Qt.CheckState.Checked
        ]

    def accept(self) -> None:
        """Give them, all or none."""
        sessions = self.chosen()
        if not sessions:
            self._complain(self.tr("Tick at least one session."))
            return
        shown = self.day.date()
        due = date(shown.year(), shown.month(), shown.day()) if self.due.isChecked() else None
        try:
            done = self._bench.project.do(training.assign_training, self._person_id, sessions, due)
        except UserError as error:
            self._complain(sentence(error))
            return
        self._bench.changed.emit(done.changed)
        super().accept()

    def _fill(self, offered: Sequence[MasterRow], wanted: int) -> None:
        self.list.setAccessibleName(self.tr("Master sessions"))
        for nth, row in enumerate(offered):
            item = QListWidgetItem(row.label, self.list)
            item.setData(Qt.ItemDataRole.UserRole, row.session_id)
            item.setSizeHint(QSize(0, theme.scaled(ROW_PX)))
            item.setCheckState(Qt.CheckState.Checked if nth < wanted else Qt.CheckState.Unchecked)

    def _lay_out(self, code: str, left_out: int) -> None:
        words = self.tr(
            "{code} rates them blind, under new codes, among all other sessions. Only when a rating is"
            " submitted does the comparison with the master codes open."
        )
        column = QVBoxLayout(self)
        column.setSpacing(theme.scaled(10))
        column.addWidget(label(self.tr("Training sessions for {code}").format(code=code), "title"))
        column.addWidget(sentence_label(words.format(code=code), "muted"))
        column.addWidget(self.list, 1)
        self.list.setMinimumHeight(theme.scaled(LIST_PX))
        if left_out:
            lacks = self.tr(
                "Sessions left out: {n}. {code} has been given them, has discussed them, could hear an"
                " example from them or is kept away from them, or they may not be heard any more."
            )
            column.addWidget(sentence_label(lacks.format(code=code, n=left_out), "muted"))
        self.day.setDisplayFormat("yyyy-MM-dd")
        self.day.setCalendarPopup(True)
        self.day.setDate(QDate.currentDate().addDays(7 * WEEKS))
        self.day.setAccessibleName(self.tr("Due on"))
        self.day.setEnabled(False)
        self.due.toggled.connect(self.day.setEnabled)
        row = QHBoxLayout()
        row.addWidget(self.due)
        row.addWidget(self.day)
        row.addStretch(1)
        column.addLayout(row)
        column.addWidget(self.complaint)
        box = buttons(self, self.tr("Give"))
        column.addWidget(box)
        if not self.list.count():
            box.button(box.StandardButton.Ok).setEnabled(False)
            self._complain(
                self.tr("No session is left to give. Write master codes and let trainees hear the session.")
            )
        self.complaint.setVisible(bool(self.complaint.text()))
        self.setMinimumWidth(theme.scaled(WIDTH_PX))

    def _complain(self, words: str) -> None:
        self.complaint.setText(words)
        self.complaint.show()


class RuleDialog(QDialog):
    """Every number of the rule, what it comes to in words, and whether only certified coders may code."""

    def __init__(self, bench: Workbench, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bench = bench
        self.setWindowTitle(self.tr("Rule of certification"))
        self.sessions, self.within = QSpinBox(), QSpinBox()
        self.share, self.icc = _percent(), _coefficient()
        self.domain_share, self.scored, self.last = _percent(), _percent(), QSpinBox()
        self.use_icc = QCheckBox(self.tr("Least ICC(A,1) in each dimension"))
        self.use_domain = QCheckBox(self.tr("Least share in every domain (%)"))
        self.use_scored = QCheckBox(self.tr("Least share scored of what the master codes score (%)"))
        self.use_last = QCheckBox(self.tr("Only the last sessions count"))
        self.required = QCheckBox(self.tr("Only certified coders are given sessions to code for the study"))
        self.purposes = {purpose: QCheckBox(words) for purpose, words in self._purposes()}
        self.preview, self.complaint = sentence_label("", "muted"), sentence_label("", "alarm")
        self._lay_out()
        self._show(bench.ask(certification.rule), bench.ask(certification.required))
        self._connect()

    def rule(self) -> Rule:
        """What is set."""
        return Rule(
            self.sessions.value(),
            self.share.value() / 100,
            self.within.value(),
            round(self.icc.value(), 4) if self.use_icc.isChecked() else None,
            self.domain_share.value() / 100 if self.use_domain.isChecked() else None,
            self.scored.value() / 100 if self.use_scored.isChecked() else None,
            tuple(purpose for purpose, box in self.purposes.items() if box.isChecked()),
            self.last.value() if self.use_last.isChecked() else None,
        )

    def accept(self) -> None:
        """Keep it."""
        project = self._bench.project
        try:
            changed = project.do(certification.set_rule, self.rule()).changed
            changed |= project.do(certification.set_required, self.required.isChecked()).changed
        except UserError as error:
            self.complaint.setText(sentence(error))
            return
        self._bench.changed.emit(changed)
        super().accept()

    def _purposes(self) -> tuple[tuple[Purpose, str], ...]:
        words = (self.tr("training"), self.tr("certification"), self.tr("recalibration"))
        return tuple(zip(JUDGEABLE, words, strict=True))

    def _lay_out(self) -> None:
        for box, low, high in ((self.sessions, 1, 1000), (self.within, 0, 9), (self.last, 1, 1000)):
            box.setRange(low, high)
        grid = QGridLayout()
        grid.setHorizontalSpacing(theme.scaled(14))
        grid.setVerticalSpacing(theme.scaled(6))
        grid.setColumnStretch(0, 1)
        plain = (
            (self.tr("Master sessions"), self.sessions),
            (self.tr("Least share of ratings (%)"), self.share),
            (self.tr("Within so many points of the master codes"), self.within),
        )
        for words, field in plain:
            name = label(words)
            name.setBuddy(field)
            field.setAccessibleName(words)
            grid.addWidget(name, grid.rowCount(), 0)
            grid.addWidget(field, grid.rowCount() - 1, 1)
        for tick, field in self._optional():
            field.setAccessibleName(tick.text())
            grid.addWidget(tick, grid.rowCount(), 0)
            grid.addWidget(field, grid.rowCount() - 1, 1)
        counted = QHBoxLayout()
        counted.addWidget(label(self.tr("Ratings that count")))
        for purpose in self.purposes.values():
            counted.addWidget(purpose)
        counted.addStretch(1)
        column = QVBoxLayout(self)
        column.setSpacing(theme.scaled(10))
        column.addLayout(grid)
        column.addLayout(counted)
        column.addWidget(self.required)
        column.addWidget(label(self.tr("In words"), "title"))
        column.addWidget(self.preview)
        column.addWidget(self.complaint)
        column.addWidget(buttons(self, self.tr("Keep the rule")))
        self.setMinimumWidth(theme.scaled(WIDTH_PX + 100))

    def _optional(self) -> tuple[tuple[QCheckBox, QSpinBox | PlainNumber], ...]:
        return (
            (self.use_icc, self.icc),
            (self.use_domain, self.domain_share),
            (self.use_scored, self.scored),
            (self.use_last, self.last),
        )

    def _show(self, one: Rule, required: bool) -> None:
        self.sessions.setValue(one.sessions)
        self.share.setValue(one.share * 100)
        self.within.setValue(one.within)
        for (tick, _), given in zip(
            self._optional(), (one.icc, one.domain_share, one.scored, one.last), strict=True
        ):
            tick.setChecked(given is not None)
        self.icc.setValue(one.icc or 0.6)
        self.domain_share.setValue(100 * (one.domain_share or one.share))
        self.scored.setValue(100 * (one.scored or one.share))
        self.last.setValue(one.last or one.sessions)
        for purpose, box in self.purposes.items():
            box.setChecked(purpose in one.purposes)
        self.required.setChecked(required)
        self._preview()

    def _connect(self) -> None:
        for tick, field in self._optional():
            tick.toggled.connect(field.setEnabled)
        for box in (self.sessions, self.within, self.last):
            box.valueChanged.connect(self._preview)
        for number in (self.share, self.icc, self.domain_share, self.scored):
            number.valueChanged.connect(self._preview)
        ticks = (tick for tick, _ in self._optional())
        for tick in (*ticks, *self.purposes.values()):
            tick.toggled.connect(self._preview)

    def _preview(self) -> None:
        for tick, field in self._optional():
            field.setEnabled(tick.isChecked())
        one = self.rule()
        problems = one.problems()
        self.complaint.setText("\n".join(sentence(problem) for problem in problems))
        self.preview.setText("" if problems else "\n".join(f"· {said(each)}" for each in one.words()))


def _percent() -> PlainNumber:
    made = PlainNumber()
    made.setRange(1, 100)
    made.setDecimals(1)
    return made


def _coefficient() -> PlainNumber:
    made = PlainNumber()
    made.setRange(0.01, 1)
    made.setDecimals(2)
    made.setSingleStep(0.05)
    return made
