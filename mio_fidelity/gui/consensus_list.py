"""The sessions two coders rated, and the list of what is to be discussed."""

from PySide6.QtCore import QDateTime, QLocale, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QHeaderView, QWidget

from mio_fidelity.coding import discuss
from mio_fidelity.coding.ready import ReadyRow, Stage, ready
from mio_fidelity.gui import theme
from mio_fidelity.gui.bars import FootBar, HeaderBar, label, lay_out_page
from mio_fidelity.gui.discuss_panel import DiscussPanel
from mio_fidelity.gui.work_list import WorkModel, WorkTable
from mio_fidelity.gui.workbench import Workbench

ROW_PX = 34


class ReadyModel(WorkModel[ReadyRow]):
    """The sessions two coders rated."""

    def titles(self) -> tuple[str, ...]:
        """What stands above the columns."""
        return (
            self.tr("Session"),
            self.tr("Coders"),
            self.tr("State"),
            self.tr("Differences"),
            self.tr("Largest"),
            self.tr("Last rating"),
            self.tr("To discuss"),
        )

    def waits(self, row: ReadyRow) -> bool:
        """Whether its consensus is not submitted yet."""
        return row.stage is not Stage.DONE

    def texts(self, row: ReadyRow) -> tuple[str, ...]:
        """What a line says in each column."""
        state = {
            Stage.READY: self.tr("○ ready"),
            Stage.BEGUN: self.tr("◐ begun"),
            Stage.DONE: self.tr("● done"),
        }[row.stage]
        points = self.tr("1 point") if row.largest == 1 else self.tr("{n} points")
        local = QDateTime.fromMSecsSinceEpoch(round(row.submitted_at.timestamp() * 1000)).date()
        return (
            row.label,
            ", ".join(row.coders),
            state,
            str(row.differing) if row.differing else self.tr("none"),
            points.format(n=row.largest) if row.largest else "",
            QLocale().toString(local, QLocale.FormatType.ShortFormat),
            str(row.to_discuss) if row.to_discuss else "",
        )


class ConsensusList(QWidget):
    """Every session coded twice, what waits first; beside it what is to be discussed.

    Signals:
        chosen: The line of a session to open.
        looked_for: Id of a session, and the key of a scale or nothing, to go to from what is discussed.
        left: Back to the list of sessions.
    """

    chosen = Signal(object)
    looked_for = Signal(str, str)
    left = Signal()

    def __init__(self, bench: Workbench, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bench = bench
        self.header = HeaderBar()
        self.header.title.setText(self.tr("Consensus"))
        self.foot = FootBar()
        theme.set_role(self.foot.saved, "muted")
        self.model = ReadyModel(self)
        self.table = WorkTable(self.model, self.tr("Sessions rated by two coders"), ROW_PX)
        self.empty = label(
            self.tr(
                "No session has been rated by two coders yet. A session appears here when both have "
                "submitted."
            ),
            "muted",
        )
        self.discussed = DiscussPanel(bench)
        self._lay_out()
        self._connect()

    def show_list(self) -> None:
        """Show what is stored; the line that was chosen stays chosen."""
        chosen = self.row()
        rows = self._bench.ask(ready)
        self.model.show(rows)
        self.table.setVisible(bool(rows))
        self.empty.setVisible(not rows)
        ids = [row.session_id for row in rows]
        at = ids.index(chosen.session_id) if chosen is not None and chosen.session_id in ids else 0
        if rows:
            self.table.selectRow(at)
        done = sum(row.stage is Stage.DONE for row in rows)
        self.foot.saved.setText(
            self.tr("{n} to decide, {done} done").format(n=len(rows) - done, done=done) if rows else ""
        )
        self.discussed.show_topics(self._bench.ask(discuss.listing))
        self._show_button()

    def clear(self) -> None:
        """Let go of what is shown."""
        self.model.show(())
        self.discussed.show_topics(())

    def row(self) -> ReadyRow | None:
        """The line that is chosen."""
        return self.table.line()

    def row_of(self, session_id: str) -> ReadyRow | None:
        """The line of a session, if it has one."""
        return next((row for row in self.model.rows if row.session_id == session_id), None)

    def _lay_out(self) -> None:
        header, modes = self.table.horizontalHeader(), QHeaderView.ResizeMode
        for column in range(self.model.columnCount()):
            header.setSectionResizeMode(column, modes.Stretch if column < 2 else modes.ResizeToContents)
        header.setHighlightSections(False)
        middle = QHBoxLayout()
        middle.setContentsMargins(theme.scaled(14), theme.scaled(12), theme.scaled(14), theme.scaled(8))
        middle.setSpacing(theme.scaled(12))
        middle.addWidget(self.table.in_panel(self.empty), 5)
        middle.addWidget(self.discussed, 2)
        lay_out_page(self, self.header, middle, self.foot)

    def _connect(self) -> None:
        self.table.opened.connect(self._open)
        self.table.moved.connect(self._show_button)
        self.foot.primary.clicked.connect(self._open)
        self.foot.primary.setAutoDefault(True)
        self.discussed.looked_for.connect(self.looked_for)
        shortcut = QShortcut(QKeySequence("Escape"), self)
        shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        shortcut.activated.connect(self.left)

    def _show_button(self, *_: object) -> None:
        row = self.row()
        self.foot.primary.setEnabled(row is not None)
        words = {
            Stage.READY: self.tr("Begin"),
            Stage.BEGUN: self.tr("Continue"),
            Stage.DONE: self.tr("Look at it"),
        }
        self.foot.primary.setText(words[row.stage if row else Stage.READY])

    def _open(self, *_: object) -> None:
        row = self.row()
        if row is not None:
            self.chosen.emit(row)
