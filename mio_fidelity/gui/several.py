"""Choosing several of a few words."""

from collections.abc import Iterable

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QListWidget,
    QListWidgetItem,
    QMenu,
    QPushButton,
    QSizePolicy,
    QWidget,
    QWidgetAction,
)

from mio_fidelity.gui import theme


class Several(QPushButton):
    """A button that opens a list to tick in; nothing ticked means all.

    Args:
        parent: As everywhere.
        title: What is ticked, where no label beside the button says it.

    Signals:
        ticked: Something was ticked or no longer is.
    """

    ticked = Signal()

    def __init__(self, parent: QWidget | None = None, title: str = "") -> None:
        super().__init__(parent)
        self.title = title
        self.list = QListWidget()
        self.list.itemChanged.connect(self._take)
        menu = QMenu(self)
        holder = QWidgetAction(menu)
        holder.setDefaultWidget(self.list)
        menu.addAction(holder)
        menu.aboutToShow.connect(self.list.setFocus)
        self.setMenu(menu)
        theme.set_role(self, "menu" if title else "several")
        if not title:
            self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._show()

    def offer(self, choices: Iterable[str]) -> None:
        """Offer these; what is ticked and still there stays ticked."""
        choices = tuple(choices)
        if choices == tuple(self.list.item(at).text() for at in range(self.list.count())):
            return
        ticked = set(self.chosen())
        with QSignalBlocker(self.list):
            self.list.clear()
            for choice in choices:
                item = QListWidgetItem(choice, self.list)
                on = choice in ticked
                item.setCheckState(Qt.CheckState.Checked if on else Qt.CheckState.Unchecked)
        rows = min(12, max(1, self.list.count()))
        self.list.setFixedSize(theme.scaled(200), rows * max(22, self.list.sizeHintForRow(0)) + 6)
        self.setEnabled(self.list.count() > 0)
        self._show()

    def chosen(self) -> tuple[str, ...]:
        """What is ticked; nothing when all count."""
        items = (self.list.item(at) for at in range(self.list.count()))
        return tuple(item.text() for item in items if item.checkState() == Qt.CheckState.Checked)

    def clear(self) -> None:
        """Untick all."""
        with QSignalBlocker(self.list):
            for at in range(self.list.count()):
                self.list.item(at).setCheckState(Qt.CheckState.Unchecked)
        self._show()

    def _take(self) -> None:
        self._show()
        self.ticked.emit()

    def _show(self) -> None:
        ticked = self.chosen()
        some = ", ".join(ticked) if len(ticked) < 4 else self.tr("{n} chosen").format(n=len(ticked))
        if self.title:
            self.setText(
                self.tr("{title}: {some}").format(title=self.title, some=some) if some else self.title
            )
            self.setAccessibleName(self.title)
        else:
            self.setText(some or self.tr("all"))
