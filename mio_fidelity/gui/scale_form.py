"""The rating form: every scale of an instrument, its points, and what they mean."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QFrame, QScrollArea, QVBoxLayout, QWidget

from mio_fidelity.answer import NOT_APPLICABLE, OPEN, Answer, Reason, State, cannot_rate, rated
from mio_fidelity.coding.decisions import Decided
from mio_fidelity.gui import theme
from mio_fidelity.gui.anchor_strip import AnchorStrip
from mio_fidelity.gui.answer_words import point_words, ruled_out_words
from mio_fidelity.gui.scale_rows import LEAST_ROW_PX, MOST_ROW_PX, SECTION_PX, HeaderRow, ScaleRow, SectionRow
from mio_fidelity.gui.scale_slot import Slot
from mio_fidelity.instrument import Dimension, Instrument

Key = tuple[str, str]


class ScaleForm(QFrame):
    """Turns keys and clicks into answers asked for, and shows the answers that are stored.

    Args:
        instrument: What is rated.
        parent: Its parent.

    Attributes:
        answered: Scale key, dimension key and the `Answer` asked for. It is shown only by `show_answers`.
        focused: Scale key and dimension key of the slot the keys now act on.
        hinted: A sentence for the status line, such as why a key did nothing.
        manual_asked: The decisions about the current slot are to be read.
        advance_after_rating: Whether a stored answer moves on to the next slot.
    """

    answered = Signal(str, str, object)
    focused = Signal(str, str)
    hinted = Signal(str)
    manual_asked = Signal()

    def __init__(self, instrument: Instrument, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        theme.set_role(self, "panel")
        self.advance_after_rating = False
        self._instrument = instrument
        self._answers: dict[Key, Answer] = {}
        self._locked = False
        self._decided: tuple[Decided, ...] = ()
        self._manual_key = ""
        self._rows: dict[str, ScaleRow] = {}
        self._slots: dict[Key, Slot] = {}
        self._keys = self._order()
        self._current = self._keys[0]
        self._header = HeaderRow(tuple(instrument.dimensions.values()))
        self._strip = AnchorStrip()
        self._scroll = self._scrolled(self._body())
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 1, 1, 1)
        column.setSpacing(0)
        column.addWidget(self._header)
        column.addWidget(self._scroll, 1)
        column.addWidget(self._strip)
        self._connect()
        self._show_current(self._current)

    @property
    def current(self) -> Key:
        """Scale key and dimension key of the slot the keys act on."""
        return self._current

    def slot(self, scale: str, dimension: str) -> Slot:
        """The slot of one dimension of one scale."""
        return self._slots[scale, dimension]

    def button(self, scale: str, dimension: str, point: int) -> QAbstractButton:
        """The button of one point."""
        return self._slots[scale, dimension].buttons[point]

    def open_slots(self) -> tuple[Key, ...]:
        """The slots that still need an answer, in the order of the form."""
        return tuple(key for key in self._keys if self._answer(key) == OPEN and self._slots[key].answerable)

    def show_answers(self, answers: Mapping[Key, Answer], marks: Mapping[str, int], locked: bool) -> None:
        """Show what is stored; only what differs from before is painted.

        Args:
            answers: (scale key, dimension key) to answer; a missing one is open.
            marks: Scale key to the number of evidence marks on it.
            locked: Whether the rating can only be read.
        """
        other = {scale for (scale, _), _ in answers.items() ^ self._answers.items()}
        if locked != self._locked:
            other = set(self._rows)
        self._answers, self._locked = dict(answers), locked
        self._header.show_locked(locked)
        if locked:
            self._strip.leave_reason()
        for scale, row in self._rows.items():
            row.show_marks(marks.get(scale, 0))
            if scale not in other:
                continue
            own = {dimension: self._answer((scale, dimension)) for dimension in row.slots}
            for dimension, slot in row.slots.items():
                reason = ruled_out_words(self._instrument, dimension, own)
                slot.show_answer(own[dimension], reason, locked)
        self._show_anchors()

    def show_decisions(self, found: Sequence[Decided], key: str) -> None:
        """Mark, beside the anchors, the slots that decisions are about.

        Args:
            found: The decisions that hold for the rating.
            key: The key that shows them, as it is written.
        """
        self._decided, self._manual_key = tuple(found), key
        self._show_anchors()

    def focus_slot(self, scale: str, dimension: str) -> None:
        """Give a slot the keyboard."""
        self._slots[scale, dimension].setFocus(Qt.FocusReason.OtherFocusReason)
        self._enter((scale, dimension))

    def focus_next(self) -> None:
        """Go to the next slot that can be answered; stay at the last."""
        self._step(1)

    def focus_previous(self) -> None:
        """Go to the slot before that can be answered; stay at the first."""
        self._step(-1)

    def move_scale(self, by: int) -> None:
        """Go ``by`` scales down (or up, when negative), to the same dimension where there is one."""
        scales = list(self._rows)
        at = scales.index(self._current[0]) + by
        if 0 <= at < len(scales):
            row, dimension = self._rows[scales[at]], self._current[1]
            self.focus_slot(scales[at], dimension if dimension in row.slots else next(iter(row.slots)))

    def rate_key(self, text: str) -> None:
        """Do what a digit key means now: a point, "not applicable", or the reason being asked."""
        if self._strip.asking:
            self._strip.reasons.choose_digit(text)
            return
        dimension = self._dimension(self._current)
        point = dimension.point_for_key(text)
        if point is not None:
            self._ask(rated(point))
        elif text == "0" and dimension.zero_is_free:
            self.choose_not_applicable()
        else:
            low, high = dimension.points[0], dimension.points[-1]
            words = self.tr("{dimension} goes from {low} to {high}; key {key} gives no point.")
            self.hinted.emit(
                words.format(
                    dimension=dimension.title,
                    low=point_words(dimension, low),
                    high=point_words(dimension, high),
                    key=text,
                )
            )

    def choose_not_applicable(self) -> None:
        """Ask for "not applicable" on the current slot, where the instrument leaves that to the coder."""
        rule = self._instrument.not_applicable[self._current[1]]
        if rule.coder_may_choose or self._locked or self._slots[self._current].ruled_out_by:
            self._ask(NOT_APPLICABLE)
            return
        words = self.tr("{dimension} always applies. If it cannot be heard, say that you cannot rate it.")
        if rule.when is not None:
            words = self.tr(
                "{dimension} becomes not applicable by itself, by a rule of the manual. "
                "If it cannot be heard, say that you cannot rate it."
            )
        self.hinted.emit(words.format(dimension=self._dimension(self._current).title))

    def ask_reason(self) -> None:
        """Ask, under the form, why the current slot cannot be rated; digits then choose the reason."""
        if self._may_answer():
            self._strip.ask_reason()

    def choose_cannot_rate(self, reason: Reason) -> None:
        """Ask for "cannot rate" on the current slot."""
        self._ask(cannot_rate(reason))

    def clear_current(self) -> None:
        """Ask for the current slot to be open again."""
        if self._answer(self._current) != OPEN:
            self._ask(OPEN)

    def changeEvent(self, event: QEvent) -> None:
        """Keep the current slot in sight when the font changes."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            QTimer.singleShot(0, self, self._spread)
            QTimer.singleShot(0, self, self._keep_in_sight)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the height among the rows."""
        super().resizeEvent(event)
        self._spread()

    def _spread(self) -> None:
        """Share the height among the rows, between the least and the most they look well with."""
        strip, header = self._strip.height(), max(self._header.height(), self._header.minimumHeight())
        sections = len(self._instrument.domains) * theme.scaled(SECTION_PX)
        each = (self.height() - 2 - strip - header - sections) // max(1, len(self._rows))
        for row in self._rows.values():
            row.setMinimumHeight(max(theme.scaled(LEAST_ROW_PX), min(each, theme.scaled(MOST_ROW_PX))))

    def _order(self) -> tuple[Key, ...]:
        """The slots as Tab meets them."""
        return self._instrument.slots()

    def _body(self) -> QWidget:
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self._fill(column, body)
        column.addStretch(1)
        return body

    def _fill(self, column: QVBoxLayout, body: QWidget) -> None:
        """Put the headings and the rows into ``column``."""
        dimensions = tuple(self._instrument.dimensions.values())
        for domain in self._instrument.domains:
            column.addWidget(SectionRow(domain, body))
            for scale in domain.scales:
                self._add(column, ScaleRow(domain, scale, dimensions, body))

    def _add(self, column: QVBoxLayout, row: ScaleRow) -> None:
        column.addWidget(row)
        self._rows[row.key] = row
        self._slots.update({(row.key, dimension): slot for dimension, slot in row.slots.items()})

    def _scrolled(self, body: QWidget) -> QScrollArea:
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(body)
        body.setAutoFillBackground(False)
        scroll.viewport().setAutoFillBackground(False)
        return scroll

    def _connect(self) -> None:
        for key, slot in self._slots.items():
            slot.entered.connect(lambda key=key: self._enter(key))
            slot.pointed.connect(lambda point, key=key: self._show_anchors(key, point))
            slot.clicked.connect(lambda point, key=key: self._click(key, point))
        bar = self._scroll.verticalScrollBar()
        bar.rangeChanged.connect(
            lambda _, most: self._header.leave_free(bar.sizeHint().width() if most else 0)
        )
        self._strip.not_applicable_asked.connect(self.choose_not_applicable)
        self._strip.cannot_rate_asked.connect(self.ask_reason)
        self._strip.clear_asked.connect(self.clear_current)
        self._strip.reason_chosen.connect(self._take_reason)
        self._strip.reason_left.connect(self._leave_reason)
        self._strip.manual_asked.connect(self.manual_asked)

    def _click(self, key: Key, point: int) -> None:
        self.focus_slot(*key)
        self._ask(rated(point))

    def _take_reason(self, reason: Reason) -> None:
        self._leave_reason()
        self.choose_cannot_rate(reason)

    def _leave_reason(self) -> None:
        self._strip.leave_reason()
        self.focus_slot(*self._current)

    def _ask(self, answer: Answer) -> None:
        if not self._may_answer():
            return
        key = self._current
        self.answered.emit(*key, answer)
        if self.advance_after_rating and answer.state is not State.OPEN and self._answer(key) == answer:
            self.focus_next()

    def _may_answer(self) -> bool:
        """Whether the current slot takes an answer; says why when not."""
        by = self._slots[self._current].ruled_out_by
        if self._locked:
            self.hinted.emit(self.tr("This rating is submitted. You can read it, not change it."))
        elif by:
            words = self.tr("{dimension} is not applicable here because {reason}.")
            self.hinted.emit(words.format(dimension=self._dimension(self._current).title, reason=by))
        return not self._locked and not by

    def _enter(self, key: Key) -> None:
        self._strip.leave_reason()
        if key == self._current:
            self._keep_in_sight()
            return
        self._show_current(key)
        self.focused.emit(*key)

    def _show_current(self, key: Key) -> None:
        for which, on in ((self._current, False), (key, True)):
            self._rows[which[0]].set_current(on)
            self._slots[which].set_current(on)
        self._current = key
        self._show_anchors()
        self._keep_in_sight()

    def _keep_in_sight(self) -> None:
        row = self._rows[self._current[0]]
        self._scroll.ensureWidgetVisible(row, 0, theme.scaled(24))

    def _step(self, by: int) -> None:
        at = self._keys.index(self._current) + by
        while 0 <= at < len(self._keys):
            if self._slots[self._keys[at]].answerable:
                self.focus_slot(*self._keys[at])
                return
            at += by

    def _show_anchors(self, key: Key | None = None, pointed: int | None = None) -> None:
        """Explain the point under the mouse, else the point given, else low, middle and high."""
        key = key if key is not None and pointed is not None else self._current
        dimension, row = self._dimension(key), self._rows[key[0]]
        point = pointed if pointed is not None else self._answer(key).value
        anchors = [
            (point_words(dimension, each), _name(dimension, each), self._instrument.anchor(*key, each))
            for each in self._explaining(key, point)
        ]
        self._strip.show_slot(row.name, dimension.title, dimension.question, anchors)
        about = [each for each in self._decided if each.concerns(*key)]
        self._strip.show_decided(len(about), self._manual_key)
        may = not self._locked and not self._slots[self._current].ruled_out_by
        chosen = self._instrument.not_applicable[self._current[1]].coder_may_choose
        self._strip.offer(may and chosen, may, may and self._answer(self._current) != OPEN)

    def _explaining(self, key: Key, point: int | None) -> list[int]:
        """The points whose anchors explain ``point``: itself, or its neighbours when it has no anchor."""
        points = self._dimension(key).points
        written = [each for each in points if self._instrument.anchor(*key, each)] or list(points)
        if point is None:
            return sorted({written[0], written[len(written) // 2], written[-1]})
        if point in written:
            return [point]
        below = [each for each in written if each < point][-1:]
        return [*below, point, *[each for each in written if each > point][:1]]

    def _answer(self, key: Key) -> Answer:
        return self._answers.get(key, OPEN)

    def _dimension(self, key: Key) -> Dimension:
        return self._instrument.dimensions[key[1]]


def _name(dimension: Dimension, point: int) -> str:
    ends = {dimension.points[-1]: dimension.high_label, dimension.floor: dimension.low_label}
    return dimension.names.get(point) or ends.get(point, "")
