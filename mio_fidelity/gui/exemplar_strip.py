"""The study's examples of a scale, to be heard under its page of the manual. Nothing says whose they are."""

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from mio_fidelity.coding import exemplars
from mio_fidelity.coding.exemplars import ExemplarRow
from mio_fidelity.errors import UserError
from mio_fidelity.gui import theme
from mio_fidelity.gui.answer_words import point_words
from mio_fidelity.gui.bars import label
from mio_fidelity.gui.clip_player import ClipPlayer
from mio_fidelity.gui.icons import set_icon
from mio_fidelity.gui.times import format_ms
from mio_fidelity.gui.workbench import EVERYTHING, Workbench, sentence
from mio_fidelity.instrument import Instrument

MOST_ROWS = 4
SHOWN_TABLES = {"exemplar", "rating", "treatment_session", "recording", "client", *EVERYTHING}


class ExemplarStrip(QFrame):
    """The examples of one scale; away while there are none.

    Args:
        bench: The open study.
        key: The key that plays the next one, as the person reads it; empty where there is none.
        parent: Its parent.

    Signals:
        started: An example begins to be heard, so that nothing else should be.
    """

    started = Signal()

    def __init__(self, bench: Workbench, key: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        theme.set_role(self, "foot")
        self._bench = bench
        self._rows: tuple[ExemplarRow, ...] = ()
        self._instrument: Instrument | None = None
        self._scale = ""
        self.clips = ClipPlayer(bench.settings, self)
        self.title, self.remark = label("", "muted"), label("", "alarm")
        self.list, self.play = ExampleList(), QPushButton()
        self._key = key
        self._lay_out()
        self.play.clicked.connect(self.toggle)
        self.list.heard.connect(self._hear)
        self.list.currentRowChanged.connect(lambda _: self._show_state())
        self.clips.changed.connect(lambda _: self._show_state())
        self.clips.remarked.connect(self._remark)
        bench.changed.connect(self._take_change)
        self.hide()

    def show_scale(self, instrument: Instrument, scale: str) -> None:
        """Show the examples of a scale; those of another fall silent."""
        if (instrument, scale) != (self._instrument, self._scale):
            self.clips.stop()
            self._instrument, self._scale = instrument, scale
            self._show()

    def next(self) -> None:
        """Hear the next example of the scale; stop while one is heard."""
        if self.clips.key:
            self.clips.stop()
            # The next press goes on with the one after it.
            self.list.setCurrentRow((self.list.currentRow() + 1) % max(1, self.list.count()))
        else:
            self._hear()

    def toggle(self) -> None:
        """Hear the chosen example, or stop."""
        if self.clips.key:
            self.clips.stop()
        else:
            self._hear()

    @property
    def count(self) -> int:
        """How many examples the scale has."""
        return len(self._rows)

    def forget(self) -> None:
        """Fall silent and show nothing."""
        self.clips.stop()
        self._instrument, self._scale, self._rows = None, "", ()
        self.hide()

    def hideEvent(self, event: QHideEvent) -> None:
        """Out of sight it is silent."""
        super().hideEvent(event)
        self.clips.stop()

    def changeEvent(self, event: QEvent) -> None:
        """Letters of another size need another height."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._fit()

    def _lay_out(self) -> None:
        self.play.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.remark.setWordWrap(True)
        self.remark.hide()
        top = QHBoxLayout()
        top.addWidget(self.title, 1)
        top.addWidget(self.play)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.scaled(12), theme.scaled(6), theme.scaled(8), theme.scaled(6))
        column.setSpacing(theme.scaled(4))
        column.addLayout(top)
        column.addWidget(self.list)
        column.addWidget(self.remark)

    def _take_change(self, changed: frozenset[str]) -> None:
        if self._instrument is not None and changed & SHOWN_TABLES:
            self._show()

    def _show(self) -> None:
        found = self._bench.ask(exemplars.exemplars) if self._bench.has_project else ()
        rows = tuple(row for row in found if row.scale == self._scale)
        if rows != self._rows or self.list.count() != len(rows):
            self._rows = rows
            self._fill()
        self._remark("")
        self.setVisible(bool(rows))
        self._show_state()

    def _fill(self) -> None:
        at = max(0, self.list.currentRow())
        self.list.clear()
        for row in self._rows:
            self.list.addItem(QListWidgetItem(example_words(self._instrument, row)))
        self.list.setCurrentRow(min(at, len(self._rows) - 1))
        self._fit()

    def _fit(self) -> None:
        each = max(theme.scaled(22), self.list.sizeHintForRow(0))
        self.list.setFixedHeight(min(MOST_ROWS, max(1, len(self._rows))) * each + 2)

    def _show_state(self) -> None:
        n = len(self._rows)
        words = self.tr("1 example of this scale") if n == 1 else self.tr("{n} examples of this scale")
        key = self.tr(" · key {key}").format(key=self._key) if self._key else ""
        self.title.setText(words.format(n=n) + key)
        if self.clips.key:
            set_icon(self.play, "pause", self.tr("Stop the example"))
            self.play.setText(self.tr("Stop"))
        else:
            set_icon(self.play, "play", self.tr("Play the chosen example"))
            self.play.setText(self.tr("Play"))
        for at, row in enumerate(self._rows):
            item, playing = self.list.item(at), row.id == self.clips.key
            words = example_words(self._instrument, row)
            item.setText(f"♪ {words}" if playing else words)

    def _hear(self) -> None:
        at = self.list.currentRow()
        if not 0 <= at < len(self._rows):
            return
        try:
            found = self._bench.ask(exemplars.clip, self._rows[at].id, self._bench.project.folder)
        except UserError as error:
            self._remark(sentence(error))
            return
        self._remark("")
        self.started.emit()
        self.clips.play(self._rows[at].id, found.media, found.start_ms, found.end_ms)

    def _remark(self, words: str) -> None:
        self.remark.setText(words)
        self.remark.setVisible(bool(words))


class ExampleList(QListWidget):
    """The examples; Enter or a click plays one.

    Signals:
        heard: The current one is to be heard.
    """

    heard = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        theme.set_role(self, "flat")
        self.setAccessibleName(self.tr("Examples of this scale"))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.clicked.connect(self._take_click)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter plays; the rest moves about."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.heard.emit()
        else:
            super().keyPressEvent(event)

    def _take_click(self, _index: QModelIndex | QPersistentModelIndex) -> None:
        self.heard.emit()


def example_words(instrument: Instrument | None, row: ExemplarRow) -> str:
    """An example in a line: "Fidelity 5 · names the child's feeling · 0:35"."""
    if instrument is None or row.dimension not in instrument.dimensions:
        return ""
    dimension = instrument.dimensions[row.dimension]
    parts = (
        f"{dimension.title} {point_words(dimension, row.point)}",
        row.note or row.text,
        format_ms(row.end_ms - row.start_ms),
    )
    return " · ".join(part for part in parts if part)
