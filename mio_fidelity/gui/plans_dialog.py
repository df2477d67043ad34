"""Plans that were carried out: their terms, what came of them, and using the terms again."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QPlainTextEdit,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from mio_fidelity.coding import planned
from mio_fidelity.coding.plan import Plan, plan_from
from mio_fidelity.coding.planned import EarlierPlan
from mio_fidelity.errors import UserError
from mio_fidelity.gui import theme
from mio_fidelity.gui.dialogs import sentence_label
from mio_fidelity.gui.frozen_dialog import when
from mio_fidelity.gui.plan_words import in_words
from mio_fidelity.gui.workbench import Workbench, sentence

LINE = Qt.ItemDataRole.UserRole


class PlansDialog(QDialog):
    """Lists earlier plans, the last first.

    Signals:
        chosen: A `Plan` and its seed, to be shown on the page.
    """

    chosen = Signal(object, int)

    def __init__(self, bench: Workbench, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Earlier plans"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.list = QTreeWidget()
        self.empty = sentence_label(
            self.tr("No plan has been carried out yet. Each one is kept here, with its seed."), "muted"
        )
        self.told = QPlainTextEdit()
        self.again = QPushButton(self.tr("Use these terms again"))
        self.close_it = QPushButton(self.tr("Close"))
        self._dress()
        self._lay_out()
        self._fill(bench.ask(planned.plans))

    def _dress(self) -> None:
        self.list.setAccessibleName(self.tr("Earlier plans"))
        self.list.setHeaderLabels(
            [
                self.tr("When"),
                self.tr("Seed"),
                self.tr("Sampled"),
                self.tr("Coded twice"),
                self.tr("Given out"),
            ]
        )
        self.list.headerItem().setToolTip(4, self.tr("Ratings that were given out"))
        self.list.setRootIsDecorated(False)
        self.list.setAllColumnsShowFocus(True)
        self.list.setUniformRowHeights(True)
        self.list.currentItemChanged.connect(self._tell)
        self.list.itemActivated.connect(self._choose)
        self.told.setReadOnly(True)
        self.told.setTabChangesFocus(True)
        self.told.setAccessibleName(self.tr("Terms and outcome"))
        self.again.clicked.connect(self._choose)
        self.close_it.clicked.connect(self.reject)
        theme.set_role(self.close_it, "primary")
        for button in (self.again, self.close_it):
            # Enter in the list does its own.
            button.setAutoDefault(False)

    def _lay_out(self) -> None:
        below = QHBoxLayout()
        below.addWidget(self.again)
        below.addStretch(1)
        below.addWidget(self.close_it)
        column = QVBoxLayout(self)
        column.setSpacing(theme.scaled(8))
        for widget in (self.empty, self.list, self.told):
            column.addWidget(widget, int(widget is not self.empty))
        column.addLayout(below)
        self.resize(theme.scaled(640), theme.scaled(480))

    def _fill(self, plans: tuple[EarlierPlan, ...]) -> None:
        items = []
        for plan in plans:
            numbers = (plan.outcome.get(key, "") for key in ("sampled", "double_coded", "assigned"))
            item = QTreeWidgetItem(self.list, [when(plan.made_at), str(plan.seed), *map(str, numbers)])
            items.append(item)
            item.setData(0, LINE, plan)
            for column in range(1, 5):
                item.setTextAlignment(column, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        head = self.list.header()
        head.setStretchLastSection(False)
        head.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        head.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.empty.setHidden(bool(plans))
        for widget in (self.list, self.told, self.again):
            widget.setVisible(bool(plans))
        if items:
            self.list.setCurrentItem(items[0])
        (self.list if plans else self.close_it).setFocus()

    def _line(self) -> EarlierPlan | None:
        item = self.list.currentItem()
        line: EarlierPlan | None = item.data(0, LINE) if item is not None else None
        return line

    def _tell(self) -> None:
        line = self._line()
        if line is None:
            return
        try:
            told = in_words(plan_from(line.terms))
            self.again.setEnabled(True)
        except UserError as error:
            told = (sentence(error),)
            self.again.setEnabled(False)
        self.told.setPlainText("\n".join((*told, *self._outcome(line))))

    def _outcome(self, line: EarlierPlan) -> list[str]:
        """What came of it."""
        load = line.outcome.get("load", {})
        told = [
            self.tr("Given out: {what}.").format(what=", ".join(f"{code} {n}" for code, n in load.items()))
        ]
        told.append(
            self.tr("All coders were linked through sessions they share.")
            if line.outcome.get("connected")
            else self.tr("Not all coders were linked through sessions they share.")
        )
        return told

    def _choose(self) -> None:
        line = self._line()
        if line is not None and self.again.isEnabled():
            plan: Plan = plan_from(line.terms)
            self.chosen.emit(plan, line.seed)
            self.accept()
