"""One coder, or all together: the chart large, its series in a table, context, the largest disagreements."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QTextOption
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QMenu,
    QPushButton,
    QScrollArea,
    QTabWidget,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from mio_fidelity.analysis.drift_results import CoderDrift
from mio_fidelity.coding.recalibration_outcome import RecalibrationRow
from mio_fidelity.gui import theme
from mio_fidelity.gui.bars import label
from mio_fidelity.gui.drift_cards import LEAST_PX, DriftCard
from mio_fidelity.gui.drift_chart import frame_of
from mio_fidelity.gui.drift_context import context_html
from mio_fidelity.gui.drift_flags import Notice
from mio_fidelity.gui.drift_legend import DriftLegend
from mio_fidelity.gui.drift_tables import apart_listing, series_listing
from mio_fidelity.gui.drift_view import View, cards_of
from mio_fidelity.gui.drift_work import Charted
from mio_fidelity.gui.listing_export import ListingExport
from mio_fidelity.gui.listing_view import ListingView
from mio_fidelity.gui.wait_strip import WaitStrip
from mio_fidelity.gui.workbench import said


class DriftDetail(QWidget):
    """What is behind a card; the keyboard leads from a disagreement to both ratings.

    Signals:
        left: Back to the cards.
        said: A sentence and its role, for the foot of the page.
        pair_asked: The disagreement whose ratings are to be seen.
        draw_asked: Draw master sessions for this coder, flagged or not.
    """

    left = Signal()
    said = Signal(str, str)
    pair_asked = Signal(object)
    draw_asked = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.key = ""
        self._study = ""
        self._coder: CoderDrift | None = None
        self.back = QPushButton(self.tr("‹ All coders"))
        self.export = QPushButton(self.tr("Export"))
        self.draw = QPushButton(self.tr("Draw master sessions…"))
        self.legend, self.card = DriftLegend(), DriftCard()
        self.series, self.apart = ListingView(), ListingView()
        self.tables, self.scrolled = QTabWidget(), QScrollArea()
        self.context = QTextBrowser()
        self.hint = label("", "small")
        self.wait = WaitStrip()
        self._exporting = ListingExport(self.wait, self)
        self._lay_out()
        self.back.clicked.connect(self.left)
        self.apart.opened.connect(self._ask_for_pair)
        self._exporting.ended.connect(self.said)
        self.draw.clicked.connect(self._ask_for_draw)
        self.tables.currentChanged.connect(lambda at: self.hint.setVisible(at == 1))

    def look_at(
        self, key: str, found: Charted, view: View, rows: tuple[RecalibrationRow, ...], study: str
    ) -> None:
        """Show what is behind the card ``key`` of the study of this title, from the beginning."""
        self.key, self._study = key, study
        self.tables.setCurrentIndex(0)
        self.show_report(found, view, rows)
        self.series.table.setFocus()

    def show_report(self, found: Charted, view: View, rows: tuple[RecalibrationRow, ...]) -> None:
        """Show the newest; what is chosen stays chosen."""
        report = found.report
        self._coder = next((each for each in report.coders if self.key and each.person_id == self.key), None)
        card = next((each for each in cards_of(found, view) if each.key == self.key), None)
        if card is None:
            self.left.emit()
            return
        self.legend.show_lines(card.lines, any(line.dotted for line in card.lines), view.kind)
        self.card.show_card(card, frame_of([card.lines]))
        series = self._coder.series if self._coder is not None else report.group
        self.series.show_listing(series_listing(report, [each for each in series if each.points] or series))
        self.apart.show_listing(apart_listing(report, self._coder) if self._coder is not None else None)
        self.tables.setTabEnabled(1, self._coder is not None)
        n = len(self._coder.disagreements) if self._coder is not None else 0
        self.tables.setTabText(1, self.tr("Largest disagreements {n}").format(n=n))
        mine = tuple(row for row in rows if row.person_id == self.key)
        self.draw.setVisible(self._coder is not None and not any(row.under_way for row in mine))
        self.context.setHtml(context_html(report, self._coder, mine))

    def grey(self, stale: bool) -> None:
        """Grey the numbers, because newer ones are on their way."""
        self.card.setEnabled(not stale)
        self.series.setEnabled(not stale)
        self.context.setEnabled(not stale)

    def forget(self) -> None:
        """Let go of what is shown."""
        self._coder, self.key = None, ""
        for view in (self.series, self.apart):
            view.show_listing(None)
        self.context.clear()

    def stop_work(self) -> None:
        """Stop an export."""
        self._exporting.drop()

    def _ask_for_pair(self, row: str) -> None:
        if self._coder is not None:
            self.pair_asked.emit(self._coder.disagreements[int(row)])

    def _ask_for_draw(self) -> None:
        if self._coder is not None:
            words = "\n".join(said(each) for each in self._coder.words)
            self.draw_asked.emit(Notice(words, "muted", self._coder.person_id, self._coder.coder))

    def _shown(self) -> ListingView:
        return self.series if self.tables.currentIndex() == 0 else self.apart

    def _write(self, excel: bool) -> None:
        shown = self._shown().model.shown()
        if shown is None or self._exporting.busy:
            return
        if excel:
            self._exporting.excel(shown, self._study, self._shown().in_words())
        else:
            self._exporting.csv(shown)

    def _lay_out(self) -> None:
        for button in (self.back, self.draw):
            button.setAutoDefault(True)
        self.hint.setText(self.tr("Enter on a disagreement opens both ratings with their evidence."))
        self.hint.hide()
        head = QHBoxLayout()
        head.addWidget(self.back)
        head.addStretch(1)
        for widget in (self.wait, self.hint, self.draw):
            head.addWidget(widget)
        whole = QWidget()
        below = QVBoxLayout(whole)
        below.setContentsMargins(0, 0, 0, 0)
        below.setSpacing(theme.scaled(8))
        below.addLayout(self._chart_and_context(), 5)
        below.addWidget(self.tables, 6)
        self._fill_tables()
        # With large letters on a small screen there is more than fits.
        self.scrolled.setWidget(whole)
        self.scrolled.setWidgetResizable(True)
        self.scrolled.setFrameShape(QFrame.Shape.NoFrame)
        self.scrolled.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        for each in (whole, self.scrolled.viewport()):
            each.setAutoFillBackground(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(*(theme.scaled(px) for px in (14, 8, 14, 8)))
        column.setSpacing(theme.scaled(8))
        column.addLayout(head)
        column.addWidget(self.legend)
        column.addWidget(self.scrolled, 1)

    def _chart_and_context(self) -> QHBoxLayout:
        self.card.setCursor(self.cursor())
        self.card.setMinimumHeight(theme.scaled(LEAST_PX))
        self.context.setAccessibleName(self.tr("Context"))
        self.context.setTabChangesFocus(True)
        self.context.setWordWrapMode(QTextOption.WrapMode.WordWrap)
        theme.set_role(self.context, "flat")
        panel = QWidget()
        theme.set_role(panel, "panel")
        inside = QVBoxLayout(panel)
        inside.setContentsMargins(*(theme.scaled(px) for px in (10, 8, 4, 8)))
        inside.addWidget(self.context)
        row = QHBoxLayout()
        row.setSpacing(theme.scaled(12))
        row.addWidget(self.card, 5)
        row.addWidget(panel, 3)
        return row

    def _fill_tables(self) -> None:
        menu = QMenu(self.export)
        menu.addAction(self.tr("This table to Excel…")).triggered.connect(lambda: self._write(True))
        menu.addAction(self.tr("This table as CSV…")).triggered.connect(lambda: self._write(False))
        theme.set_role(self.export, "menu")
        self.export.setMenu(menu)
        self.series.table.setAccessibleName(self.tr("Control charts"))
        self.apart.table.setAccessibleName(self.tr("Largest disagreements"))
        self.tables.addTab(self._page(self.series), self.tr("Charts in numbers"))
        self.tables.addTab(self._page(self.apart), self.tr("Largest disagreements"))
        self.tables.setAccessibleName(self.tr("Tables of this coder"))
        self.tables.tabBar().setAccessibleName(self.tr("Tables of this coder"))
        self.tables.setCornerWidget(self.export)
        self.tables.setMinimumHeight(theme.scaled(LEAST_PX))

    def _page(self, view: ListingView) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, theme.scaled(6), 0, 0)
        column.addWidget(view)
        return page
