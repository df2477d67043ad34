"""What the points mean, always readable under the form; and where a coder says why she cannot rate."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QPushButton,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from mio_fidelity.answer import Reason
from mio_fidelity.gui import theme
from mio_fidelity.gui.answer_words import reason_words
from mio_fidelity.gui.text_runs import Run, TextRuns

HEIGHT_PX = 80
SHOWN = 3


class AnchorStrip(QFrame):
    """Names the slot in hand, the anchors of its points and what else can be said than a point.

    Args:
        parent: Its parent.
    """

    manual_asked = Signal()
    not_applicable_asked = Signal()
    cannot_rate_asked = Signal()
    clear_asked = Signal()
    reason_chosen = Signal(object)
    reason_left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        theme.set_role(self, "foot")
        self._named: tuple[Run, ...] = ()
        self._question = Run("")
        self._offered = (False, False, False)
        # The strip has one height: words that change at every key press must not lay the page out anew.
        self._title = TextRuns(steady=True)
        self._others = tuple(
            self._quiet(words)
            for words in (self.tr("Not applicable"), self.tr("Cannot rate…"), self.tr("Clear"))
        )
        for button, asked in zip(
            self._others, (self.not_applicable_asked, self.cannot_rate_asked, self.clear_asked), strict=True
        ):
            button.clicked.connect(asked)
        # There is something about this slot in the manual that is not the instrument's.
        self._decided = self._quiet("")
        self._decided.hide()
        self._decided.clicked.connect(self.manual_asked)
        self._back = self._quiet(self.tr("Esc  back"))
        self._back.clicked.connect(self.reason_left)
        self._head = QHBoxLayout()
        self._head.addWidget(self._title, 1)
        for button in (self._decided, *self._others, self._back):
            self._head.addWidget(button)
        self._anchors = tuple(TextRuns(lines=3, steady=True) for _ in range(SHOWN))
        self._reasons = ReasonRow()
        self._reasons.chosen.connect(self.reason_chosen)
        self._reasons.left.connect(self.reason_left)
        self._body = QStackedWidget()
        self._body.addWidget(self._anchor_row())
        self._body.addWidget(self._reasons)
        self._column = QVBoxLayout(self)
        self._column.setSpacing(0)
        self._column.addLayout(self._head)
        self._column.addWidget(self._body, 1)
        self._fit()
        self.leave_reason()

    @property
    def reasons(self) -> "ReasonRow":
        """The row of reasons."""
        return self._reasons

    @property
    def asking(self) -> bool:
        """Whether the row of reasons is open."""
        return self._body.currentWidget() is self._reasons

    @property
    def text(self) -> str:
        """All that can be read in it now."""
        labels = (self._title, *(label for label in self._anchors if not label.isHidden()))
        return "\n".join(label.text() for label in labels)

    def show_slot(
        self, scale: str, dimension: str, question: str, anchors: Sequence[tuple[str, str, str]]
    ) -> None:
        """Show the anchors of one slot.

        Args:
            scale: The scale's number and title.
            dimension: The dimension's title.
            question: What the dimension asks.
            anchors: One to three points: the point, its name or nothing, its anchor or nothing.
        """
        self._named = (Run(scale, bold=True), Run(f" · {dimension}"))
        self._question = Run(f" {question}", theme.SMALL_PX, color="muted")
        if not self.asking:
            self._title.set_runs(*self._named, self._question)
        for label, anchor in zip(self._anchors, [*anchors, *[None] * SHOWN], strict=False):
            label.setVisible(anchor is not None)
            if anchor is not None:
                label.set_runs(*_anchor_runs(*anchor, theme.BASE_PX if len(anchors) == 1 else theme.SMALL_PX))

    def show_decided(self, count: int, key: str) -> None:
        """Say how many decisions of the study are about the slot, and the key that shows them."""
        self._decided.setText(self.tr("✎ Decisions: {n}  {key}").format(n=count, key=key) if count else "")
        words = self.tr("Decisions of this study about this rating: {n}. They stand in the manual.")
        self._decided.setToolTip(words.format(n=count) if count else "")
        self._decided.setVisible(bool(count) and not self.asking)

    def offer(self, not_applicable: bool, cannot_rate: bool, clear: bool) -> None:
        """Show which answers other than a point can be given now."""
        self._offered = (not_applicable, cannot_rate, clear)
        for button, offered in zip(self._others, self._offered, strict=True):
            button.setVisible(offered and not self.asking)
        self._decided.setVisible(bool(self._decided.text()) and not self.asking)
        self._back.setVisible(self.asking)

    def ask_reason(self) -> None:
        """Open the row of reasons and give it the keyboard."""
        self._body.setCurrentWidget(self._reasons)
        self._title.set_runs(*self._named, Run(f" · {self.tr('cannot rate because')}", color="muted"))
        self.offer(*self._offered)
        self._reasons.begin()

    def leave_reason(self) -> None:
        """Show the anchors again."""
        self._body.setCurrentIndex(0)
        self._title.set_runs(*self._named, self._question)
        self.offer(*self._offered)

    def changeEvent(self, event: QEvent) -> None:
        """Take the room the new font needs."""
        if event.type() == QEvent.Type.FontChange:
            self._fit()
        super().changeEvent(event)

    def _fit(self) -> None:
        self.setFixedHeight(theme.scaled(HEIGHT_PX))
        self._column.setContentsMargins(theme.scaled(12), theme.scaled(3), theme.scaled(8), theme.scaled(4))
        self._head.setSpacing(theme.scaled(4))
        self._title.setMinimumHeight(theme.scaled(26))

    def _quiet(self, words: str) -> QPushButton:
        button = QPushButton(words, self)
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        theme.set_role(button, "quiet")
        return button

    def _anchor_row(self) -> QWidget:
        row = QWidget()
        layout = QHBoxLayout(row)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.scaled(12))
        for label in self._anchors:
            label.setAlignment(Qt.AlignmentFlag.AlignTop)
            layout.addWidget(label, 1)
        return row


class ReasonRow(QWidget):
    """Why she cannot rate: 1 to 4, or arrows and Enter; Escape goes back. Playback goes on meanwhile."""

    chosen = Signal(object)
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.scaled(6))
        self.buttons: dict[Reason, QPushButton] = {}
        for digit, reason in enumerate(Reason, start=1):
            button = _ReasonButton(f"{digit}  {reason_words(reason)}", self)
            button.setAccessibleName(self.tr("Cannot rate: {reason}").format(reason=reason_words(reason)))
            button.clicked.connect(lambda _=False, reason=reason: self.chosen.emit(reason))
            theme.set_role(button, "choice")
            self.buttons[reason] = button
            row.addWidget(button)
        row.addStretch(1)

    def begin(self) -> None:
        """Give the keyboard to the first reason."""
        self.buttons[Reason.INAUDIBLE].setFocus(Qt.FocusReason.OtherFocusReason)

    def choose_digit(self, digit: str) -> bool:
        """Choose the reason with this number; False when there is none."""
        reasons = {str(number): reason for number, reason in enumerate(Reason, start=1)}
        if digit in reasons:
            self.chosen.emit(reasons[digit])
        return digit in reasons

    def event(self, event: QEvent) -> bool:
        """Take the row's own keys before a shortcut of the window can."""
        if (
            isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.ShortcutOverride
            and self._means(event)
        ):
            event.accept()
            return True
        return bool(super().event(event))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Digits choose, arrows move, Enter takes, Escape goes back."""
        action = self._means(event)
        buttons = list(self.buttons.values())
        at = next((n for n, button in enumerate(buttons) if button.hasFocus()), 0)
        if action is None:
            super().keyPressEvent(event)
        elif isinstance(action, int):
            buttons[(at + action) % len(buttons)].setFocus(Qt.FocusReason.OtherFocusReason)
        elif action == "take":
            buttons[at].click()
        elif action == "leave":
            self.left.emit()
        else:
            self.choose_digit(action)

    def _means(self, event: QKeyEvent) -> str | int | None:
        """A step to another reason, "take", "leave", a digit, or None for a key that is not ours."""
        keys: dict[int, str | int] = {
            Qt.Key.Key_Left: -1,
            Qt.Key.Key_Right: 1,
            Qt.Key.Key_Return: "take",
            Qt.Key.Key_Enter: "take",
            Qt.Key.Key_Escape: "leave",
        }
        if event.modifiers() not in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier):
            return None
        digit = event.text() if event.text() in ("1", "2", "3", "4") else None
        return keys.get(event.key(), digit)


class _ReasonButton(QPushButton):
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave arrows to the row; a button would move them its own way."""
        if event.key() == Qt.Key.Key_Space:
            super().keyPressEvent(event)
        else:
            event.ignore()


def _anchor_runs(point: str, name: str, anchor: str, px: float) -> tuple[Run, ...]:
    same = not name or anchor.lower().startswith(name.lower())
    lead = Run(f"{point} " if same else f"{point} {name}", px, bold=True)
    return lead, Run(anchor if same or not anchor else f": {anchor}", px)
