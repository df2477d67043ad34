"""The widgets of the reliability page, where they stand, and the words above and below the figures."""

from collections.abc import Sequence

from PySide6.QtCore import QDate, QLocale, QSignalBlocker, QSize, Qt
from PySide6.QtGui import QFontMetrics, QKeySequence, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QSplitter,
    QStackedWidget,
    QTabBar,
    QVBoxLayout,
    QWidget,
)

from mio_fidelity.analysis.table import ScoreTable
from mio_fidelity.gui import icons, theme
from mio_fidelity.gui.bars import FootBar, HeaderBar, label
from mio_fidelity.gui.filter_bar import FilterBar
from mio_fidelity.gui.reliability_overview import ReliabilityOverview
from mio_fidelity.gui.reliability_work import Reckoned
from mio_fidelity.gui.remark_box import RemarkBox
from mio_fidelity.gui.row_detail import RowDetail
from mio_fidelity.gui.sheet_view import SheetView
from mio_fidelity.gui.wait_strip import WaitStrip
from mio_fidelity.gui.workbench import said

SIDE = 330


class ElidedLabel(QLabel):
    """One line that gives way: what does not fit is in the tool tip."""

    def minimumSizeHint(self) -> QSize:
        """Almost nothing."""
        return QSize(theme.scaled(40), super().minimumSizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Write as much as fits."""
        painter = QPainter(self)
        painter.setPen(theme.tokens().muted)
        text = QFontMetrics(self.font()).elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
        side = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(self.rect(), int(side), text)
        painter.end()


class ReliabilityWidgets(QWidget):
    """Everything that is seen."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.header, self.foot = HeaderBar(), FootBar()
        self.back = QPushButton()
        self.filter_button = QPushButton(self.tr("Filter"))
        self.live = QPushButton(self.tr("Back to the live figures"))
        self.frozen_button = QPushButton(self.tr("Frozen…"))
        self.export = QPushButton(self.tr("Export to Excel…"))
        self.filter = FilterBar()
        self.tabs = QTabBar()
        self.form = ElidedLabel()
        self.why = QPushButton(self.tr("why?"))
        self.what = QPushButton(self.tr("What is this?"))
        self.sheet = SheetView(self.tr("Reliability of every scale"))
        self.remarks = RemarkBox()
        self.overview, self.detail = ReliabilityOverview(), RowDetail()
        self.side = QStackedWidget()
        self.wait, self.export_wait = WaitStrip(), WaitStrip()
        self.edition = label("", "small")
        self.empty_why, self.empty_step = label("", "title"), label("", "muted")
        self.all_ratings = QPushButton(self.tr("Back to all"))
        self.body = QStackedWidget()
        self._dress()
        self._lay_out()

    def show_empty(self, why: str, filtered: bool) -> None:
        """Say what the page is for and what comes first."""
        self.empty_why.setText(why)
        self.empty_step.setText(
            self.tr("Choose other ratings, or go back to all that were made for reliability.")
            if filtered
            else self.tr(
                "Here you see how well coders agree, scale by scale, and what to do about it.\n"
                "First step: give the same session to two coders, with the purpose reliability; the figures"
                " appear when both have submitted. About thirty such sessions make them trustworthy."
            )
        )
        self.all_ratings.setVisible(filtered)
        self.foot.saved.setText("")
        self.edition.setText("")
        self.export.setEnabled(False)
        self.show_figures(False)

    def show_figures(self, there: bool) -> None:
        """Show the figures, or the page that says why there are none."""
        self.body.setCurrentIndex(0 if there else 1)

    def show_side(self, widget: QWidget) -> None:
        """Show the overview or the detail beside the table."""
        self.side.setCurrentWidget(widget)

    def name_tabs(self, dimensions: Sequence[tuple[str, str]]) -> None:
        """One tab for each dimension, then the others; the one in front stays."""
        wanted = [
            *((title, key) for key, title in dimensions),
            (self.tr("Domains"), "*domains"),
            (self.tr("Internal consistency"), "*consistency"),
            (self.tr("Who rates how"), "*who"),
        ]
        if [self.tabs.tabData(at) for at in range(self.tabs.count())] == [key for _, key in wanted]:
            return
        with QSignalBlocker(self.tabs):
            while self.tabs.count():
                self.tabs.removeTab(0)
            for title, key in wanted:
                self.tabs.setTabData(self.tabs.addTab(title), key)

    def show_facts(self, found: Reckoned, purpose: str, frozen: str = "") -> None:
        """The pills above, the form of the ICC, and how it was computed below; ``frozen`` says since when."""
        design, table = found.findings.design, found.table
        sites = sorted({session.site for session in table.sessions if session.site})
        every_site = "sites" not in table.filter_words
        double, coders = design.counts.n_multiple, design.counts.n_coders
        what = self.tr("1 double-coded session") if double == 1 else self.tr("{n} double-coded sessions")
        who = self.tr("1 coder") if coders == 1 else self.tr("{n} coders")
        pills = (
            what.format(n=double),
            who.format(n=coders),
            self.tr("purpose: {purpose}").format(purpose=purpose),
            months(table),
            self.tr("all sites") if every_site else self.tr("sites: {codes}").format(codes=", ".join(sites)),
            self.tr("arm: {arms}").format(arms=table.filter_words["arms"])
            if "arms" in table.filter_words
            else "",
        )
        self.header.show_pills(((frozen, "pill-warn"), *((text, "pill") for text in pills)), ())
        kinds = {
            "crossed": self.tr("all coders rated all"),
            "rotating": self.tr("coders rotate"),
            "disconnected": self.tr("coders not linked"),
        }
        form = (
            self.tr("ICC(A,1) two-way, absolute: {kind}")
            if design.form == "two_way"
            else self.tr("ICC(1) one-way: {kind}")
        )
        kind = self.tr("chosen by hand") if design.chosen_by_hand else kinds[design.kind]
        self.form.setText(form.format(kind=kind))
        self.form.setToolTip(f"{form.format(kind=kind)}\n{said(design.why)}")
        options = found.findings.options
        how = (
            self.tr("✔ as it was frozen, {n} replicates, seed {seed}")
            if frozen
            else self.tr("✔ computed in {seconds} s, {n} replicates, seed {seed}")
        )
        self.foot.saved.setText(
            how.format(seconds=f"{found.seconds:.1f}", n=f"{options.replicates:,}", seed=options.seed)
        )
        made = table.instrument
        words = self.tr("{title}, edition {edition}")
        self.edition.setText(words.format(title=made.title, edition=made.edition) if made else "")

    def _dress(self) -> None:
        icons.set_icon(self.back, "queue", self.tr("Back to the sessions (Esc)"))
        self.header.title.setText(self.tr("Reliability"))
        self.header.add_left(self.back)
        for button in (self.live, self.filter_button, self.frozen_button, self.export):
            self.header.add_right(button)
        self.live.hide()
        self.frozen_button.setToolTip(self.tr("Keep these figures for good, show and compare kept ones"))
        theme.set_role(self.export, "primary")
        self.export.setEnabled(False)
        self.filter_button.setCheckable(True)
        self.filter_button.setToolTip(self.tr("Which ratings count, form of the ICC, bands (Ctrl+F)"))
        self.export.setToolTip(self.tr("Write the workbook (Ctrl+E)"))
        self.filter.hide()
        theme.set_role(self.why, "quiet")
        theme.set_role(self.what, "quiet")
        self.why.setToolTip(self.tr("Why this form of the ICC"))
        self.what.setToolTip(self.tr("What is the number that is chosen? (F1 or ?)"))
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.setAccessibleName(self.tr("What to show"))
        self.form.setWordWrap(True)
        self.form.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.foot.primary.hide()
        self.foot.setMinimumHeight(theme.scaled(38))
        self.foot.show_hints(
            (
                (("Enter",), self.tr("detail")),
                (("?",), self.tr("what is this")),
                ((QKeySequence("Ctrl+F"),), self.tr("filter")),
                ((QKeySequence("Ctrl+C"),), self.tr("copy")),
            )
        )
        for button in (*self.header.findChildren(QPushButton), self.why, self.what, self.all_ratings):
            # Enter presses what has the keyboard.
            button.setAutoDefault(True)

    def _lay_out(self) -> None:
        theme.set_role(self.detail, "panel")
        for widget in (self.overview, self.detail):
            self.side.addWidget(widget)
        self.side.setMinimumWidth(theme.scaled(280))
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setHandleWidth(theme.scaled(12))
        split.setChildrenCollapsible(False)
        split.addWidget(self._card())
        split.addWidget(self.side)
        split.setStretchFactor(0, 3)
        split.setStretchFactor(1, 2)
        split.setSizes([theme.scaled(1366 - SIDE), theme.scaled(SIDE)])
        figures = QWidget()
        around = QVBoxLayout(figures)
        around.setContentsMargins(*(theme.scaled(px) for px in (14, 12, 14, 10)))
        around.addWidget(split)
        self.body.addWidget(figures)
        self.body.addWidget(self._empty_page())
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        for part in (self.header, self.filter):
            whole.addWidget(part)
        whole.addWidget(self.body, 1)
        whole.addWidget(self.foot)
        row = self.foot.layout()
        assert isinstance(row, QBoxLayout)
        row.insertWidget(1, self.wait)
        row.insertWidget(2, self.export_wait)
        row.addWidget(self.edition)

    def _card(self) -> QWidget:
        card = QWidget()
        theme.set_role(card, "panel")
        head = QHBoxLayout()
        head.setContentsMargins(theme.scaled(4), theme.scaled(2), theme.scaled(8), 0)
        head.setSpacing(theme.scaled(4))
        head.addWidget(self.tabs)
        head.addWidget(self.form, 1)
        head.addWidget(self.why)
        head.addWidget(self.what)
        below = QHBoxLayout()
        below.setContentsMargins(*(theme.scaled(px) for px in (10, 4, 10, 6)))
        below.addWidget(self.remarks)
        column = QVBoxLayout(card)
        column.setContentsMargins(1, 1, 1, 1)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.sheet, 1)
        column.addLayout(below)
        column.addStretch(0)
        return card

    def _empty_page(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setSpacing(theme.scaled(12))
        column.addStretch(2)
        for words in (self.empty_why, self.empty_step):
            words.setWordWrap(True)
            words.setAlignment(Qt.AlignmentFlag.AlignCenter)
            column.addWidget(words)
        column.addWidget(self.all_ratings, 0, Qt.AlignmentFlag.AlignCenter)
        column.addStretch(3)
        return page


def months(table: ScoreTable) -> str:
    """When the sessions were held: "Jan – Nov 2026"; empty when it is not known."""
    days = [session.held_on for session in table.sessions if session.held_on]
    if not days:
        return ""
    first, last = min(days), max(days)
    words = [QLocale().toString(QDate(day.year, day.month, day.day), "MMM yyyy") for day in (first, last)]
    if words[0] == words[1]:
        return words[0]
    if first.year == last.year:
        words[0] = QLocale().toString(QDate(first.year, first.month, first.day), "MMM")
    return " – ".join(words)
