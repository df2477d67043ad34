"""Room for the titles of columns: numbers are small, what they are called is not."""

from PySide6.QtCore import QEvent, QObject, Qt

from mio_fidelity.coding.listing import Kind
from mio_fidelity.gui import theme
from mio_fidelity.gui.listing_view import ListingView

_LEAST_PX = 96
_MARGIN_PX = 10


class ColumnRoom(QObject):
    """Gives columns of numbers the width their titles ask for, as far as the table has it.

    The widest give way first where there is not room for all; their titles are then elided and can be read
    in the tool tip. Once somebody has drawn a column wider or narrower, all stay as they are.
    """

    def __init__(self, view: ListingView) -> None:
        super().__init__(view)
        self._view = view
        self._room, self._heads = view.table.viewport(), view.table.horizontalHeader().viewport()
        self._pressed: list[int] = []
        self._drawn = False
        view.table.horizontalHeader().setTextElideMode(Qt.TextElideMode.ElideRight)
        self._room.installEventFilter(self)
        self._heads.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The room is another, or somebody draws at a title."""
        if watched is self._room and event.type() == QEvent.Type.Resize:
            self.fit()
        elif watched is self._heads and event.type() == QEvent.Type.MouseButtonPress:
            self._pressed = self._widths()
        elif watched is self._heads and event.type() == QEvent.Type.MouseButtonRelease:
            self._drawn |= self._widths() != self._pressed
            self._pressed = []
        return super().eventFilter(watched, event)

    def fit(self) -> None:
        """Share out the room there is now among the columns that are shown."""
        listing, table = self._view.model.listing, self._view.table
        shown = [at for at in range(self._view.model.columnCount()) if not table.isColumnHidden(at)]
        if listing is None or not shown or self._drawn or self._pressed:
            return
        *inner, last = shown
        numbers = [at for at in inner if listing.columns[at].kind is Kind.NUMBER]
        others = sum(table.columnWidth(at) for at in inner if at not in numbers)
        room = self._room.width() - others - self._wanted(last)
        widths = shared(room, [self._wanted(at) for at in numbers], theme.scaled(_LEAST_PX))
        for at, width in zip(numbers, widths, strict=True):
            table.setColumnWidth(at, width)

    def _widths(self) -> list[int]:
        table = self._view.table
        return [table.columnWidth(at) for at in range(self._view.model.columnCount())]

    def _wanted(self, at: int) -> int:
        table = self._view.table
        hint = max(table.sizeHintForColumn(at), table.horizontalHeader().sectionSizeHint(at))
        return hint + theme.scaled(_MARGIN_PX)


def shared(room: int, wanted: list[int], least: int) -> list[int]:
    """Widths within ``room`` px: who asks for little has it, the rest is shared equally.

    Args:
        room: px for all of them.
        wanted: What each asks for, px.
        least: Nobody is cut below it, though it be more than the room.
    """
    given = dict.fromkeys(range(len(wanted)), 0)
    for left, nth in enumerate(sorted(given, key=lambda nth: wanted[nth])):
        equal = (room - sum(given.values())) // (len(wanted) - left)
        given[nth] = min(wanted[nth], max(least, equal))
    return list(given.values())
