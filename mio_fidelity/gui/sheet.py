"""A table of figures: what its cells say, and the model that shows it lazily."""

from dataclasses import dataclass
from typing import Any, Literal

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from mio_fidelity.gui import theme
from mio_fidelity.reliability.estimate import Estimate
from mio_fidelity.report.bands import Bands

Index = QModelIndex | QPersistentModelIndex
Kind = Literal["name", "number", "strong", "interval", "band"]
CELL = Qt.ItemDataRole.UserRole
LINE = Qt.ItemDataRole.UserRole + 1


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    Attributes:
        title: What stands above it.
        width: In pixels of the 100 % design; 0 takes what is left.
        kind: How its cells are drawn.
        said: Its name where the title is a sign.
    """

    title: str
    width: int
    kind: Kind = "number"
    said: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """One figure.

    Attributes:
        text: What is written, copied and read out.
        tip: What to know about it; the reason when it is undefined.
        topic: What "what is this?" answers.
        estimate: The estimate it shows, where it is one.
        band: The band of the estimate, when it has one.
        reach: The ends of the axis of an interval.
    """

    text: str = ""
    tip: str = ""
    topic: str = ""
    estimate: Estimate | None = None
    band: int | None = None
    reach: tuple[float, float] = (0.0, 1.0)


@dataclass(frozen=True, slots=True)
class Line:
    """One line: a heading over lines, or the figures of one thing.

    Attributes:
        cells: One per column; a heading has one.
        subject: What the line is about; None for a heading.
        domain: The domain whose colour a heading wears.
        color: What the instrument gives as that colour.
    """

    cells: tuple[Cell, ...]
    subject: Any = None
    domain: str = ""
    color: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A whole table.

    Attributes:
        columns: What is told of each thing.
        lines: The things, under headings.
        bands: What lies behind intervals; None for none.
    """

    columns: tuple[Column, ...] = ()
    lines: tuple[Line, ...] = ()
    bands: Bands | None = None

    def as_text(self) -> str:
        """The table for the clipboard: tabs between cells, one line each."""
        head = "\t".join(column.title for column in self.columns)
        return "\n".join([head, *("\t".join(cell.text for cell in line.cells) for line in self.lines)])


class SheetModel(QAbstractTableModel):
    """Shows a sheet; texts are there already, so a thousand lines cost nothing until they are seen."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.sheet = Sheet()
        # Old values wait, greyed, for new ones.
        self.stale = False

    def show(self, sheet: Sheet) -> None:
        """Show this table instead."""
        self.beginResetModel()
        self.sheet = sheet
        self.stale = False
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        """How many lines, headings included."""
        return 0 if parent.isValid() else len(self.sheet.lines)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """How many columns."""
        return 0 if parent.isValid() else len(self.sheet.columns)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """What a column is."""
        if orientation is not Qt.Orientation.Horizontal or section >= len(self.sheet.columns):
            return None
        column = self.sheet.columns[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return column.title
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return column.said or column.title
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Headings cannot be chosen."""
        if index.isValid() and self.sheet.lines[index.row()].subject is None:
            return Qt.ItemFlag.NoItemFlags
        return super().flags(index)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """What a cell shows, says and is."""
        line = self.sheet.lines[index.row()]
        if role == LINE:
            return line
        if index.column() >= len(line.cells):
            return None
        cell, column = line.cells[index.column()], self.sheet.columns[index.column()]
        if role == CELL:
            return cell
        if role == Qt.ItemDataRole.DisplayRole:
            return cell.text
        if role == Qt.ItemDataRole.ToolTipRole:
            return cell.tip
        if role == Qt.ItemDataRole.FontRole:
            return theme.font(bold=column.kind == "strong")
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = (
                Qt.AlignmentFlag.AlignRight
                if column.kind in ("number", "strong")
                else Qt.AlignmentFlag.AlignLeft
            )
            return side | Qt.AlignmentFlag.AlignVCenter
        if role == Qt.ItemDataRole.AccessibleTextRole:
            said = cell.text if line.subject is None else f"{column.said or column.title}: {cell.text}"
            return f"{said}. {cell.tip}" if cell.tip else said
        return None
