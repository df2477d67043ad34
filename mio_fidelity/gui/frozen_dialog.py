"""Figures kept for good: a list of them, and keeping, showing and comparing them."""

from datetime import datetime

from PySide6.QtCore import QDateTime, QLocale, Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from mio_fidelity.analysis.frozen import FrozenLine, compare, freeze, frozen, frozen_list
from mio_fidelity.errors import UserError
from mio_fidelity.gui import theme
from mio_fidelity.gui.bars import label
from mio_fidelity.gui.dialogs import sentence_label
from mio_fidelity.gui.reliability_work import Reckoned
from mio_fidelity.gui.workbench import Workbench, sentence

LINE = Qt.ItemDataRole.UserRole


class FrozenDialog(QDialog):
    """Lists frozen figures.

    Args:
        bench: The open study.
        now: The figures of the study as it is; None while there are none.
        shown: The id of the frozen figures on the page; empty when the page shows those of now.
        parent: The page.

    Signals:
        chosen: A `FrozenLine`, to be shown on the page.
    """

    chosen = Signal(object)

    def __init__(self, bench: Workbench, now: Reckoned | None, shown: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Frozen figures"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._bench, self._now, self._shown = bench, now, shown
        self.list = QTreeWidget()
        self.empty = sentence_label(
            self.tr("Nothing is frozen yet. Freeze the figures that go into a paper: they stay as they are."),
            "muted",
        )
        self.name = QLineEdit()
        self.freeze = QPushButton(self.tr("Freeze what is shown"))
        self.show_it = QPushButton(self.tr("Show"))
        self.compare = QPushButton(self.tr("Compare with now"))
        self.said = QPlainTextEdit()
        self.notice = sentence_label("", "warn")
        self._dress()
        self._lay_out()
        self._fill()

    def _dress(self) -> None:
        self.list.setAccessibleName(self.tr("Frozen figures"))
        self.list.setHeaderLabels(
            [self.tr("Name"), self.tr("When"), self.tr("By"), self.tr("Sessions"), self.tr("ICC")]
        )
        self.list.headerItem().setToolTip(3, self.tr("Sessions coded by two or more"))
        self.list.setRootIsDecorated(False)
        self.list.setAllColumnsShowFocus(True)
        self.list.setUniformRowHeights(True)
        self.list.currentItemChanged.connect(self._allow)
        self.list.itemActivated.connect(self._show)
        self.name.setPlaceholderText(self.tr("for example: Paper 1, table 2"))
        self.name.setAccessibleName(self.tr("Name for the figures that are shown"))
        self.name.setMaxLength(80)
        self.name.textChanged.connect(self._allow)
        self.name.returnPressed.connect(self.freeze.click)
        self.said.setReadOnly(True)
        self.said.setAccessibleName(self.tr("What changed since"))
        self.said.setTabChangesFocus(True)
        self.said.hide()
        self.notice.hide()
        self.freeze.clicked.connect(self._freeze)
        self.show_it.clicked.connect(self._show)
        self.compare.clicked.connect(self._compare)
        for button in (self.freeze, self.show_it, self.compare):
            # Enter in the list and in the name does its own.
            button.setAutoDefault(False)

    def _lay_out(self) -> None:
        keep = QHBoxLayout()
        keep.addWidget(self.name, 1)
        keep.addWidget(self.freeze)
        below = QHBoxLayout()
        below.addWidget(self.show_it)
        below.addWidget(self.compare)
        below.addStretch(1)
        close = QPushButton(self.tr("Close"))
        close.setAutoDefault(False)
        theme.set_role(close, "primary")
        close.clicked.connect(self.reject)
        below.addWidget(close)
        column = QVBoxLayout(self)
        column.addWidget(label(self.tr("Keep what is shown for good")))
        column.addLayout(keep)
        column.addWidget(sentence_label(self._hint(), "small"))
        column.addSpacing(theme.scaled(8))
        column.addWidget(self.empty)
        column.addWidget(self.list, 1)
        column.addWidget(self.said, 1)
        column.addWidget(self.notice)
        column.addLayout(below)
        self.resize(theme.scaled(680), theme.scaled(480))

    def _hint(self) -> str:
        if self._shown:
            return self.tr("Frozen figures are shown. Go back to the live ones to freeze those.")
        if self._now is None:
            return self.tr("There are no figures to freeze yet.")
        return self.tr(
            "The name must not identify anybody: no names of people, no places. It is kept for good."
        )

    def _fill(self) -> None:
        """List what is frozen; the newest is chosen."""
        lines = self._bench.ask(frozen_list)
        items = []
        forms = {"two_way": self.tr("two-way"), "one_way": self.tr("one-way")}
        self.list.clear()
        for line in lines:
            texts = [line.label, when(line.made_at), line.person_code, str(line.n_sessions), forms[line.form]]
            item = QTreeWidgetItem(self.list, texts)
            items.append(item)
            item.setToolTip(0, line.label)
            item.setTextAlignment(3, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            item.setData(0, LINE, line)
        head = self.list.header()
        head.setStretchLastSection(False)
        head.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        head.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.list.setVisible(bool(lines))
        self.empty.setHidden(bool(lines))
        if items:
            self.list.setCurrentItem(items[0])
        (self.list if lines else self.name).setFocus()
        self._allow()

    def _allow(self) -> None:
        line = self._line()
        live = self._now is not None and not self._shown
        self.name.setEnabled(live)
        self.freeze.setEnabled(live and bool(self.name.text().strip()))
        self.show_it.setEnabled(line is not None and line.id != self._shown)
        self.compare.setEnabled(line is not None and self._now is not None)
        self.said.hide()

    def _line(self) -> FrozenLine | None:
        item = self.list.currentItem()
        line: FrozenLine | None = item.data(0, LINE) if item is not None else None
        return line

    def _freeze(self) -> None:
        if self._now is None:
            return
        done = self._bench.do(freeze, self._now.findings, self.name.text(), self._now.table)
        if done is not None:
            self.name.clear()
            self._fill()

    def _show(self) -> None:
        if self.show_it.isEnabled():
            self.chosen.emit(self._line())
            self.accept()

    def _compare(self) -> None:
        line = self._line()
        if line is None or self._now is None:
            return
        try:
            found = compare(self._bench.ask(frozen, line.id), self._now.findings)
        except UserError as error:
            self._say(sentence(error))
            return
        self.said.setPlainText("\n".join(found.sentences))
        self.said.show()

    def _say(self, words: str) -> None:
        self.notice.setText(words)
        self.notice.show()


def when(moment: datetime) -> str:
    """A moment by this computer's clock, in its way of writing."""
    local = QDateTime.fromSecsSinceEpoch(int(moment.timestamp()))
    return QLocale().toString(local, QLocale.FormatType.ShortFormat)
