"""The list of counselors: how much was coded of each, and the means of the domains as small pictures."""

import math
from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, Qt, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from mio_fidelity.analysis.counselor_results import CounselorLine, CounselorReport
from mio_fidelity.gui import theme
from mio_fidelity.gui.figures import points

_SHARE, _COLOR = Qt.ItemDataRole.UserRole + 1, Qt.ItemDataRole.UserRole + 2
ROW_PX = 30


class MeanPicture(QStyledItemDelegate):
    """A bar from the lowest point to the mean, and the number."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Draw the row as usual, then the bar."""
        self.initStyleOption(option, index)
        text, option.text = option.text, ""
        style = option.widget.style() if option.widget else QApplication.style()
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, option, painter, option.widget)
        now, share = theme.tokens(), index.data(_SHARE)
        room = QRectF(option.rect).adjusted(6, 0, -6, 0)
        painter.save()
        painter.setFont(theme.font(theme.SMALLEST_PX))
        number = painter.fontMetrics().horizontalAdvance("0.00") + 6
        if share is not None:
            bar = QRectF(room.left(), room.center().y() - 4, room.width() - number, 8)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(now.line)
            painter.drawRoundedRect(bar, 2, 2)
            painter.setBrush(now.readable(now.domain(*index.data(_COLOR)), 3.0))
            painter.drawRoundedRect(QRectF(bar.left(), bar.top(), bar.width() * share, bar.height()), 2, 2)
        painter.setPen(now.text)
        painter.drawText(room, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter), text)
        painter.restore()


class CounselorList(QTableWidget):
    """Every counselor; the one chosen is shown beside it.

    Signals:
        chosen: The code of another counselor.
    """

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Counselors"))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.verticalHeader().hide()
        self.horizontalHeader().setFont(theme.font(theme.SMALLEST_PX, bold=True))
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        self.horizontalHeader().setDefaultAlignment(left)
        self.horizontalHeader().setTextElideMode(Qt.TextElideMode.ElideRight)
        self.verticalHeader().setDefaultSectionSize(theme.scaled(ROW_PX))
        self._pictures = MeanPicture(self)
        self.itemSelectionChanged.connect(lambda: self.chosen.emit(self.code))

    @property
    def code(self) -> str:
        """The counselor that is chosen; empty for none."""
        items = self.selectedItems()
        item = self.item(items[0].row(), 0) if items else None
        return item.text() if item else ""

    def choose(self, code: str) -> None:
        """Choose a counselor; the first when there is none of this code."""
        rows = [row for row in range(self.rowCount()) if self._at(row, 0).text() == code]
        if self.rowCount():
            self.selectRow(rows[0] if rows else 0)

    def show_report(self, report: CounselorReport, dimension: str) -> None:
        """Show every counselor, with the means of this dimension."""
        code = self.code
        slots = [slot for slot in report.slots if slot[1] == dimension]
        domains = {domain.key: domain for domain in report.instrument.domains}
        self.blockSignals(True)
        self.clear()
        titles = [domains[slot[0]].title for slot in slots]
        heads = [self.tr("Counselor"), self.tr("Arm"), self.tr("Sessions"), self.tr("Clients"), *titles]
        self.setColumnCount(len(heads))
        self.setRowCount(len(report.counselors))
        for at, title in enumerate(heads):
            item = QTableWidgetItem(title)
            item.setToolTip(title)
            self.setHorizontalHeaderItem(at, item)
        for row, line in enumerate(report.counselors):
            self._fill(row, line, report, slots)
        for at in range(self.columnCount()):
            self.setItemDelegateForColumn(at, self._pictures if at > 3 else None)  # type: ignore[arg-type]
        self._fit(len(slots))
        self.choose(code)
        self.blockSignals(False)

    def forget(self) -> None:
        """Show nothing."""
        self.blockSignals(True)
        self.setRowCount(0)
        self.blockSignals(False)

    def _fill(
        self, row: int, line: CounselorLine, report: CounselorReport, slots: Sequence[tuple[str, str]]
    ) -> None:
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        facts = (line.code, ", ".join(line.arms), str(len(line.sessions)), str(len(line.clients)))
        for at, text in enumerate(facts):
            item = QTableWidgetItem(text)
            if at > 1:
                item.setTextAlignment(right)
            self.setItem(row, at, item)
        for at, slot in enumerate(slots, len(facts)):
            mean, steps = line.moments[slot].mean, report.instrument.dimensions[slot[1]].points
            item = QTableWidgetItem(points(mean, 2))
            if not math.isnan(mean):
                item.setData(_SHARE, (mean - steps[0]) / (steps[-1] - steps[0]))
            domain = next(each for each in report.instrument.domains if each.key == slot[0])
            item.setData(_COLOR, (domain.key, domain.color))
            words = self.tr("{title}: mean {mean}, sessions: {n}").format(
                title=report.title(slot), mean=points(mean, 2), n=line.moments[slot].n
            )
            item.setData(Qt.ItemDataRole.AccessibleTextRole, words)
            item.setToolTip(words)
            self.setItem(row, at, item)

    def _at(self, row: int, column: int) -> QTableWidgetItem:
        item = self.item(row, column)
        assert item is not None
        return item

    def _fit(self, pictures: int) -> None:
        header = self.horizontalHeader()
        for at in range(4):
            header.setSectionResizeMode(at, QHeaderView.ResizeMode.ResizeToContents)
        for at in range(4, 4 + pictures):
            header.setSectionResizeMode(at, QHeaderView.ResizeMode.Stretch)
        header.setMinimumSectionSize(theme.scaled(36))
