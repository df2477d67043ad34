"""The widgets of the counselors' page, and where they stand."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import (
    QBoxLayout,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from mio_fidelity.analysis.counselor_results import CounselorReport, Rule
from mio_fidelity.gui import icons, theme
from mio_fidelity.gui.bars import FootBar, HeaderBar, label
from mio_fidelity.gui.counselor_list import CounselorList
from mio_fidelity.gui.counselor_view import CounselorView
from mio_fidelity.gui.counselor_words import share_words
from mio_fidelity.gui.dialogs import sentence_label
from mio_fidelity.gui.wait_strip import WaitStrip
from mio_fidelity.gui.workbench import said

LIST_PX = 530


class CounselorsWidgets(QWidget):
    """Everything that is seen."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.header, self.foot = HeaderBar(), FootBar()
        self.back = QPushButton()
        self.criterion = QPushButton(self.tr("Criterion…"))
        self.feedback = QPushButton(self.tr("Feedback sheet…"))
        self.export = QPushButton(self.tr("Export"))
        self.dimension, self.rule, self.edition = QComboBox(), QComboBox(), QComboBox()
        self.edition_label = label(self.tr("Edition"), "muted")
        self.list, self.view = CounselorList(), CounselorView()
        self.wait, self.export_wait = WaitStrip(), WaitStrip()
        self.used, self.rule_words = label("", "small"), sentence_label("", "small")
        self.why_nothing = label("", "title")
        self.first_step = label("", "muted")
        self.body = QStackedWidget()
        self._menu = QMenu(self.export)
        self._dress()
        self._lay_out()

    def add_export(self, words: str, does: Callable[[], None]) -> None:
        """One more way to export."""
        self._menu.addAction(words).triggered.connect(lambda _=False: does())

    def offer_editions(self, editions: Sequence[tuple[str, str]]) -> None:
        """Let choose among editions where there are several."""
        kept = self.edition.currentData()
        with QSignalBlocker(self.edition):
            self.edition.clear()
            self.edition.addItem(self.tr("the one most used"), None)
            for sha256, title in editions:
                self.edition.addItem(title, sha256)
            self.edition.setCurrentIndex(max(0, self.edition.findData(kept)))
        for widget in (self.edition, self.edition_label):
            widget.setVisible(len(editions) > 1)

    def offer_dimensions(self, report: CounselorReport) -> None:
        """The dimensions of the instrument; the one in front stays."""
        kept = self.dimension.currentData()
        with QSignalBlocker(self.dimension):
            self.dimension.clear()
            for key, dimension in report.instrument.dimensions.items():
                self.dimension.addItem(dimension.title, key)
            self.dimension.setCurrentIndex(max(0, self.dimension.findData(kept)))

    def show_report(self, report: CounselorReport) -> None:
        """The facts above and below."""
        sessions = sum(len(line.sessions) for line in report.counselors)
        people = len(report.counselors)
        who = self.tr("1 counselor") if people == 1 else self.tr("{n} counselors")
        what = self.tr("1 coded session") if sessions == 1 else self.tr("{n} coded sessions")
        pills = (
            who.format(n=people),
            what.format(n=sessions),
            share_words(report, report.share) if report.bands else self.tr("no criterion chosen"),
        )
        self.header.show_pills(tuple((text, "pill") for text in pills), ())
        self.rule_words.setText(said(report.rule))
        made = report.instrument
        words = self.tr("{title}, edition {edition}").format(title=made.title, edition=made.edition)
        self.used.setText(f"{made.banner} · {words}" if made.banner else words)
        self.body.setCurrentIndex(0)

    def show_nothing(self, why: str) -> None:
        """Say why there is nothing, and what comes first."""
        self.why_nothing.setText(why)
        self.first_step.setText(
            self.tr(
                "Here you see how faithful the sessions of each counselor are, once coders have rated them.\n"
                "First step: give sessions that name their counselor to coders to rate."
            )
        )
        self.rule_words.setText("")
        self.used.setText("")
        self.body.setCurrentIndex(1)

    def _dress(self) -> None:
        icons.set_icon(self.back, "queue", self.tr("Back to the sessions (Esc)"))
        self.header.title.setText(self.tr("Counselors"))
        self.header.add_left(self.back)
        for button in (self.criterion, self.feedback, self.export):
            self.header.add_right(button)
            button.setAutoDefault(True)
        self.criterion.setToolTip(
            self.tr("What the study itself asks of a session; none unless you choose one")
        )
        self.feedback.setToolTip(self.tr("One page for the counselor that is chosen, without client detail"))
        theme.set_role(self.export, "menu")
        self.export.setMenu(self._menu)
        self.dimension.setAccessibleName(self.tr("Dimension"))
        self.rule.setAccessibleName(self.tr("Scores of a session"))
        self.edition.setAccessibleName(self.tr("Edition of the instrument"))
        for rule, words in (
            (Rule.CONSENSUS, self.tr("consensus, else the mean")),
            (Rule.MEAN, self.tr("mean of independent ratings")),
            (Rule.FIRST, self.tr("first rating")),
        ):
            self.rule.addItem(words, rule.value)
        theme.set_role(self.foot.saved, "muted")
        self.foot.primary.hide()
        self.foot.setMinimumHeight(theme.scaled(38))

    def _lay_out(self) -> None:
        figures = QWidget()
        around = QVBoxLayout(figures)
        around.setContentsMargins(*(theme.scaled(px) for px in (14, 8, 14, 10)))
        around.setSpacing(theme.scaled(8))
        around.addLayout(self._choices())
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setHandleWidth(theme.scaled(14))
        split.setChildrenCollapsible(False)
        panel = QWidget()
        theme.set_role(panel, "panel")
        inner = QVBoxLayout(panel)
        inner.setContentsMargins(1, 1, 1, 1)
        inner.addWidget(self.list)
        split.addWidget(panel)
        split.addWidget(self.view)
        split.setStretchFactor(0, 1)
        split.setStretchFactor(1, 3)
        split.setSizes([theme.scaled(LIST_PX), theme.scaled(1366 - LIST_PX)])
        around.addWidget(split, 1)
        self.body.addWidget(figures)
        self.body.addWidget(self._nothing_page())
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self.header)
        whole.addWidget(self.body, 1)
        whole.addWidget(self.foot)
        row = self.foot.layout()
        assert isinstance(row, QBoxLayout)
        row.insertWidget(1, self.wait)
        row.insertWidget(2, self.export_wait)
        row.addWidget(self.used)

    def _choices(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(theme.scaled(6))
        pairs: tuple[tuple[QLabel, QWidget], ...] = (
            (label(self.tr("Dimension"), "muted"), self.dimension),
            (label(self.tr("A session counts with"), "muted"), self.rule),
            (self.edition_label, self.edition),
        )
        for words, widget in pairs:
            words.setBuddy(widget)
            row.addWidget(words)
            row.addWidget(widget)
            row.addSpacing(theme.scaled(12))
        row.addWidget(self.rule_words, 1)
        return row

    def _nothing_page(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setSpacing(theme.scaled(12))
        column.addStretch(2)
        for words in (self.why_nothing, self.first_step):
            words.setWordWrap(True)
            words.setAlignment(Qt.AlignmentFlag.AlignCenter)
            column.addWidget(words)
        column.addStretch(3)
        return page
