"""Who was at a meeting: a tick for each code, in as many columns as there is room for."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QCheckBox, QGridLayout, QWidget

from mio_fidelity.gui import theme

GAP_PX = 14


class AttendanceBox(QWidget):
    """A tick for each person.

    Signals:
        ticked: The ids of everybody ticked now.
    """

    ticked = Signal(list)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.boxes: dict[str, QCheckBox] = {}
        self._columns = 0
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setVerticalSpacing(theme.scaled(5))
        self._grid.setHorizontalSpacing(theme.scaled(GAP_PX))

    def show_people(self, everybody: Mapping[str, str], there: Sequence[str]) -> None:
        """Show these people, id to code, and who of them was there."""
        if list(everybody) != list(self.boxes):
            self._make(everybody)
        for person_id, box in self.boxes.items():
            box.blockSignals(True)
            box.setChecked(person_id in there)
            box.blockSignals(False)

    def minimumSizeHint(self) -> QSize:
        """One column is enough."""
        return QSize(self._widest(), super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Use the room there is."""
        super().resizeEvent(event)
        self._arrange()

    def _make(self, everybody: Mapping[str, str]) -> None:
        for old in self.boxes.values():
            self._grid.removeWidget(old)
            old.hide()
            old.deleteLater()
        self.boxes, self._columns = {}, 0
        for person_id, code in everybody.items():
            box = QCheckBox(code, self)
            box.setAccessibleName(self.tr("{code} was there").format(code=code))
            box.toggled.connect(self._tell)
            self.boxes[person_id] = box
        self._arrange()

    def _arrange(self) -> None:
        columns = max(1, (self.width() + theme.scaled(GAP_PX)) // (self._widest() + theme.scaled(GAP_PX)))
        if columns == self._columns:
            return
        for column in range(max(columns, self._columns) + 1):
            self._grid.setColumnStretch(column, int(column == columns))
        self._columns = columns
        for at, box in enumerate(self.boxes.values()):
            self._grid.addWidget(box, at // columns, at % columns)

    def _widest(self) -> int:
        return max((box.sizeHint().width() for box in self.boxes.values()), default=1)

    def _tell(self) -> None:
        self.ticked.emit([person_id for person_id, box in self.boxes.items() if box.isChecked()])
