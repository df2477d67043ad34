"""A small table of counts: how many sessions of each kind, who meets whom, who has how much to do."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QResizeEvent
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem, QTableView, QWidget

from mio_fidelity.gui import theme
from mio_fidelity.gui.cell_grid import CellGrid

Index = QModelIndex | QPersistentModelIndex
NARROW, WIDE, HIGH = 40, 84, 26
STALE = 0.4


class Look(Enum):
    """How a count is drawn. PLAIN: the number. TINT: on a ground the darker the more. BAR: beside a bar."""

    PLAIN = "plain"
    TINT = "tint"
    BAR = "bar"


@dataclass(frozen=True, slots=True)
class Counts:
    """Counts in rows and columns.

    Attributes:
        rows: Titles of the rows.
        columns: Titles of the columns.
        counts: Per row one count per column; None where there can be none.
        aloud: Each cell as a sentence, for the tool tip and the screen reader.
        look: How a count is drawn.
    """

    rows: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    counts: tuple[tuple[int | None, ...], ...] = ()
    aloud: tuple[tuple[str, ...], ...] = ()
    look: Look = Look.PLAIN

    @property
    def most(self) -> int:
        """The largest count, at least 1."""
        return max((count or 0 for row in self.counts for count in row), default=1) or 1

    def as_text(self) -> str:
        """The table for the clipboard: tabs between cells, one line each."""
        lines = ["\t".join(("", *self.columns))] if any(self.columns) else []
        for title, row in zip(self.rows, self.counts, strict=True):
            lines.append("\t".join((title, *("" if count is None else str(count) for count in row))))
        return "\n".join(lines)


class CountModel(QAbstractTableModel):
    """The cells."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.table = Counts()
        self.stale = False

    def show(self, table: Counts) -> None:
        """Show these counts."""
        self.beginResetModel()
        self.table = table
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        """How many rows."""
        return 0 if parent.isValid() else len(self.table.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """How many columns."""
        return 0 if parent.isValid() else len(self.table.columns)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """The title of a row or column."""
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return None
        across = orientation is Qt.Orientation.Horizontal
        return (self.table.columns if across else self.table.rows)[section]

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The count of a cell, in a number or in words."""
        if role == Qt.ItemDataRole.DisplayRole:
            count = self.count(index)
            return "" if count is None else str(count)
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return self.table.aloud[index.row()][index.column()]
        return None

    def count(self, index: Index) -> int | None:
        """The count of a cell."""
        return self.table.counts[index.row()][index.column()]


class _CountDelegate(QStyledItemDelegate):
    """A cell as its `Look` says."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw one cell."""
        now, model, view = theme.tokens(), index.model(), self.parent()
        if not isinstance(model, CountModel) or not isinstance(view, QTableView):
            return
        count, look = model.count(index), model.table.look
        share = (count or 0) / model.table.most
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setOpacity(STALE if model.stale else 1.0)
        painter.setPen(Qt.PenStyle.NoPen)
        cell = QRectF(option.rect).adjusted(1.5, 1.5, -1.5, -1.5)
        words, side = cell, Qt.AlignmentFlag.AlignCenter
        if look is Look.TINT:
            painter.setBrush(now.window)
            painter.drawRoundedRect(cell, 3, 3)
            ground = QColor(now.accent)
            ground.setAlphaF(0.32 * share)
            painter.setBrush(ground)
            painter.drawRoundedRect(cell, 3, 3)
        elif look is Look.BAR:
            words, side = self._bar(painter, cell, share), Qt.AlignmentFlag.AlignRight
        painter.setPen(now.text if count else now.muted)
        painter.setFont(theme.font())
        painter.drawText(words, int(side | Qt.AlignmentFlag.AlignVCenter), index.data())
        painter.setOpacity(1.0)
        if view.hasFocus() and view.currentIndex() == index:
            theme.draw_focus(painter, cell)
        painter.restore()

    def _bar(self, painter: QPainter, cell: QRectF, share: float) -> QRectF:
        """Draw the bar; where its number goes."""
        for_number = theme.scaled(34)
        bar = cell.adjusted(theme.scaled(4), 0, -for_number - theme.scaled(6), 0)
        bar.setHeight(theme.scaled(8))
        bar.moveTop(cell.center().y() - bar.height() / 2)
        painter.setBrush(theme.tokens().line)
        painter.drawRoundedRect(bar, 4, 4)
        bar.setWidth(bar.width() * share)
        painter.setBrush(theme.tokens().accent)
        painter.drawRoundedRect(bar, 4, 4)
        return QRectF(cell.right() - for_number, cell.top(), for_number - theme.scaled(4), cell.height())


class CountGrid(CellGrid):
    """The table, as high as its rows up to ``most_rows``; then it scrolls."""

    def __init__(self, name: str, most_rows: int = 12, parent: QWidget | None = None) -> None:
        self.counts = CountModel()
        super().__init__(self.counts, HIGH, parent)
        self.counts.setParent(self)
        self._most_rows = most_rows
        self.setAccessibleName(name)
        self.setItemDelegate(_CountDelegate(self))
        self.verticalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)

    def show_counts(self, table: Counts) -> None:
        """Show these counts; the keyboard stays where it was."""
        at = self.currentIndex()
        row, column = max(0, at.row()), max(0, at.column())
        self.counts.show(table)
        self.setCurrentIndex(self.counts.index(row, column))
        self.horizontalHeader().setVisible(any(table.columns))
        self._fit()

    def grey(self, stale: bool) -> None:
        """Grey the counts, because newer ones are on their way."""
        self.counts.stale = stale
        self.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Take the room there is."""
        super().resizeEvent(event)
        self._fit()

    def as_text(self) -> str:
        """The counts for the clipboard."""
        return self.counts.table.as_text()

    def _fit(self) -> None:
        table = self.counts.table
        n = max(1, len(table.columns))
        widest = self.viewport().width() if table.look is Look.BAR else theme.scaled(WIDE)
        side = min(max(self.viewport().width() // n, theme.scaled(NARROW)), widest)
        self.horizontalHeader().setDefaultSectionSize(side)
        self.setFixedHeight(_height(self, min(len(table.rows), self._most_rows), n * side))


def _height(view: QTableView, rows: int, width: int) -> int:
    heading = view.horizontalHeader().sizeHint().height() if view.horizontalHeader().isVisibleTo(view) else 0
    scroll = view.horizontalScrollBar().sizeHint().height() if width > view.viewport().width() else 0
    return heading + rows * view.verticalHeader().defaultSectionSize() + scroll + 2 * view.frameWidth()


def pair_counts(codes: Sequence[str], pairs: dict[tuple[str, str], int], words: str, none: str) -> Counts:
    """Coders by coders.

    Args:
        codes: The coders.
        pairs: Sessions two coders share, each pair once.
        words: A sentence with {one}, {other} and {n}.
        none: What is said of a coder with herself, with {one}.
    """
    both = pairs | {(other, one): n for (one, other), n in pairs.items()}
    counts = tuple(
        tuple(None if one == other else both.get((one, other), 0) for other in codes) for one in codes
    )
    aloud = tuple(
        tuple(
            none.format(one=one)
            if one == other
            else words.format(one=one, other=other, n=both.get((one, other), 0))
            for other in codes
        )
        for one in codes
    )
    return Counts(tuple(codes), tuple(codes), counts, aloud, Look.TINT)
