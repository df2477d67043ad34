"""What is seen of the counselors: one over the sessions, the arms, self-ratings beside the coders."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QPushButton, QTabWidget, QVBoxLayout, QWidget

from mio_fidelity.analysis.counselor_listings import arms_listing, own_listing, sessions_listing
from mio_fidelity.analysis.counselor_results import CounselorReport
from mio_fidelity.coding.listing import Listing
from mio_fidelity.gui import theme
from mio_fidelity.gui.bars import label
from mio_fidelity.gui.column_room import ColumnRoom
from mio_fidelity.gui.counselor_words import arm_panels, criterion_words, panels, share_words
from mio_fidelity.gui.course_plot import ArmPlot, CoursePlot
from mio_fidelity.gui.dialogs import sentence_label
from mio_fidelity.gui.listing_view import ListingView
from mio_fidelity.gui.plots import Plot

SESSIONS, ARMS, OWN = range(3)


class CounselorView(QWidget):
    """Three tabs about the counselor that is chosen and all of them.

    Signals:
        turned: Another tab is in front.
        own_asked: Self-ratings of the chosen counselor are to be asked for.
    """

    turned = Signal()
    own_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._report: CounselorReport | None = None
        self._code, self._dimension = "", ""
        self.title, self.share = label("", "title"), sentence_label("", "muted")
        self.tabs = QTabWidget()
        self.courses, self.arms = CoursePlot(), ArmPlot()
        self.sessions, self.arm_table, self.own_table = ListingView(), ListingView(), ListingView()
        self._rooms = {table: ColumnRoom(table) for table in (self.sessions, self.arm_table, self.own_table)}
        self.arm_note, self.own_note = sentence_label("", "muted"), sentence_label("", "muted")
        self.whose = QComboBox()
        self.ask_own = QPushButton(self.tr("Ask for self-ratings…"))
        self._lay_out()
        self.tabs.currentChanged.connect(lambda _: self.turned.emit())
        self.whose.currentIndexChanged.connect(lambda _: self._show_own())
        self.ask_own.clicked.connect(self.own_asked)
        self.sessions.chosen.connect(self._point_out)

    @property
    def table(self) -> ListingView:
        """The table of the tab in front."""
        return (self.sessions, self.arm_table, self.own_table)[self.tabs.currentIndex()]

    def show_report(self, report: CounselorReport, code: str, dimension: str) -> None:
        """Show this counselor and dimension."""
        self._report, self._code, self._dimension = report, code, dimension
        line = report.line(code) if code else None
        facts = [code]
        if line is not None and line.sites:
            facts.append(", ".join(line.sites))
        if line is not None and line.arms:
            facts.append(", ".join(line.arms))
        self.title.setText(" · ".join(facts))
        self.share.setText(share_words(report, line.share) if line else "")
        self.share.setToolTip(criterion_words(report))
        self.sessions.show_listing(sessions_listing(report, code) if code else None)
        self._hide_other_dimensions(report)
        self._rooms[self.sessions].fit()
        self.courses.show_panels(panels(report, line, dimension) if line else ())
        self.arm_table.show_listing(arms_listing(report))
        self._rooms[self.arm_table].fit()
        self.arms.show_panels(arm_panels(report, dimension))
        self._offer_own(code)
        self._show_own()
        self.tabs.setTabText(ARMS, self._arms_title())

    def forget(self) -> None:
        """Show nothing."""
        self._report = None
        self._code = ""
        for words in (self.title, self.share):
            words.setText("")
        self.share.setToolTip("")
        for table in (self.sessions, self.arm_table, self.own_table):
            table.show_listing(None)
        self.courses.show_panels(())
        self.arms.show_panels(())

    def shown(self) -> Listing | None:
        """The rows of the tab in front as they stand."""
        return self.table.model.shown()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(theme.scaled(14))
        head.addWidget(self.title)
        head.addWidget(self.share, 1)
        self.tabs.setDocumentMode(True)
        self.tabs.setAccessibleName(self.tr("What to show of the counselors"))
        self.tabs.addTab(self._tab(self.courses, self.sessions), self.tr("Over the sessions"))
        self.arm_note.setText(
            self.tr(
                "Dots are counselors, the stroke is the mean of their means. The table's M and SD are over "
                "sessions; the difference takes each counselor once (Welch's t over counselors), for "
                "sessions of one counselor are not independent."
            )
        )
        self.tabs.addTab(self._tab(self.arms, self.arm_note, self.arm_table), self.tr("Arms"))
        row = QHBoxLayout()
        self.whose.setAccessibleName(self.tr("Whose self-ratings"))
        row.addWidget(self.whose)
        row.addWidget(self.own_note, 1)
        row.addWidget(self.ask_own)
        own = QWidget()
        column = QVBoxLayout(own)
        column.setContentsMargins(0, theme.scaled(8), 0, 0)
        column.addLayout(row)
        column.addWidget(self.own_table, 1)
        self.tabs.addTab(own, self.tr("Self and coders"))
        self.own_note.setText(
            self.tr(
                "Self-rating minus coders, in points; they are compared, never pooled. Intervals and limits "
                "of agreement take sessions for independent."
            )
        )
        for table, name in (
            (self.sessions, self.tr("Coded sessions of the counselor")),
            (self.arm_table, self.tr("Arms compared")),
            (self.own_table, self.tr("Self-ratings against coders")),
        ):
            table.table.setAccessibleName(name)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addLayout(head)
        whole.addWidget(self.tabs, 1)

    def _tab(self, *parts: QWidget) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, theme.scaled(8), 0, 0)
        column.setSpacing(theme.scaled(8))
        for part in parts:
            if isinstance(part, Plot):
                column.addWidget(_card(part))
            else:
                column.addWidget(part, int(isinstance(part, ListingView)))
        return page

    def _hide_other_dimensions(self, report: CounselorReport) -> None:
        """They are in the exports all the same."""
        listing = self.sessions.model.listing
        for slot in report.slots if listing else ():
            if slot[1] != self._dimension and listing is not None:
                self.sessions.table.setColumnHidden(listing.at(f"{slot[0]}_{slot[1]}"), True)

    def _arms_title(self) -> str:
        if self._report is None or self._report.compared is None:
            return self.tr("Arms")
        first, second = self._report.compared
        return self.tr("{first} against {second}").format(first=first, second=second)

    def _offer_own(self, code: str) -> None:
        mine = self.whose.currentIndex() < 1
        self.whose.blockSignals(True)
        self.whose.clear()
        if code:
            self.whose.addItem(self.tr("counselor {code}").format(code=code), code)
        self.whose.addItem(self.tr("all counselors"), "")
        self.whose.setCurrentIndex(0 if mine else self.whose.count() - 1)
        self.whose.blockSignals(False)
        self.ask_own.setEnabled(bool(code))

    def _show_own(self) -> None:
        if self._report is not None:
            self.own_table.show_listing(own_listing(self._report, self.whose.currentData() or ""))
            self._rooms[self.own_table].fit()

    def _point_out(self) -> None:
        """The client of the row that is chosen stands out in the picture."""
        ids = self.sessions.chosen_ids() if self._report is not None else ()
        self.courses.let_stand_out(ids[0].rpartition("-")[0] if len(ids) == 1 else "")

    def take_keyboard(self) -> None:
        """To the table in front."""
        self.table.table.setFocus(Qt.FocusReason.OtherFocusReason)


def _card(part: QWidget) -> QWidget:
    card = QWidget()
    theme.set_role(card, "panel")
    column = QVBoxLayout(card)
    column.setContentsMargins(*(theme.scaled(px) for px in (10, 6, 6, 4)))
    column.addWidget(part)
    return card
