"""The widgets of the drift page and where they stand."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence, QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QMenu,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from mio_fidelity.gui import icons, theme
from mio_fidelity.gui.bars import HeaderBar, label, tab_through
from mio_fidelity.gui.drift_cards import DriftGrid
from mio_fidelity.gui.drift_controls import DriftControls
from mio_fidelity.gui.drift_detail import DriftDetail
from mio_fidelity.gui.drift_flags import FlagLine
from mio_fidelity.gui.drift_legend import DriftLegend
from mio_fidelity.gui.wait_strip import WaitStrip


class DriftWidgets(QWidget):
    """Everything that is seen."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.header, self.foot = HeaderBar(), QFrame()
        self.notice = label("")
        self.back = QPushButton()
        self.controls = DriftControls()
        # Where the controls stand when letters are too large for the header.
        self.strip = QFrame()
        self.more = QPushButton(self.tr("Options"))
        self.what = QPushButton(self.tr("What is this?"))
        self.report = QPushButton(self.tr("Recalibration report…"))
        self.legend, self.grid = DriftLegend(), DriftGrid()
        self.detail = DriftDetail()
        self.flags = FlagLine()
        self.wait, self.export_wait = WaitStrip(), WaitStrip()
        self.empty_why, self.empty_step = label("", "title"), label("", "muted")
        self.body, self.pages = QStackedWidget(), QStackedWidget()
        self.front = QWidget()
        self.cards_page = QWidget()
        self.empty_page = QWidget()
        self._dress()
        self._lay_out()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width may have other room for the controls."""
        super().resizeEvent(event)
        self.place_controls()

    def place_controls(self) -> None:
        """The controls stand beside the title where there is room for their words, else below, in two rows
        where the letters are very large."""
        row, below = self.header.layout(), self.strip.layout()
        assert isinstance(row, QBoxLayout)
        assert isinstance(below, QBoxLayout)
        inside = row.indexOf(self.controls) >= 0
        wanted, wide = row.sizeHint().width(), self.controls.width_wanted()
        if not inside:
            wanted += wide + row.spacing()
        fits = wanted <= self.width()
        if fits and not inside:
            row.insertWidget(row.indexOf(self.header.title) + 1, self.controls)
        elif not fits and below.indexOf(self.controls) < 0:
            below.insertWidget(0, self.controls)
        box = self.controls
        tab_through(
            (self.back, box.reference, box.kind, box.span, box.since, box.until, box.dimension, box.by)
        )
        self.strip.setVisible(not fits)
        edges = below.contentsMargins()
        self.controls.fold(not fits and wide > self.width() - edges.left() - edges.right())

    def say(self, words: str, role: str = "warn") -> None:
        """Show a sentence in place of the flags; an empty one brings them back."""
        self.notice.setText(words)
        # A word or a sign, so that the colour is not all there is.
        theme.set_role(self.notice, role)
        self.notice.setVisible(bool(words))
        self.flags.setVisible(not words)

    def show_empty(self, why: str) -> None:
        """Say what the page is for and what comes first."""
        self.empty_why.setText(why)
        self.empty_step.setText(
            self.tr(
                "Here you see whether coders still rate as they did when they were certified, against "
                "master codes and against each other.\nFirst step: give some sessions to two coders, with "
                "the purpose reliability, or have some rated as master codes; a chart begins when about "
                "twenty are in."
            )
        )
        self.body.setCurrentWidget(self.empty_page)
        self.flags.show_notices(())
        self.report.setEnabled(False)

    def _dress(self) -> None:
        icons.set_icon(self.back, "queue", self.tr("Back to the sessions (Esc)"))
        self.header.title.setText(self.tr("Coder drift"))
        self.header.add_left(self.back)
        theme.set_role(self.strip, "bar")
        row = QHBoxLayout(self.strip)
        row.setContentsMargins(*(theme.scaled(px) for px in (14, 4, 14, 4)))
        row.addStretch(1)
        for button in (self.what, self.more, self.report):
            self.header.add_right(button)
        theme.set_role(self.what, "quiet")
        theme.set_role(self.more, "menu")
        theme.set_role(self.report, "primary")
        self.report.setToolTip(self.tr("Charts, flags and recalibrations as PDF or Excel (Ctrl+E)"))
        self.report.setEnabled(False)
        self.what.setToolTip(self.tr("How to read the charts, and how sure they are (F1)"))
        menu = QMenu(self.more)
        self.own = QAction(self.tr("Coders see their own calibration"), self.more)
        self.own.setCheckable(True)
        self.again = QAction(self.tr("Compute again"), self.more)
        self.again.setShortcut(QKeySequence("F5"))
        self.again.setShortcutVisibleInContextMenu(True)
        menu.addAction(self.own)
        menu.addAction(self.again)
        self.more.setMenu(menu)
        theme.set_role(self.foot, "foot")
        self.notice.setWordWrap(True)
        self.notice.hide()
        self.foot.setMinimumHeight(theme.scaled(38))
        for button in (self.back, self.what, self.report):
            # Enter presses what has the keyboard.
            button.setAutoDefault(True)

    def _lay_out(self) -> None:
        around = QVBoxLayout(self.cards_page)
        around.setContentsMargins(*(theme.scaled(px) for px in (14, 6, 14, 10)))
        around.setSpacing(theme.scaled(6))
        around.addWidget(self.legend)
        around.addWidget(self.grid, 1)
        column = QVBoxLayout(self.empty_page)
        column.setSpacing(theme.scaled(12))
        column.addStretch(2)
        for words in (self.empty_why, self.empty_step):
            words.setWordWrap(True)
            words.setAlignment(Qt.AlignmentFlag.AlignCenter)
            column.addWidget(words)
        column.addStretch(3)
        for page in (self.cards_page, self.empty_page, self.detail):
            self.body.addWidget(page)
        front = QVBoxLayout(self.front)
        front.setContentsMargins(0, 0, 0, 0)
        front.setSpacing(0)
        front.addWidget(self.header)
        front.addWidget(self.strip)
        front.addWidget(self.body, 1)
        front.addWidget(self.foot)
        self.pages.addWidget(self.front)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self.pages)
        row = QHBoxLayout(self.foot)
        row.setContentsMargins(*(theme.scaled(px) for px in (14, 4, 14, 4)))
        row.setSpacing(theme.scaled(14))
        row.addWidget(self.notice, 1)
        row.addWidget(self.flags, 1)
        for strip in (self.wait, self.export_wait):
            row.addWidget(strip)
