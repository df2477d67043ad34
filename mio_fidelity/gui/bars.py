"""The bars above and below every page: where one is, what is stored, the one primary button."""

from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeySequence, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLayout,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from mio_fidelity.gui import theme

LEAST_BAR_PX = 300
CARD_PX = 460


def label(text: str = "", role: str = "", parent: QWidget | None = None) -> QLabel:
    """A label of plain text in a role of the theme."""
    made = QLabel(text, parent)
    made.setTextFormat(Qt.TextFormat.PlainText)
    if role:
        theme.set_role(made, role)
    return made


def choice(words: str) -> QToolButton:
    """A button that stays pressed; a click on it does not take the keyboard from the form."""
    made = QToolButton()
    made.setText(words)
    made.setCheckable(True)
    made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return made


def push_button(words: str, does: Callable[[], None]) -> QPushButton:
    """A button that Enter presses too while it has the keyboard."""
    made = QPushButton(words)
    made.setAutoDefault(True)
    made.clicked.connect(lambda: does())
    return made


def tab_through(widgets: Iterable[QWidget]) -> None:
    """Let Tab go through ``widgets`` as they stand here; what is made late would come last."""
    for one, after in pairwise(widgets):
        QWidget.setTabOrder(one, after)


def card_in_the_middle(page: QWidget, gap: int) -> QVBoxLayout:
    """Put a card into the middle of an empty page.

    Args:
        page: Without a layout yet.
        gap: Between the things on the card, as `theme.scaled` takes it.

    Returns:
        The column of the card.
    """
    # With its parent at once: alone it would be a window, and keep the height of all that is ever on it.
    card = QFrame(page)
    theme.set_role(card, "panel")
    card.setFixedWidth(theme.scaled(CARD_PX))
    column = QVBoxLayout(card)
    edge = theme.scaled(24)
    column.setContentsMargins(edge, edge, edge, edge)
    column.setSpacing(theme.scaled(gap))
    # A row with stretches, not an alignment: only so do wrapped sentences get the height they need.
    row = QHBoxLayout()
    row.addStretch(1)
    row.addWidget(card)
    row.addStretch(1)
    whole = QVBoxLayout(page)
    whole.addStretch(2)
    whole.addLayout(row)
    whole.addStretch(3)
    return column


def lay_out_page(page: QWidget, header: QWidget, body: QLayout, foot: QWidget) -> None:
    """Give ``page`` its bars, and ``body`` all the room between them."""
    whole = QVBoxLayout(page)
    whole.setContentsMargins(0, 0, 0, 0)
    whole.setSpacing(0)
    whole.addWidget(header)
    whole.addLayout(body, 1)
    whole.addWidget(foot)


class HeaderBar(QFrame):
    """Title, then what is good to know, then whose work it is."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        theme.set_role(self, "bar")
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(theme.scaled(14), theme.scaled(4), theme.scaled(14), theme.scaled(4))
        self._row.setSpacing(theme.scaled(12))
        self.setMinimumHeight(theme.scaled(36))
        self.title = label("", "title")
        self._pills: list[QLabel] = []
        self._shown: tuple[object, object] = ((), ())
        # Where the pills of the left begin.
        self._first = 1
        self._right = QHBoxLayout()
        self._row.addWidget(self.title)
        self._row.addStretch(1)
        self._row.addLayout(self._right)

    def show_pills(self, left: Sequence[tuple[str, str]], right: Sequence[tuple[str, str]]) -> None:
        """Show (text, role) pairs as pills; empty texts are left out."""
        if (left, right) == self._shown:
            return
        self._shown = (left, right)
        wanted = [(text, role, False) for text, role in left] + [(text, role, True) for text, role in right]
        for old in self._pills:
            self._row.removeWidget(old)
            old.deleteLater()
        self._pills = []
        at = self._first
        for text, role, to_the_right in wanted:
            if not text:
                continue
            pill = label(text, role)
            pill.setProperty("warns", role == "pill-warn")
            pill.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Maximum)
            self._pills.append(pill)
            if to_the_right:
                self._row.insertWidget(self._row.indexOf(self._right), pill)
            else:
                self._row.insertWidget(at, pill)
                at += 1
        self._fit()

    def minimumSizeHint(self) -> QSize:
        """No page is wider than the screen for the sake of its pills."""
        return QSize(theme.scaled(LEAST_BAR_PX), super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show the pills there is room for."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Where letters are large, pills go, the last first; what warns stays."""
        for pill in self._pills:
            pill.show()
        _hide_last([pill for pill in self._pills if not pill.property("warns")], self._row, self.width())

    def add_left(self, button: QPushButton) -> None:
        """Put a button before the title."""
        self._row.insertWidget(0, button)
        self._first += 1

    def add_right(self, button: QAbstractButton) -> None:
        """Put a button at the far right."""
        self._right.addWidget(button)


class FootBar(QFrame):
    """What is stored, how far the work is, a sentence when something is to be said, the primary button."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        theme.set_role(self, "foot")
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(theme.scaled(14), theme.scaled(4), theme.scaled(14), theme.scaled(4))
        self._row.setSpacing(theme.scaled(18))
        self.saved = label("", "ok")
        self.notice = label("")
        self.notice.setWordWrap(True)
        self.notice.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.notice.hide()
        self._hints: list[QWidget] = []
        self._row.addWidget(self.saved)
        self._row.addWidget(self.notice, 1)
        self._row.addStretch(0)
        self.primary = QPushButton()
        theme.set_role(self.primary, "primary")
        # Enter presses it, where it has the keyboard.
        self.primary.setAutoDefault(True)
        # A click leaves the keyboard where it was.
        self.primary.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._row.addWidget(self.primary)

    def add_fact(self, fact: QWidget) -> None:
        """Put something between what is stored and the sentences."""
        self._row.insertWidget(self._row.indexOf(self.notice), fact)

    def add_strip(self, strip: QWidget) -> None:
        """Put a widget that comes and goes before the primary button."""
        self._row.insertWidget(self._row.indexOf(self.primary), strip)

    def show_hints(self, hints: Sequence[tuple[Sequence[QKeySequence | str], str]]) -> None:
        """Show keys and what they do, where sentences appear when there are some."""
        for old in self._hints:
            self._row.removeWidget(old)
            old.deleteLater()
        self._hints = [_hint(keys, text) for keys, text in hints]
        at = self._row.indexOf(self.notice)
        for offset, hint in enumerate(self._hints):
            self._row.insertWidget(at + offset, hint)
        self.fit()

    def say(self, text: str, role: str = "warn") -> None:
        """Show a sentence in place of the hints; an empty one brings them back."""
        if text == self.notice.text():
            return
        self.notice.setText(text)
        # A word or a sign, so that the colour is not all there is.
        theme.set_role(self.notice, role)
        self.fit()

    def minimumSizeHint(self) -> QSize:
        """No page is wider than the screen for the sake of its hints."""
        return QSize(theme.scaled(LEAST_BAR_PX), super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show the hints there is room for."""
        super().resizeEvent(event)
        self.fit()

    def fit(self) -> None:
        """Show a sentence, or the hints there is room for beside the facts."""
        speaking = bool(self.notice.text())
        self.notice.setVisible(speaking)
        for hint in self._hints:
            hint.setVisible(not speaking)
        self._row.setStretch(self._row.count() - 2, 0 if speaking else 1)
        _hide_last(self._hints, self._row, self.width())


def _hide_last(widgets: Sequence[QWidget], row: QHBoxLayout, width: int) -> None:
    """Hide the last of ``widgets`` until ``row`` fits."""
    for widget in reversed(widgets):
        if row.sizeHint().width() <= width:
            return
        widget.hide()


def _hint(keys: Sequence[QKeySequence | str], text: str) -> QWidget:
    box = QWidget()
    row = QHBoxLayout(box)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(theme.scaled(4))
    for key in keys:
        row.addWidget(label(shown(key), "key"), 0, Qt.AlignmentFlag.AlignVCenter)
    row.addWidget(label(text, "small"))
    return box


def shown(key: QKeySequence | str) -> str:
    """A key as it is written on this system's keyboards; a text that is not one key stays as it is."""
    if isinstance(key, str):
        return key
    return key.toString(QKeySequence.SequenceFormat.NativeText)
