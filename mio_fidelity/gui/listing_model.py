"""A listing as a table model: searched, filtered and sorted by row numbers, shown lazily."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import lru_cache
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QCoreApplication,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
)

from mio_fidelity.coding.listing import Kind, Listing, Value, natural
from mio_fidelity.gui.times import format_ms
from mio_fidelity.gui.workbench import said

Index = QModelIndex | QPersistentModelIndex
_RIGHT = {Kind.NUMBER, Kind.SHARE, Kind.LENGTH}
_AT_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


def QT_TRANSLATE_NOOP(context: str, text: str) -> str:  # noqa: ARG001
    """Marks ``text`` for the translators; the name is the one their tool looks for."""
    return text


# The words that `Kind.STATE` columns hold.
STATES = (
    QT_TRANSLATE_NOOP("Listing", "not given out"),
    QT_TRANSLATE_NOOP("Listing", "given out"),
    QT_TRANSLATE_NOOP("Listing", "being coded"),
    QT_TRANSLATE_NOOP("Listing", "coded"),
    QT_TRANSLATE_NOOP("Listing", "ready"),
    QT_TRANSLATE_NOOP("Listing", "awaited"),
    QT_TRANSLATE_NOOP("Listing", "with a problem"),
    QT_TRANSLATE_NOOP("Listing", "none"),
    QT_TRANSLATE_NOOP("Listing", "double-coded"),
    QT_TRANSLATE_NOOP("Listing", "done"),
    QT_TRANSLATE_NOOP("Listing", "begun"),
    QT_TRANSLATE_NOOP("Listing", "overdue"),
    QT_TRANSLATE_NOOP("Listing", "audio"),
    QT_TRANSLATE_NOOP("Listing", "video"),
    QT_TRANSLATE_NOOP("Listing", "training"),
    QT_TRANSLATE_NOOP("Listing", "certification"),
    QT_TRANSLATE_NOOP("Listing", "production"),
    QT_TRANSLATE_NOOP("Listing", "reliability"),
    QT_TRANSLATE_NOOP("Listing", "drift"),
    QT_TRANSLATE_NOOP("Listing", "consensus"),
    QT_TRANSLATE_NOOP("Listing", "master"),
    QT_TRANSLATE_NOOP("Listing", "self"),
    QT_TRANSLATE_NOOP("Listing", "not begun"),
    QT_TRANSLATE_NOOP("Listing", "handed out"),
    QT_TRANSLATE_NOOP("Listing", "submitted"),
    QT_TRANSLATE_NOOP("Listing", "taken back"),
    QT_TRANSLATE_NOOP("Listing", "coder"),
    QT_TRANSLATE_NOOP("Listing", "supervisor"),
    QT_TRANSLATE_NOOP("Listing", "clinician"),
    QT_TRANSLATE_NOOP("Listing", "works here"),
    QT_TRANSLATE_NOOP("Listing", "has left"),
    QT_TRANSLATE_NOOP("Listing", "in force"),
    QT_TRANSLATE_NOOP("Listing", "to come"),
    QT_TRANSLATE_NOOP("Listing", "withdrawn"),
    QT_TRANSLATE_NOOP("Listing", "removed"),
    QT_TRANSLATE_NOOP("Listing", "in the vault"),
    QT_TRANSLATE_NOOP("Listing", "plain, in the study"),
    QT_TRANSLATE_NOOP("Listing", "plain, elsewhere"),
    QT_TRANSLATE_NOOP("Listing", "consent withdrawn"),
    QT_TRANSLATE_NOOP("Listing", "time is over"),
    QT_TRANSLATE_NOOP("Listing", "out"),
    QT_TRANSLATE_NOOP("Listing", "partly"),
    QT_TRANSLATE_NOOP("Listing", "back"),
    QT_TRANSLATE_NOOP("Listing", "revoked"),
    QT_TRANSLATE_NOOP("Listing", "inside"),
)


class ListingModel(QAbstractTableModel):
    """Shows the rows of a listing that are searched for, in an order."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.listing: Listing | None = None
        # Positions in the listing of the rows shown, in the order shown.
        self.order: list[int] = []
        self._search = ""
        self._filters: dict[int, frozenset[str]] = {}
        self._sorted: tuple[int, Qt.SortOrder] | None = None
        self._haystacks: list[str] = []

    def show(self, listing: Listing | None) -> None:
        """Show this listing; of the same kind, searched, filtered and sorted as before."""
        old = self.listing
        if old is None or listing is None or old.key != listing.key:
            self._search, self._filters, self._sorted = "", {}, None
        self.beginResetModel()
        self.listing = listing
        self._haystacks = []
        self.order = self._found()
        self.endResetModel()

    def search(self, text: str) -> None:
        """Show only rows that contain every word of ``text``."""
        self._search = text.casefold().strip()
        self._refresh()

    def filter(self, filters: Mapping[int, frozenset[str]]) -> None:
        """Show only rows whose value in each of these columns, as shown, is one of the given."""
        self._filters = dict(filters)
        self._refresh()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Order the rows by a column; what is empty comes last either way."""
        self._sorted = (column, order) if column >= 0 else None
        self._refresh()

    def shown(self) -> Listing | None:
        """What is shown as a listing of its own."""
        if self.listing is None:
            return None
        ids, rows = self.listing.ids, self.listing.rows
        return replace(self.listing, ids=[ids[at] for at in self.order], rows=[rows[at] for at in self.order])

    def id_at(self, row: int) -> str:
        """The id behind a row shown."""
        assert self.listing is not None
        return self.listing.ids[self.order[row]]

    def value_at(self, row: int, key: str) -> Value:
        """What a row shown holds in a column."""
        assert self.listing is not None
        return self.listing.rows[self.order[row]][self.listing.at(key)]

    def words_of(self, column: int) -> list[str]:
        """The different values of a column, as shown, in order."""
        assert self.listing is not None
        kind = self.listing.columns[column].kind
        values = {row[column] for row in self.listing.rows} - {None}
        return [shown_value(value, kind) for value in sorted(values, key=lambda value: natural(str(value)))]

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        """How many rows are shown."""
        return 0 if parent.isValid() else len(self.order)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """How many columns there are."""
        return 0 if parent.isValid() or self.listing is None else len(self.listing.columns)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """What a column is."""
        if (
            self.listing is None
            or orientation is not Qt.Orientation.Horizontal
            or section >= self.columnCount()
        ):
            return None
        column = self.listing.columns[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return said(column.title)
        if role == Qt.ItemDataRole.AccessibleDescriptionRole:
            return said(column.help) if column.help else None
        if role == Qt.ItemDataRole.ToolTipRole:
            # The title too: a narrow column cuts it off.
            return f"{said(column.title)}\n{said(column.help)}" if column.help else said(column.title)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if column.kind in _RIGHT else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """What a cell shows."""
        if self.listing is None:
            return None
        column = self.listing.columns[index.column()]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _AT_RIGHT if column.kind in _RIGHT else None
        if role not in (
            Qt.ItemDataRole.DisplayRole,
            Qt.ItemDataRole.ToolTipRole,
            Qt.ItemDataRole.AccessibleTextRole,
        ):
            return None
        text = shown_value(self.listing.rows[self.order[index.row()]][index.column()], column.kind)
        if role == Qt.ItemDataRole.ToolTipRole:
            return text if column.kind is Kind.TEXT else None
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{said(column.title)}: {text}" if text else ""
        return text

    def _refresh(self) -> None:
        self.layoutAboutToBeChanged.emit()
        self.order = self._found()
        self.layoutChanged.emit()

    def _found(self) -> list[int]:
        if self.listing is None:
            return []
        rows, columns = self.listing.rows, self.listing.columns
        found: list[int] = list(range(len(rows)))
        for column, wanted in self._filters.items():
            kind = columns[column].kind
            found = [at for at in found if shown_value(rows[at][column], kind) in wanted]
        for word in self._search.split():
            hay = self._hay()
            found = [at for at in found if word in hay[at]]
        if self._sorted is None:
            return found
        column, order = self._sorted
        kind = columns[column].kind
        filled = [at for at in found if rows[at][column] is not None]
        # A state is sorted as it is read.
        keys = {at: _sort_key(rows[at][column], kind) for at in filled}
        filled.sort(key=keys.__getitem__, reverse=order == Qt.SortOrder.DescendingOrder)
        return filled + [at for at in found if rows[at][column] is None]

    def _hay(self) -> list[str]:
        """Per row all that it shows, in small letters; made when somebody first searches."""
        if not self._haystacks and self.listing is not None and self.listing.rows:
            columns = zip(*self.listing.rows, strict=True)
            texts = [
                _texts(values, column.kind)
                for values, column in zip(columns, self.listing.columns, strict=True)
            ]
            self._haystacks = ["\n".join(row).casefold() for row in zip(*texts, strict=True)]
        return self._haystacks


def shown_value(value: Value, kind: Kind) -> str:
    """A value as the window shows it."""
    if value is None:
        return ""
    if isinstance(value, str):
        return QCoreApplication.translate("Listing", value) if kind is Kind.STATE else said(value)
    if isinstance(value, date):
        return _day(value)
    if kind is Kind.LENGTH:
        return format_ms(value)
    if kind is Kind.SHARE:
        return f"{value:.0%}"
    return f"{value:.2f}" if isinstance(value, float) else str(value)


def _texts(values: Sequence[Value], kind: Kind) -> list[str]:
    """As `shown_value`; each different value is put into words once."""
    words = {value: shown_value(value, kind) for value in set(values)}
    return [words[value] for value in values]


@lru_cache(maxsize=4096)
def _day(day: date) -> str:
    # Year first: it sorts as it reads, and nobody takes the month for the day.
    return day.isoformat()


def _sort_key(value: Value, kind: Kind) -> Any:
    if not isinstance(value, str):
        return value
    return natural(shown_value(value, kind))
