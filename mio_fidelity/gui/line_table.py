"""A small table of plain texts, of which one line at a time is chosen."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QTableWidget


def line_table(titles: Sequence[str]) -> QTableWidget:
    """An empty table with a column for each title; nothing in it can be typed over."""
    made = QTableWidget(0, len(titles))
    made.setHorizontalHeaderLabels(titles)
    made.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft)
    made.verticalHeader().hide()
    made.setShowGrid(False)
    made.setTabKeyNavigation(False)
    made.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    made.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    made.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    return made
