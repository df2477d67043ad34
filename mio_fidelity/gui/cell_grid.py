"""A table whose cells draw themselves: what such tables have in common."""

from PySide6.QtCore import QAbstractTableModel
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from mio_fidelity.gui import theme

LEAST_PX = 20


class CellGrid(QTableView):
    """Nothing in it can be chosen; arrows go from cell to cell, and Ctrl+C copies the whole.

    Args:
        model: What it shows; columns and rows have titles.
        row_px: The height of a row, in pixels of the 100 % design.
        parent: Its parent.
    """

    def __init__(self, model: QAbstractTableModel, row_px: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setModel(model)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        # Titles are short: no bars behind them.
        self.setStyleSheet(
            "QHeaderView, QHeaderView::section, QTableCornerButton::section"
            " { background: transparent; border: none; padding: 2px; }"
        )
        for header in (self.horizontalHeader(), self.verticalHeader()):
            header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
            header.setHighlightSections(False)
            header.setSectionsClickable(False)
            header.setMinimumSectionSize(theme.scaled(LEAST_PX))
        self.verticalHeader().setDefaultSectionSize(theme.scaled(row_px))

    def as_text(self) -> str:
        """The table for the clipboard: tabs between cells, one line each."""
        raise NotImplementedError

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl+C copies the table."""
        if event.matches(QKeySequence.StandardKey.Copy):
            QGuiApplication.clipboard().setText(self.as_text())
        else:
            super().keyPressEvent(event)
