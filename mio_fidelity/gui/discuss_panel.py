"""What is to be discussed at the next meeting."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from mio_fidelity.coding import discuss
from mio_fidelity.coding.discuss import Topic
from mio_fidelity.gui import theme
from mio_fidelity.gui.bars import label
from mio_fidelity.gui.workbench import Workbench


class DiscussPanel(QFrame):
    """The list, a way to settle a line and to go to its session.

    Signals:
        looked_for: Id of a session, and the key of a scale or nothing.
    """

    looked_for = Signal(str, str)

    def __init__(self, bench: Workbench, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        theme.set_role(self, "panel")
        self._bench = bench
        self._topics: Sequence[Topic] = ()
        self.title = label("", "title")
        self.list = QListWidget()
        self.list.setWordWrap(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setAccessibleName(self.tr("To discuss at the next meeting"))
        self.empty = label(
            self.tr("Nothing yet. Open a session and press Discuss beside a scale to put it here."), "muted"
        )
        self.empty.setWordWrap(True)
        self.go = QPushButton(self.tr("Go to it"))
        self.settled = QPushButton(self.tr("Settled"))
        self._lay_out()
        self._connect()
        self.show_topics(())

    def show_topics(self, topics: Sequence[Topic]) -> None:
        """Show these lines; the place in the list stays."""
        at = max(0, self.list.currentRow())
        self._topics = topics
        self.list.clear()
        for topic in topics:
            where = " · ".join(part for part in (topic.label, topic.title) if part)
            note = topic.note or self.tr("no note")
            words = self.tr("{where}\n{note} ({code})").format(where=where, note=note, code=topic.by)
            QListWidgetItem(words, self.list)
        self.list.setCurrentRow(min(at, len(topics) - 1))
        self.title.setText(self.tr("To discuss: {n}").format(n=len(topics)))
        for widget in (self.list, self.go, self.settled):
            widget.setVisible(bool(topics))
        self.empty.setVisible(not topics)

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.addWidget(self.go)
        row.addWidget(self.settled)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.scaled(12), theme.scaled(10), theme.scaled(12), theme.scaled(10))
        column.setSpacing(theme.scaled(8))
        column.addWidget(self.title)
        column.addWidget(self.empty)
        column.addWidget(self.list, 1)
        column.addLayout(row)
        column.addStretch(0)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignTop)

    def _connect(self) -> None:
        self.go.clicked.connect(self._go)
        self.settled.clicked.connect(self._settle)
        self.list.itemDoubleClicked.connect(self._go)
        for key, does in (("Return", self._go), ("Enter", self._go), ("Delete", self._settle)):
            shortcut = QShortcut(QKeySequence(key), self.list)
            shortcut.setContext(Qt.ShortcutContext.WidgetShortcut)
            shortcut.activated.connect(does)

    def _chosen(self) -> Topic | None:
        at = self.list.currentRow()
        return self._topics[at] if 0 <= at < len(self._topics) else None

    def _go(self, *_: object) -> None:
        topic = self._chosen()
        if topic is not None:
            self.looked_for.emit(topic.session_id, topic.scale or "")

    def _settle(self) -> None:
        topic = self._chosen()
        if topic is not None:
            self._bench.do(discuss.settle, topic.id)
