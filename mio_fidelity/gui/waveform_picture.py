"""How a recording is drawn: everything about the waveform that stands still while it plays."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen, QPixmap, QPolygonF

from mio_fidelity.gui import theme
from mio_fidelity.gui.envelope import envelope
from mio_fidelity.gui.theme import Tokens
from mio_fidelity.gui.timeline import TimeWindow
from mio_fidelity.gui.times import format_ms

if TYPE_CHECKING:
    from mio_fidelity.media.peaks import Peaks

MARGIN = 8
_TRIANGLE = 7.0


@dataclass(frozen=True)
class WaveMark:
    """An evidence mark under the waveform.

    Attributes:
        id: What the widget says when the mark is chosen.
        at_ms: Where it is in the recording.
        number: The scale's number; always shown with the colour.
        color_key: The domain whose colour it wears.
        note: What the coder wrote, shown as a tool tip.
        color: The colour the instrument file asks for when the domain is none of the known ones.
        letter: Of the coder, where marks of several are shown; each letter has a shape of its own.
    """

    id: str
    at_ms: int
    number: int
    color_key: str
    note: str = ""
    color: str = ""
    letter: str = ""

    @property
    def label(self) -> str:
        """What is written under it."""
        return f"{self.number}{self.letter}"


@dataclass(frozen=True)
class Scene:
    """All that is shown of a recording except the playhead."""

    window: TimeWindow = field(default_factory=lambda: TimeWindow.whole(0))
    peaks: "Peaks | None" = None
    gain: float = 1.0
    heard: Sequence[tuple[int, int]] = ()
    marks: Sequence[WaveMark] = ()
    loop: tuple[int | None, int | None] = (None, None)
    borders: Sequence[int] = ()
    message: str = ""


@dataclass(frozen=True)
class Lanes:
    """Where the parts of the picture lie, from top to bottom."""

    ruler: QRectF
    wave: QRectF
    marks: QRectF
    heard: QRectF
    overview: QRectF | None

    @classmethod
    def of(cls, size: QSize, zoomed_in: bool) -> "Lanes":
        """The lanes of a widget of this size; the overview takes room only when it says something."""
        text = QFontMetricsF(theme.font(theme.SMALLEST_PX)).height()
        bar, gap, left = float(theme.scaled(7)), float(theme.scaled(4)), float(MARGIN)
        width = max(1.0, size.width() - 2 * left)
        overview = QRectF(left, size.height() - gap - 2 * bar, width, 2 * bar) if zoomed_in else None
        heard_top = (overview.top() if overview else size.height() - gap) - gap / 2 - bar
        marks_height = theme.scaled(_TRIANGLE) + text
        marks_top = heard_top - gap / 2 - marks_height
        ruler = QRectF(left, gap / 2, width, text + gap / 2)
        wave = QRectF(left, ruler.bottom(), width, max(1.0, marks_top - ruler.bottom()))
        marks = QRectF(left, marks_top, width, marks_height)
        return cls(ruler, wave, marks, QRectF(left, heard_top, width, bar), overview)


def pictures(scene: Scene, size: QSize, ratio: float, now: Tokens) -> tuple[QPixmap, QPixmap]:
    """The whole scene, ready to be put on the screen: as it looks right and as it looks left of the playhead.

    Args:
        scene: What to draw.
        size: Of the widget, in its own pixels.
        ratio: Dots of the screen per pixel.
        now: The colours.
    """
    ahead = QPixmap(size * ratio)
    ahead.setDevicePixelRatio(ratio)
    ahead.fill(now.panel)
    lanes = Lanes.of(size, scene.window.zoomed_in)
    painter = _painter(ahead)
    if scene.window.duration_ms:
        _ruler(painter, scene, lanes, now)
        _loop(painter, scene, lanes, now)
        _marks(painter, scene, lanes.marks, now)
    if lanes.overview is not None:
        _overview(painter, scene, lanes.overview, now)
    painter.end()
    played = ahead.copy()
    for pixmap, color, thickness in ((ahead, now.wave_ahead, 2), (played, now.wave, 4)):
        painter = _painter(pixmap)
        _wave(painter, scene, lanes.wave, color, thickness)
        _message(painter, scene, lanes.wave, now)
        _borders(painter, scene, lanes.wave, now)
        painter.end()
    return ahead, played


def paint_heard(painter: QPainter, scene: Scene, lane: QRectF, dirty: QRect, now: Tokens) -> None:
    """The thin bar of what was listened to: thick where heard, a thread elsewhere, legible without colour.

    Args:
        painter: On the widget itself: this part changes while the recording plays.
        scene: What to draw.
        lane: Where.
        dirty: What of the widget is being painted; the rest is left out.
        now: The colours.
    """
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(now.line)
    thread = lane.height() / 3
    painter.drawRoundedRect(lane.adjusted(0, thread, 0, -thread), thread / 2, thread / 2)
    painter.setBrush(now.heard)
    window = scene.window
    for begin, end in scene.heard:
        left = max(lane.left(), lane.left() + window.x(begin, lane.width()))
        right = min(lane.right(), lane.left() + window.x(end, lane.width()))
        if right > left and right >= dirty.left() and left <= dirty.right() + 1:
            stretch = QRectF(left, lane.top(), max(1.0, right - left), lane.height())
            painter.drawRoundedRect(stretch, min(3.0, stretch.width() / 2), 3.0)


def paint_head(painter: QPainter, scene: Scene, lanes: Lanes, ms: int, time: str, now: Tokens) -> None:
    """The playhead, here and in the overview.

    Args:
        painter: On the widget itself.
        scene: What is shown.
        lanes: Where.
        ms: Where the playhead is.
        time: What to write beside it while it is dragged, empty otherwise.
        now: The colours.
    """
    window = scene.window
    painter.setPen(QPen(now.playhead, 2))
    if lanes.overview is not None:
        lane = lanes.overview
        x = lane.left() + TimeWindow.whole(window.duration_ms).x(ms, lane.width())
        painter.drawLine(QPointF(x, lane.top()), QPointF(x, lane.bottom()))
    if not window.shows(ms):
        return
    x = lanes.wave.left() + window.x(ms, lanes.wave.width())
    top = lanes.ruler.bottom() - 5
    painter.drawLine(QPointF(x, top), QPointF(x, lanes.wave.bottom() + 5))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(now.playhead)
    painter.drawPolygon(QPolygonF([QPointF(x - 4.5, top), QPointF(x + 4.5, top), QPointF(x, top + 6)]))
    if time:
        _bubble(painter, lanes.wave, x, time, now)


def _bubble(painter: QPainter, lane: QRectF, x: float, words: str, now: Tokens) -> None:
    painter.setFont(theme.font(theme.SMALL_PX, bold=True))
    metrics = QFontMetricsF(painter.font())
    box = QRectF(x + 8, lane.top() + 2, metrics.horizontalAdvance(words) + 10, metrics.height() + 4)
    if box.right() > lane.right():
        box.moveRight(x - 8)
    painter.setBrush(now.text)
    painter.drawRoundedRect(box, 4, 4)
    painter.setPen(now.panel)
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, words)


def _painter(pixmap: QPixmap) -> QPainter:
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setFont(theme.font(theme.SMALLEST_PX))
    return painter


def _crisp(x: float) -> float:
    """The middle of a pixel, where a thin line is not smeared over two."""
    return math.floor(x) + 0.5


def _ruler(painter: QPainter, scene: Scene, lanes: Lanes, now: Tokens) -> None:
    window, lane = scene.window, lanes.ruler
    hours = window.duration_ms >= 3_600_000
    metrics = QFontMetricsF(painter.font())
    widest = metrics.horizontalAdvance(format_ms(window.duration_ms, hours=hours))
    for tick in window.ticks(max(1, int(lane.width() / (widest * 2.2)))):
        x = lane.left() + window.x(tick, lane.width())
        painter.setPen(QPen(now.hairline, 1))
        painter.drawLine(QPointF(_crisp(x), lane.bottom()), QPointF(_crisp(x), lanes.wave.bottom()))
        painter.setPen(now.muted)
        text = format_ms(tick, hours=hours)
        width = metrics.horizontalAdvance(text)
        left = min(max(x - width / 2, lane.left()), lane.right() - width)
        painter.drawText(QPointF(left, lane.top() + metrics.ascent()), text)


def _loop(painter: QPainter, scene: Scene, lanes: Lanes, now: Tokens) -> None:
    a_ms, b_ms = scene.loop
    lane, metrics = lanes.wave, QFontMetricsF(painter.font())
    if a_ms is not None and b_ms is not None:
        left, right = (lane.left() + scene.window.x(ms, lane.width()) for ms in (a_ms, b_ms))
        shade = QColor(now.focus)
        shade.setAlphaF(0.20)
        painter.fillRect(QRectF(left, lane.top(), right - left, lane.height()).intersected(lane), shade)
    for letter, ms in (("A", a_ms), ("B", b_ms)):
        if ms is None or not scene.window.shows(ms):
            continue
        x = lane.left() + scene.window.x(ms, lane.width())
        painter.setPen(QPen(now.focus, 2))
        painter.drawLine(QPointF(x, lane.top()), QPointF(x, lane.bottom()))
        width = metrics.horizontalAdvance(letter)
        # Letters stand inside the loop.
        left = x + 4 if letter == "A" else x - 4 - width
        painter.setPen(now.text)
        painter.drawText(QPointF(left, lane.top() + metrics.ascent()), letter)


def _wave(painter: QPainter, scene: Scene, lane: QRectF, color: QColor, thickness: float) -> None:
    window = scene.window
    if scene.peaks is not None and window.duration_ms and not scene.message:
        ratio, span = painter.device().devicePixelRatioF(), (window.start_ms, window.end_ms)
        painter.drawImage(lane.topLeft(), envelope(scene.peaks, scene.gain, span, lane.size(), ratio, color))
    elif window.duration_ms:
        # No picture of the sound: a plain bar still shows the place and takes clicks.
        middle = lane.bottom() - 6 if scene.message else lane.center().y()
        painter.fillRect(QRectF(lane.left(), middle - thickness / 2, lane.width(), thickness), color)


def _message(painter: QPainter, scene: Scene, lane: QRectF, now: Tokens) -> None:
    painter.setPen(now.muted)
    painter.setFont(theme.font())
    flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
    painter.drawText(lane.adjusted(0, 0, 0, -8), flags, scene.message)


def _borders(painter: QPainter, scene: Scene, lane: QRectF, now: Tokens) -> None:
    painter.setFont(theme.font(theme.SMALLEST_PX))
    metrics = QFontMetricsF(painter.font())
    for part, ms in enumerate(scene.borders, start=2):
        if not scene.window.shows(ms):
            continue
        x = _crisp(lane.left() + scene.window.x(ms, lane.width()))
        painter.setPen(QPen(now.muted, 1, Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(x, lane.top()), QPointF(x, lane.bottom()))
        words = QCoreApplication.translate("Waveform", "part {number}").format(number=part)
        box = QRectF(x + 2, lane.top(), metrics.horizontalAdvance(words) + 6, metrics.height())
        if box.right() > lane.right():
            box.moveRight(x - 2)
        _label(painter, box, words, now)


def _label(painter: QPainter, box: QRectF, words: str, now: Tokens) -> None:
    ground = QColor(now.panel)
    ground.setAlphaF(0.85)
    painter.fillRect(box, ground)
    painter.setPen(now.muted)
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, words)


def _marks(painter: QPainter, scene: Scene, lane: QRectF, now: Tokens) -> None:
    """Shapes, each with its number; where numbers would collide, colour waits for a closer look."""
    metrics = QFontMetricsF(painter.font())
    widths = {text: metrics.horizontalAdvance(text) for text in {mark.label for mark in scene.marks}}
    taken, drawn, last = -1e9, -1e9, ""
    full = float(theme.scaled(_TRIANGLE))
    foot = lane.top() + full
    for mark in sorted(scene.marks, key=lambda mark: mark.at_ms):
        x, half = lane.left() + scene.window.x(mark.at_ms, lane.width()), widths[mark.label] / 2
        numbered = x - half >= taken
        told = numbered or mark.label == last
        if not scene.window.shows(mark.at_ms) or (not told and x - drawn < 2):
            continue
        drawn, size = x, full if told else full * 0.7
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(now.domain(mark.color_key, mark.color) if told else now.faint)
        draw_shape(painter, mark.letter, QRectF(x - size * 0.6, foot - size, size * 1.2, size))
        if numbered:
            painter.setPen(now.text)
            painter.drawText(QPointF(x - half, foot + metrics.ascent()), mark.label)
            taken, last = x + half + 3, mark.label


def draw_shape(painter: QPainter, letter: str, box: QRectF) -> None:
    """The shape of a coder: a square for A, a circle for B, a diamond for others; without one a triangle."""
    if letter == "A":
        painter.drawRect(box)
    elif letter == "B":
        painter.drawEllipse(box)
    elif letter:
        middle = box.center()
        top, bottom = QPointF(middle.x(), box.top()), QPointF(middle.x(), box.bottom())
        painter.drawPolygon(
            QPolygonF([top, QPointF(box.right(), middle.y()), bottom, QPointF(box.left(), middle.y())])
        )
    else:
        top = QPointF(box.center().x(), box.top())
        painter.drawPolygon(QPolygonF([box.bottomLeft(), box.bottomRight(), top]))


def _overview(painter: QPainter, scene: Scene, lane: QRectF, now: Tokens) -> None:
    window = scene.window
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(now.window)
    painter.drawRoundedRect(lane, 3, 3)
    if scene.peaks is not None:
        ratio = painter.device().devicePixelRatioF()
        span = (0.0, float(window.duration_ms))
        image = envelope(scene.peaks, scene.gain, span, lane.size(), ratio, now.wave_ahead)
        painter.drawImage(lane.topLeft(), image)
    whole = TimeWindow.whole(window.duration_ms)
    left, right = (lane.left() + whole.x(ms, lane.width()) for ms in (window.start_ms, window.end_ms))
    shade = QColor(now.accent)
    shade.setAlphaF(0.15)
    painter.setBrush(shade)
    painter.setPen(QPen(now.accent, 1.5))
    painter.drawRoundedRect(QRectF(left, lane.top(), max(4.0, right - left), lane.height()), 3, 3)
