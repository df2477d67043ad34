"""The first rows of a table, with what each column holds to choose above them."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from mio_fidelity.exchange.tables import RawTable
from mio_fidelity.gui import theme

ROWS_SHOWN = 4
# Columns further right keep what was guessed.
COLUMNS_SHOWN = 60
LONGEST_CELL = 80
SHORTEST_ROLE = 12
ROW_PX, ROLES_PX = 28, 36


class ImportPreview(QTableWidget):
    """The preview.

    Signals:
        said: Somebody said what a column holds.
    """

    said = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(0, 0, parent)
        self.roles: list[QComboBox] = []
        self._header: tuple[str, ...] = ()
        self._guessed: tuple[str, ...] = ()
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setAccessibleName(self.tr("First rows, with what each column holds"))
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)

    def show_table(self, raw: RawTable, guessed: tuple[str, ...], choices: Sequence[tuple[str, str]]) -> None:
        """Show the first rows; what was said of the columns stays while the header does.

        Args:
            raw: The table.
            guessed: What each column seems to hold.
            choices: What a column can hold, with words for it.
        """
        if raw.header != self._header:
            self._header, self._guessed = raw.header, guessed
            self._make_columns(choices)
        rows = raw.rows[:ROWS_SHOWN]
        self.setRowCount(1 + len(rows))
        for nth, row in enumerate(rows, 1):
            for at in range(self.columnCount()):
                self.setItem(nth, at, QTableWidgetItem(row.cells[at][:LONGEST_CELL]))
        height, roles = theme.scaled(ROW_PX), theme.scaled(ROLES_PX)
        self.verticalHeader().setDefaultSectionSize(height)
        self.setRowHeight(0, roles)
        self.setFixedHeight(height * (self.rowCount() + 1) + roles)
        self.show()

    def roles_now(self) -> tuple[str, ...]:
        """What the columns hold, as it stands."""
        chosen = tuple(box.currentData() for box in self.roles)
        return chosen + self._guessed[len(chosen) :]

    def _make_columns(self, choices: Sequence[tuple[str, str]]) -> None:
        shown = self._header[:COLUMNS_SHOWN]
        self.clear()
        self.setColumnCount(len(shown))
        self.setRowCount(1)
        self.setHorizontalHeaderLabels(list(shown))
        self.roles = []
        for at, title in enumerate(shown):
            box = QComboBox()
            for key, words in choices:
                box.addItem(words, key)
            box.setCurrentIndex(box.findData(self._guessed[at]))
            # The list may be wider than the box, or five columns would not fit.
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            box.setMinimumContentsLength(SHORTEST_ROLE)
            box.view().setMinimumWidth(theme.scaled(240))
            box.setAccessibleName(self.tr("What the column {title} holds").format(title=title))
            box.setToolTip(box.currentText())
            box.currentTextChanged.connect(box.setToolTip)
            box.currentIndexChanged.connect(self.said)
            self.setCellWidget(0, at, box)
            self.roles.append(box)
