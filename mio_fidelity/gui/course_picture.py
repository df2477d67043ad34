"""How scores over the sessions are drawn: lines told apart by pattern and mark, not by colour alone."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen, QPolygonF

from mio_fidelity.gui.plots import CENTER, LEFT, RIGHT
from mio_fidelity.gui.theme import Tokens

USUAL_SESSIONS = 12
# Beyond this many sessions the axis begins where the sessions do.
_MOST_SESSIONS = 40
_PATTERNS: tuple[tuple[float, ...], ...] = ((), (5, 2.5), (1.5, 2), (6, 2, 1.5, 2))
_MARKS = 4


@dataclass(frozen=True, slots=True)
class Course:
    """A line: its name, and (session number, score) of its points."""

    name: str
    points: tuple[tuple[int, float], ...]


@dataclass(frozen=True, slots=True)
class Panel:
    """One domain score over the sessions.

    Attributes:
        title: What it is.
        color: Key of the domain and what the instrument gives as its colour.
        steps: The lowest and the highest point.
        courses: The lines.
        limits: Lowest and highest score that meets the study's criterion; None where there is none.
        note: What stands below.
    """

    title: str
    color: tuple[str, str]
    steps: tuple[int, int]
    courses: tuple[Course, ...]
    limits: tuple[float | None, float | None] = (None, None)
    note: str = ""


def span_of(panels: Sequence[Panel]) -> tuple[int, int]:
    """First and last session number of the axis."""
    numbers = [number for panel in panels for course in panel.courses for number, _ in course.points]
    last = max(numbers, default=USUAL_SESSIONS)
    return (1, max(last, USUAL_SESSIONS)) if last <= _MOST_SESSIONS else (min(numbers), max(numbers))


def draw_panel(
    painter: QPainter,
    room: QRectF,
    panel: Panel,
    span: tuple[int, int],
    now: Tokens,
    letters: QFont,
    strong: str = "",
) -> None:
    """Draw one panel.

    Args:
        painter: What draws.
        room: Where, with title, axis and note.
        panel: What.
        span: First and last session number.
        now: The colours.
        letters: Of the numbers; the title is bold.
        strong: Name of the line that stands out; empty for none.
    """
    line = QFontMetricsF(letters).height()
    inner = room.adjusted(line * 1.2, line * 1.9, -line * 0.5, -line * (2.7 if panel.note else 1.4))
    color = now.readable(now.domain(*panel.color), 3.0)
    bold = QFont(letters)
    bold.setBold(True)
    painter.setFont(bold)
    painter.setPen(now.text)
    _write(painter, QRectF(room.left(), room.top(), room.width(), line * 1.3), panel.title, int(LEFT))
    painter.setFont(letters)
    _draw_axes(painter, inner, panel, span, now, line)
    # Beside one that stands out the others step back.
    faded = any(course.name == strong for course in panel.courses)
    opacity = painter.opacity()
    painter.setOpacity(opacity * (0.55 if faded else 1.0))
    for nth, course in enumerate(panel.courses):
        if course.name != strong:
            _draw_course(painter, inner, panel, span, course, nth, color, 1.4)
    painter.setOpacity(opacity)
    for nth, course in enumerate(panel.courses):
        if course.name == strong:
            _draw_course(painter, inner, panel, span, course, nth, color, 2.8)
    painter.setPen(now.muted)
    below = QRectF(room.left(), inner.bottom() + line * 1.35, room.width(), line * 1.25)
    _write(painter, below, panel.note, int(LEFT))


def draw_sample(painter: QPainter, left: QPointF, width: float, nth: int, color: QColor) -> None:
    """A bit of the line number ``nth``, for the key beside a picture."""
    painter.setPen(_pen(nth, color, 1.6))
    painter.drawLine(left, left + QPointF(width, 0))
    draw_mark(painter, left + QPointF(width / 2, 0), nth, color, 3.0)


def draw_mark(painter: QPainter, at: QPointF, nth: int, color: QColor, size: float) -> None:
    """The mark of line number ``nth``: circle, square, triangle, diamond."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    kind = nth % _MARKS
    if kind == 0:
        painter.drawEllipse(at, size, size)
    elif kind == 1:
        painter.drawRect(QRectF(at.x() - size, at.y() - size, 2 * size, 2 * size))
    else:
        up, side = size * 1.35, size * 1.25
        corners = [QPointF(0, -up), QPointF(side, up * 0.7), QPointF(-side, up * 0.7)]
        if kind == 3:
            corners = [QPointF(0, -up), QPointF(up, 0), QPointF(0, up), QPointF(-up, 0)]
        painter.drawPolygon(QPolygonF([at + corner for corner in corners]))
    painter.setBrush(Qt.BrushStyle.NoBrush)


def _place(inner: QRectF, panel: Panel, span: tuple[int, int], number: float, score: float) -> QPointF:
    low, high = panel.steps
    across = (number - span[0] + 0.5) / (span[1] - span[0] + 1)
    return QPointF(
        inner.left() + across * inner.width(), inner.bottom() - (score - low) / (high - low) * inner.height()
    )


def _draw_axes(
    painter: QPainter, inner: QRectF, panel: Panel, span: tuple[int, int], now: Tokens, line: float
) -> None:
    low, high = panel.steps
    for step in range(low, high + 1):
        at = _place(inner, panel, span, span[0], step).y()
        painter.setPen(QPen(now.hairline if low < step < high else now.line, 1))
        painter.drawLine(QPointF(inner.left(), at), QPointF(inner.right(), at))
        painter.setPen(now.muted)
        box = QRectF(inner.left() - line * 2, at - line / 2, line * 1.7, line)
        painter.drawText(box, int(RIGHT), str(step))
    every = max(1, math.ceil((span[1] - span[0] + 1) * line * 1.3 / max(inner.width(), 1)))
    for number in range(span[0], span[1] + 1, every):
        at = _place(inner, panel, span, number, low).x()
        box = QRectF(at - line * 1.5, inner.bottom() + line * 0.2, line * 3, line)
        painter.drawText(box, int(CENTER), str(number))
    for limit in panel.limits:
        if limit is not None:
            at = _place(inner, panel, span, span[0], limit).y()
            painter.setPen(QPen(now.text, 1, Qt.PenStyle.DashDotDotLine))
            painter.drawLine(QPointF(inner.left(), at), QPointF(inner.right(), at))


def _draw_course(
    painter: QPainter,
    inner: QRectF,
    panel: Panel,
    span: tuple[int, int],
    course: Course,
    nth: int,
    color: QColor,
    width: float,
) -> None:
    dots = [_place(inner, panel, span, number, score) for number, score in course.points]
    painter.setPen(_pen(nth, color, width))
    painter.drawPolyline(dots)
    for dot in dots:
        draw_mark(painter, dot, nth, color, 1.7 + width * 0.7)


def _pen(nth: int, color: QColor, width: float) -> QPen:
    pen = QPen(color, width)
    # Pattern and mark change at different rates, so that sixteen lines differ.
    pattern = _PATTERNS[(nth + nth // _MARKS) % len(_PATTERNS)]
    if pattern:
        pen.setDashPattern([length / width * 1.6 for length in pattern])
    return pen


def _write(painter: QPainter, box: QRectF, text: str, flags: int) -> None:
    shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(box.width()))
    painter.drawText(box, flags, shown)
