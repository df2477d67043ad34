"""The phases of a treatment in a plan: a line for each, with as many lines as are wanted."""

from collections.abc import Iterable
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLineEdit, QPushButton, QSpinBox, QVBoxLayout, QWidget

from mio_fidelity.coding.plan import Phase
from mio_fidelity.coding.recordings import MOST_SESSIONS
from mio_fidelity.gui import theme
from mio_fidelity.gui.bars import label, tab_through
from mio_fidelity.gui.plan_fields import WheelGuard

MOST_PHASES = 8
MOST_TAKEN = 99_999


class PhaseRows(QWidget):
    """Name, first session, last session, how many.

    Args:
        before: What has the keyboard before it; in the same window once there are phases.
        parent: The form.

    Signals:
        changed: A phase is another one, more, or fewer.
    """

    changed = Signal()

    def __init__(self, before: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._before = before
        self.rows: list[_Row] = []
        self.add = QPushButton(self.tr("Add a phase"))
        theme.set_role(self.add, "quiet")
        self.add.clicked.connect(self._add)
        self._grid = QGridLayout()
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(theme.scaled(6))
        self._grid.setVerticalSpacing(theme.scaled(4))
        self._grid.setColumnStretch(0, 1)
        for at, words in enumerate((self.tr("Phase"), self.tr("From"), self.tr("To"), self.tr("Take"))):
            self._grid.addWidget(label(words, "small"), 0, at)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.scaled(2))
        column.addLayout(self._grid)
        column.addWidget(self.add, 0, Qt.AlignmentFlag.AlignLeft)

    def phases(self) -> tuple[Phase, ...]:
        """The phases as they stand, in the order of the lines."""
        return tuple(row.phase() for row in self.rows)

    def show_phases(self, phases: Iterable[Phase]) -> None:
        """Show these phases."""
        while self.rows:
            self._drop(self.rows[-1])
        for phase in phases:
            self._append(phase)

    def _append(self, phase: Phase) -> None:
        row = _Row(phase, self)
        at = self._grid.rowCount()
        self.rows.append(row)
        for column, widget in enumerate(row.widgets()):
            self._grid.addWidget(widget, at, column)
        row.changed.connect(self.changed)
        row.remove.clicked.connect(partial(self._remove, row))
        self._allow()

    def _add(self) -> None:
        last = max((row.last.value() for row in self.rows), default=0)
        name = self.tr("phase {n}").format(n=len(self.rows) + 1)
        self._append(Phase(name, last + 1, last + 4))
        self.rows[-1].name.setFocus()
        self.rows[-1].name.selectAll()
        self.changed.emit()

    def _remove(self, row: "_Row") -> None:
        self._drop(row)
        self.rows[-1].name.setFocus()
        self.changed.emit()

    def _drop(self, row: "_Row") -> None:
        self.rows.remove(row)
        for widget in row.widgets():
            self._grid.removeWidget(widget)
            widget.hide()
            widget.deleteLater()
        row.deleteLater()
        self._allow()

    def _allow(self) -> None:
        """A plan has a phase at least; Tab goes from line to line, then to the button below."""
        for row in self.rows:
            row.remove.setEnabled(len(self.rows) > 1)
        self.add.setEnabled(len(self.rows) < MOST_PHASES)
        fields = [widget for row in self.rows for widget in row.widgets()]
        tab_through((self._before, *fields, self.add))


class _Row(QWidget):
    """The fields of one phase; they stand in the grid of the `PhaseRows`."""

    changed = Signal()

    def __init__(self, phase: Phase, parent: QWidget) -> None:
        super().__init__(parent)
        self.hide()
        self.name = QLineEdit(phase.name)
        self.name.setMaxLength(60)
        self.first, self.last, self.take = QSpinBox(), QSpinBox(), QSpinBox()
        self.remove = QPushButton("×")
        self.remove.setToolTip(self.tr("Remove this phase"))
        theme.set_role(self.remove, "quiet")
        self.remove.setFixedWidth(theme.scaled(26))
        wheel = WheelGuard(self)
        for box, least, most, value in (
            (self.first, 1, MOST_SESSIONS, phase.first),
            (self.last, 1, MOST_SESSIONS, phase.last),
            (self.take, 0, MOST_TAKEN, phase.take or 0),
        ):
            wheel.guard(box)
            box.setRange(least, most)
            box.setKeyboardTracking(False)
            box.setValue(value)
            box.setFixedWidth(theme.scaled(64))
            box.valueChanged.connect(lambda _: self.changed.emit())
        self.take.setSpecialValueText(self.tr("all"))
        self.name.editingFinished.connect(self._take_name)
        self._named = phase.name
        self._name_fields()

    def phase(self) -> Phase:
        """What the fields say."""
        return Phase(
            self.name.text().strip(), self.first.value(), self.last.value(), self.take.value() or None
        )

    def widgets(self) -> tuple[QWidget, ...]:
        """The fields, from left to right."""
        return self.name, self.first, self.last, self.take, self.remove

    def _take_name(self) -> None:
        if self.name.text() != self._named:
            self._named = self.name.text()
            self._name_fields()
            self.changed.emit()

    def _name_fields(self) -> None:
        """What a screen reader says."""
        for widget, words in zip(
            self.widgets(),
            (
                self.tr("Name of the phase {phase}"),
                self.tr("First session of {phase}"),
                self.tr("Last session of {phase}"),
                self.tr("Sessions to take of {phase}"),
                self.tr("Remove the phase {phase}"),
            ),
            strict=True,
        ):
            widget.setAccessibleName(words.format(phase=self._named))
