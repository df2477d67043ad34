"""Training: who is held to the standard, the master sessions, the examples. For supervisors."""

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QMenu, QPushButton, QStackedWidget, QTabBar, QVBoxLayout, QWidget

from mio_fidelity.coding import people
from mio_fidelity.errors import UserError
from mio_fidelity.gui import theme
from mio_fidelity.gui.bars import FootBar, HeaderBar, lay_out_page
from mio_fidelity.gui.listing_export import ListingExport
from mio_fidelity.gui.training_coders import TrainingCoders
from mio_fidelity.gui.training_examples import TrainingExamples
from mio_fidelity.gui.training_masters import TrainingMasters
from mio_fidelity.gui.wait_strip import WaitStrip
from mio_fidelity.gui.workbench import EVERYTHING, Workbench, sentence

SHOWN_TABLES = {
    "rating",
    "score",
    "amendment",
    "person",
    "setting",
    "certification",
    "rationale",
    "exemplar",
    "evidence_mark",
    "treatment_session",
    "recording",
    "client",
    *EVERYTHING,
}
# Several changes in a row are one.
PAUSE_MS = 150


def QT_TRANSLATE_NOOP(context: str, text: str) -> str:  # noqa: ARG001
    """Marks ``text`` for the translators; the name is the one their tool looks for."""
    return text


_TABS = (
    QT_TRANSLATE_NOOP("TrainingPage", "Coders"),
    QT_TRANSLATE_NOOP("TrainingPage", "Master sessions"),
    QT_TRANSLATE_NOOP("TrainingPage", "Examples"),
)
CODERS, MASTERS, EXAMPLES = range(3)


class TrainingPage(QWidget):
    """Three tabs, each of which reads the study anew when it is shown.

    Signals:
        left: Back to the list of sessions.
        rating_asked: The id of an own rating to open: master codes to be written.
        compare_asked: The id of a rating to be seen beside the master codes.
    """

    left = Signal()
    rating_asked = Signal(str)
    compare_asked = Signal(str)

    def __init__(self, bench: Workbench, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bench = bench
        self.header, self.foot = HeaderBar(), FootBar()
        self.export = QPushButton(self.tr("Export"))
        self.tabs, self.body = QTabBar(), QStackedWidget()
        self.coders, self.masters = TrainingCoders(bench), TrainingMasters(bench)
        self.examples = TrainingExamples(bench)
        self.wait = WaitStrip()
        self._exporting = ListingExport(self.wait, self)
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._pause.timeout.connect(self._show)
        self._lay_out()
        self._connect()

    def open(self) -> None:
        """Show the open study as it is now."""
        self.foot.say("")
        self._show()
        self._focus()

    def show_tab(self, at: int) -> None:
        """Show another tab."""
        self.tabs.setCurrentIndex(at)

    def forget(self) -> None:
        """Let go of what was read: somebody else may be at the screen next."""
        self._pause.stop()
        self.examples.clips.stop()
        for tab in (self.coders, self.masters, self.examples):
            tab.forget()

    def stop_work(self) -> None:
        """Stop everything, an export too; it leaves an old file as it was."""
        self.forget()
        self.examples.clips.close()
        self._exporting.drop()

    def _lay_out(self) -> None:
        self.header.title.setText(self.tr("Training"))
        self.header.add_right(self.export)
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.setAccessibleName(self.tr("Coders, master sessions, examples"))
        for title in _TABS:
            self.tabs.addTab(QCoreApplication.translate("TrainingPage", title))
        for tab in (self.coders, self.masters, self.examples):
            self.body.addWidget(tab)
        middle = QVBoxLayout()
        middle.setContentsMargins(theme.scaled(14), theme.scaled(4), theme.scaled(14), theme.scaled(8))
        middle.setSpacing(theme.scaled(8))
        middle.addWidget(self.tabs)
        middle.addWidget(self.body, 1)
        lay_out_page(self, self.header, middle, self.foot)
        self.foot.add_strip(self.wait)
        theme.set_role(self.foot.saved, "muted")

    def _connect(self) -> None:
        theme.set_role(self.export, "menu")
        menu = QMenu(self.export)
        menu.addAction(self.tr("This table to Excel…")).triggered.connect(lambda: self._export(excel=True))
        menu.addAction(self.tr("This table as CSV…")).triggered.connect(lambda: self._export(excel=False))
        self.export.setMenu(menu)
        self._bench.changed.connect(self._take_change)
        self._bench.refused.connect(self._take_refusal)
        self._exporting.ended.connect(self.foot.say)
        self.tabs.currentChanged.connect(self._turn_to)
        self.masters.rating_asked.connect(self.rating_asked)
        self.coders.compare_asked.connect(self.compare_asked)
        self.coders.said.connect(self.foot.say)
        self.examples.clips.remarked.connect(lambda words: self.foot.say(words, "alarm"))
        self.foot.primary.clicked.connect(self._press)
        for tab in (self.coders, self.masters, self.examples):
            tab.ready.connect(self._show_foot)
        keys: tuple[tuple[str, Callable[[], object]], ...] = (
            ("Escape", self.left.emit),
            ("F5", self._show),
            ("Ctrl+E", self.export.showMenu),
            ("Ctrl+PgDown", lambda: self._step(1)),
            ("Ctrl+PgUp", lambda: self._step(-1)),
        )
        for key, does in keys:
            shortcut = QShortcut(QKeySequence(key), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(does)

    def _tab(self) -> TrainingCoders | TrainingMasters | TrainingExamples:
        return (self.coders, self.masters, self.examples)[self.tabs.currentIndex()]

    def _take_change(self, changed: frozenset[str]) -> None:
        if self.isVisible() and changed & SHOWN_TABLES:
            self._pause.start()

    def _take_refusal(self, error: UserError) -> None:
        if self.isVisible():
            self.foot.say(sentence(error), "alarm")

    def _turn_to(self) -> None:
        self.foot.say("")
        self.examples.clips.stop()
        self._show()

    def _show(self) -> None:
        if not self._bench.has_project:
            return
        self.header.show_pills(((self._bench.ask(people.study_facts).title, "pill"),), ())
        tab = self._tab()
        self.body.setCurrentWidget(tab)
        try:
            tab.show_study()
        except UserError as error:
            tab.forget()
            self.foot.say(sentence(error), "alarm")
        self._show_foot()

    def _show_foot(self) -> None:
        """The one thing to do next, and how much there is."""
        words, may, said = self._tab().primary()
        self.foot.primary.setText(words)
        self.foot.primary.setEnabled(may)
        self.foot.saved.setText(said)

    def _press(self) -> None:
        self._tab().press()

    def _focus(self) -> None:
        self._tab().focus()

    def _step(self, by: int) -> None:
        self.tabs.setCurrentIndex((self.tabs.currentIndex() + by) % self.tabs.count())
        self._focus()

    def _export(self, excel: bool) -> None:
        shown = self._tab().listing()
        if shown is None or self._exporting.busy:
            return
        if excel:
            self._exporting.excel(shown, self._bench.ask(people.study_facts).title, {})
        else:
            self._exporting.csv(shown)
