"""Two parts of a meeting's minutes: what was talked about, and what was decided."""

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, QRect, QSize, Qt, Signal
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import (
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from mio_fidelity.coding import discuss, meetings
from mio_fidelity.coding.decisions import Decided
from mio_fidelity.coding.discuss import Topic
from mio_fidelity.coding.meetings import Minutes
from mio_fidelity.gui import theme
from mio_fidelity.gui.ask_dialog import ask
from mio_fidelity.gui.bars import label
from mio_fidelity.gui.decision_notes import long_day
from mio_fidelity.gui.dialogs import sentence_label
from mio_fidelity.gui.meeting_dialogs import TakeUpDialog
from mio_fidelity.gui.workbench import Workbench

translate = QCoreApplication.translate
LEAST_LIST_PX = 44
# What the style leaves free beside and between lines.
SIDE_PX, BETWEEN_PX = 26, 13


class Lines(QListWidget):
    """A list as high as its lines, which wrap; it scrolls where there is less room."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWordWrap(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMinimumHeight(theme.scaled(LEAST_LIST_PX))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)

    def sizeHint(self) -> QSize:
        """All the lines."""
        heights = (self.item(at).sizeHint().height() for at in range(self.count()))
        return QSize(theme.scaled(200), sum(heights) + 2)

    def fit(self) -> None:
        """Give each line the height its words need; Qt's own reckoning forgets what the style adds."""
        room = QRect(0, 0, max(1, self.viewport().width() - theme.scaled(SIDE_PX)), 0)
        wraps = int(Qt.TextFlag.TextWordWrap)
        for at in range(self.count()):
            needed = self.fontMetrics().boundingRect(room, wraps, self.item(at).text()).height()
            self.item(at).setSizeHint(QSize(0, needed + theme.scaled(BETWEEN_PX)))
        self.updateGeometry()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width wraps the words elsewhere."""
        super().resizeEvent(event)
        self.fit()


class ListPanel(QWidget):
    """A title with buttons that add, a list, and buttons for the line that is chosen."""

    def __init__(self, title: str, nothing: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.list = Lines()
        self.list.setAccessibleName(title)
        self.empty = sentence_label(nothing, "muted")
        self.empty.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._head, self._foot = QHBoxLayout(), QHBoxLayout()
        self._head.addWidget(label(title, "title"))
        self._head.addStretch(1)
        self._foot.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.scaled(6))
        column.addLayout(self._head)
        column.addWidget(self.empty)
        column.addWidget(self.list)
        column.addLayout(self._foot)
        column.addStretch(1)
        self.list.currentRowChanged.connect(self._show_buttons)

    def show_lines(self, lines: Sequence[str]) -> None:
        """Show these; the place in the list stays."""
        at = max(0, self.list.currentRow())
        self.list.clear()
        for line in lines:
            QListWidgetItem(line, self.list)
        self.list.fit()
        self.list.setCurrentRow(min(at, len(lines) - 1))
        self.list.setVisible(bool(lines))
        self.empty.setVisible(not lines)
        self._show_buttons()

    def _add(self, words: str, below: bool = False) -> QPushButton:
        button = QPushButton(words)
        if below:
            self._foot.insertWidget(self._foot.count() - 1, button)
        else:
            self._head.addWidget(button)
        return button

    def _on_key(self, keys: str, button: QPushButton) -> None:
        shortcut = QShortcut(QKeySequence(keys), self.list)
        shortcut.setContext(Qt.ShortcutContext.WidgetShortcut)
        shortcut.activated.connect(button.click)

    def _show_buttons(self, *_: object) -> None:
        """Only what can be done with the chosen line."""


class TalkedPanel(ListPanel):
    """Lines of the list to discuss that were taken in, and other sessions.

    Signals:
        looked_for: Id of a session, and the key of a scale or nothing.
    """

    looked_for = Signal(str, str)

    def __init__(self, bench: Workbench, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Talked about"), self.tr("No session yet."), parent)
        self._bench = bench
        self._minutes: Minutes | None = None
        self._waiting: Sequence[Topic] = ()
        self._others: tuple[str, ...] = ()
        self.take_up = self._add("")
        self.session = self._add(self.tr("A session…"))
        self.go = self._add(self.tr("Go to it"), below=True)
        self.settled = self._add(self.tr("Settled"), below=True)
        self.out = self._add("", below=True)
        self.take_up.clicked.connect(self._ask_topics)
        self.session.clicked.connect(self._ask_session)
        self.go.clicked.connect(self._go)
        self.settled.clicked.connect(self._settle)
        self.out.clicked.connect(self._take_out)
        self.list.itemDoubleClicked.connect(self._go)
        for keys, button in (("Return", self.go), ("Enter", self.go), ("Delete", self.out)):
            self._on_key(keys, button)
        self._show_buttons()

    def show_minutes(self, found: Minutes, waiting: Sequence[Topic]) -> None:
        """Show what a meeting talked about.

        Args:
            found: The meeting.
            waiting: What is on the list and could be taken in.
        """
        self._minutes, self._waiting = found, waiting
        talked = {topic.session_id for topic in found.topics}
        self._others = tuple(each for each in found.sessions if each not in talked)
        lines = [self._words(topic) for topic in found.topics]
        self.show_lines([*lines, *(found.sessions[each] for each in self._others)])

    def _words(self, topic: Topic) -> str:
        state = self.tr("✔ settled") if topic.settled else self.tr("○ open")
        where = " · ".join(part for part in (topic.label, topic.title, state) if part)
        note = self.tr("{note} ({code})").format(note=topic.note or self.tr("no note"), code=topic.by)
        return f"{where}\n{note}"

    def _show_buttons(self, *_: object) -> None:
        topic, session = self._chosen()
        self.take_up.setText(self.tr("From the list: {n}…").format(n=len(self._waiting)))
        self.take_up.setEnabled(bool(self._waiting))
        for button in (self.go, self.settled, self.out):
            button.setVisible(topic is not None or session is not None)
        self.settled.setEnabled(topic is not None and not topic.settled)
        self.out.setText(self.tr("Back on the list") if topic is not None else self.tr("Take out"))

    def _chosen(self) -> tuple[Topic | None, str | None]:
        """The line as what it is: from the list, or a session."""
        at = self.list.currentRow()
        if self._minutes is None or at < 0:
            return None, None
        topics = self._minutes.topics
        if at < len(topics):
            return topics[at], None
        rest = at - len(topics)
        return None, self._others[rest] if rest < len(self._others) else None

    def _ask_topics(self) -> None:
        if self._minutes is None:
            return
        meeting_id = self._minutes.id
        dialog = TakeUpDialog(self._waiting, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.taken.connect(lambda ids: self._bench.do(discuss.take_up, meeting_id, ids))
        dialog.open()

    def _ask_session(self) -> None:
        if self._minutes is None:
            return
        found = self._minutes
        every = self._bench.ask(meetings.session_labels)
        choices = [(words, each) for each, words in every.items() if each not in found.sessions]
        if choices:
            words = self.tr("Which session was talked about?")
            dialog = ask(self, self.tr("A session"), words, self.tr("Add"), choices)
            dialog.answered.connect(lambda each: self._set_sessions(found.id, (*self._others, str(each))))

    def _set_sessions(self, meeting_id: str, sessions: Sequence[str]) -> None:
        self._bench.do(meetings.set_sessions, meeting_id, sessions)

    def _go(self, *_: object) -> None:
        topic, session = self._chosen()
        if topic is not None:
            self.looked_for.emit(topic.session_id, topic.scale or "")
        elif session is not None:
            self.looked_for.emit(session, "")

    def _settle(self) -> None:
        topic, _ = self._chosen()
        if topic is not None:
            self._bench.do(discuss.settle, topic.id)

    def _take_out(self) -> None:
        topic, session = self._chosen()
        if topic is not None:
            self._bench.do(discuss.put_back, topic.id)
        elif session is not None and self._minutes is not None:
            left = [each for each in self._others if each != session]
            self._set_sessions(self._minutes.id, left)


class DecidedPanel(ListPanel):
    """What a meeting decided, and what became of it.

    Signals:
        decide_asked: Something is to be decided.
    """

    decide_asked = Signal()

    def __init__(self, bench: Workbench, parent: QWidget | None = None) -> None:
        nothing = self.tr("Nothing yet. What is decided about a scale, coders read in the manual.")
        super().__init__(self.tr("Decided"), nothing, parent)
        self._bench = bench
        self._found: tuple[Decided, ...] = ()
        self.decide = self._add(self.tr("Decide…"))
        self.withdraw = self._add(self.tr("Withdraw…"), below=True)
        self.decide.clicked.connect(self.decide_asked)
        self.withdraw.clicked.connect(self._withdraw)
        self._on_key("Delete", self.withdraw)
        self._show_buttons()

    def show_decisions(self, found: tuple[Decided, ...]) -> None:
        """Show these decisions."""
        self._found = found
        self.show_lines([self._words(each) for each in found])

    def _words(self, found: Decided) -> str:
        state = ""
        if found.withdrawn_on is not None:
            state = self.tr("withdrawn {day}").format(day=long_day(found.withdrawn_on))
        since = self.tr("Since {day}").format(day=long_day(found.since))
        scale = found.scale_title or self.tr("all scales")
        head = " · ".join(part for part in (since, scale, found.dimension_title, state) if part)
        return f"{head}\n{found.text}"

    def _show_buttons(self, *_: object) -> None:
        at = self.list.currentRow()
        chosen = self._found[at] if 0 <= at < len(self._found) else None
        self.withdraw.setVisible(chosen is not None)
        self.withdraw.setEnabled(chosen is not None and chosen.withdrawn_on is None)

    def _withdraw(self) -> None:
        at = self.list.currentRow()
        if 0 <= at < len(self._found):
            ask_withdraw(self, self._bench, self._found[at].id, self._found[at].text)


def ask_withdraw(window: QWidget, bench: Workbench, decision_id: str, text: str) -> None:
    """Ask once, and withdraw a decision."""
    words = translate(
        "Meetings",
        "Withdraw “{text}”? Ratings begun from now on are rated without it. "
        "It still holds for what was begun before, and stays in the history.",
    )
    title, does = translate("Meetings", "Withdraw a decision"), translate("Meetings", "Withdraw")
    dialog = ask(window, title, words.format(text=text), does)
    dialog.answered.connect(lambda _: bench.do(meetings.withdraw_decision, decision_id))
