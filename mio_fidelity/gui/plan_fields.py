"""Parts of the form of a plan: groups of fields, numbers as people write them, lists to tick in."""

from collections.abc import Iterable

from PySide6.QtCore import QEvent, QObject, QSignalBlocker, Qt
from PySide6.QtWidgets import QDoubleSpinBox, QGridLayout, QScrollArea, QWidget

from mio_fidelity.gui import theme
from mio_fidelity.gui.bars import label
from mio_fidelity.gui.dialogs import sentence_label
from mio_fidelity.gui.several import Several


class PlainNumber(QDoubleSpinBox):
    """A number without zeros that say nothing."""

    def textFromValue(self, value: float) -> str:
        """The number as people write it."""
        whole, point, rest = super().textFromValue(value).partition(self.locale().decimalPoint())
        rest = rest.rstrip("0")
        return whole + point + rest if rest else whole


class WheelGuard(QObject):
    """Lets the wheel scroll the form, instead of changing the field that happens to be under the mouse."""

    def guard(self, field: QWidget) -> None:
        """Let the wheel change ``field`` only while it has the keyboard."""
        field.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        field.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Pass the wheel on."""
        if event.type() is QEvent.Type.Wheel and isinstance(watched, QWidget) and not watched.hasFocus():
            event.ignore()
            return True
        return super().eventFilter(watched, event)


def group(title: str, fields: Iterable[tuple[str, QWidget, str]]) -> QGridLayout:
    """A question, and below it a line for each field: its name, the field, what it does."""
    grid = QGridLayout()
    grid.setHorizontalSpacing(theme.scaled(10))
    grid.setVerticalSpacing(theme.scaled(4))
    grid.setColumnStretch(1, 1)
    grid.setColumnMinimumWidth(0, theme.scaled(112))
    grid.addWidget(label(title, "title"), 0, 0, 1, 2)
    for words, field, explained in fields:
        row = grid.rowCount()
        if words:
            name = label(words)
            name.setBuddy(field)
            grid.addWidget(name, row, 0)
            grid.addWidget(field, row, 1)
            if not field.accessibleName():
                field.setAccessibleName(words)
        else:
            grid.addWidget(field, row, 0, 1, 2)
        if explained:
            field.setAccessibleDescription(explained)
            at, wide = (1, 1) if words else (0, 2)
            grid.addWidget(sentence_label(explained, "small"), row + 1, at, 1, wide)
    return grid


def side_by_side(widgets: Iterable[QWidget], columns: int = 2) -> QWidget:
    """Widgets in lines of ``columns``."""
    whole = QWidget()
    grid = QGridLayout(whole)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(theme.scaled(10))
    grid.setVerticalSpacing(theme.scaled(4))
    grid.setColumnStretch(columns, 1)
    for nth, widget in enumerate(widgets):
        grid.addWidget(widget, *divmod(nth, columns))
    return whole


def fill(area: QScrollArea, inside: QWidget) -> None:
    """Scroll ``inside`` on the ground that ``area`` lies on; Tab goes to what is inside."""
    area.setWidget(inside)
    area.setWidgetResizable(True)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    inside.setAutoFillBackground(False)
    area.viewport().setAutoFillBackground(False)


def offer(several: Several, choices: Iterable[str]) -> None:
    """Offer these; what is ticked stays, even when it is not among them."""
    several.offer(sorted({*choices, *several.chosen()}))


def tick(several: Several, wanted: Iterable[str]) -> None:
    """Tick exactly these."""
    wanted = set(wanted)
    there = {several.list.item(at).text() for at in range(several.list.count())}
    several.offer(sorted(there | wanted))
    with QSignalBlocker(several):
        for at in range(several.list.count()):
            item = several.list.item(at)
            on = item.text() in wanted
            item.setCheckState(Qt.CheckState.Checked if on else Qt.CheckState.Unchecked)
