"""Pictures of a counselor's clients over the sessions, and of the arms."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, QPointF, QRectF
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QWidget

from mio_fidelity.gui import theme
from mio_fidelity.gui.course_picture import Panel, draw_mark, draw_panel, draw_sample, span_of
from mio_fidelity.gui.figures import points
from mio_fidelity.gui.plots import CENTER, LEFT, RIGHT, Plot
from mio_fidelity.gui.theme import Tokens

translate = QCoreApplication.translate
_PANEL_PX, _KEY_PX, _ACROSS = 196, 76, 4


class CoursePlot(Plot):
    """A panel for each domain with a line for each client, and a key of the lines."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(translate("Counselors", "Domain scores over the sessions"), _PANEL_PX, parent)
        self._panels: tuple[Panel, ...] = ()
        self._strong = ""

    def show_panels(self, panels: Sequence[Panel]) -> None:
        """Show these panels."""
        self._panels = tuple(panels)
        self.set_height(_PANEL_PX * max(1, math.ceil(len(self._panels) / _ACROSS)))
        self.shown_again()

    def let_stand_out(self, name: str) -> None:
        """Draw the line of this client thicker; an empty name for none."""
        if name != self._strong:
            self._strong = name
            self.update()

    def as_text(self) -> str:
        """A line for each client and domain."""
        words = translate("Counselors", "{score}\t{client}\tsessions {scores}")
        lines = [
            words.format(
                score=panel.title,
                client=course.name,
                scores=", ".join(f"{number}: {points(score, 2)}" for number, score in course.points),
            )
            for panel in self._panels
            for course in panel.courses
        ]
        return "\n".join(lines)

    def draw(self, painter: QPainter, now: Tokens) -> None:
        """The panels beside each other, the key at the right."""
        if not self._panels:
            return
        across = min(len(self._panels), _ACROSS)
        wide = (self.width() - theme.scaled(_KEY_PX)) / across
        high = self.height() / math.ceil(len(self._panels) / across)
        letters, span = theme.font(theme.SMALLEST_PX), span_of(self._panels)
        for nth, panel in enumerate(self._panels):
            room = QRectF(nth % across * wide, nth // across * high, wide - theme.scaled(10), high)
            draw_panel(painter, room, panel, span, now, letters, self._strong)
        self._draw_key(painter, now, across * wide)

    def _draw_key(self, painter: QPainter, now: Tokens, left: float) -> None:
        names = [course.name for course in self._panels[0].courses]
        line, sample = theme.scaled(16), theme.scaled(26)
        most = max(1, self.height() // line - 1)
        for nth, name in enumerate(names[:most]):
            at = line * (nth + 1.2)
            painter.setFont(theme.font(theme.SMALLEST_PX, bold=name == self._strong))
            draw_sample(painter, QPointF(left, at), sample, nth, now.muted)
            painter.setPen(now.text)
            box = QRectF(left + sample + 5, at - line / 2, self.width() - left - sample - 6, line)
            painter.drawText(box, int(LEFT), name)
        if len(names) > most:
            painter.setPen(now.muted)
            box = QRectF(left, self.height() - line, self.width() - left, line)
            painter.drawText(box, int(LEFT), f"+{len(names) - most}")


@dataclass(frozen=True, slots=True)
class ArmPanel:
    """One domain score by arm.

    Attributes:
        title: What it is.
        color: As in `Panel`.
        steps: The lowest and the highest point.
        arms: Arm to (counselor, mean) pairs.
    """

    title: str
    color: tuple[str, str]
    steps: tuple[int, int]
    arms: Mapping[str, tuple[tuple[str, float], ...]]


class ArmPlot(Plot):
    """The mean of each counselor, arm by arm, and the mean of those means as a line."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(translate("Counselors", "Means of the counselors by arm"), _PANEL_PX, parent)
        self._panels: tuple[ArmPanel, ...] = ()

    def show_panels(self, panels: Sequence[ArmPanel]) -> None:
        """Show these panels."""
        self._panels = tuple(panels)
        self.set_height(_PANEL_PX * max(1, math.ceil(len(self._panels) / _ACROSS)))
        self.shown_again()

    def as_text(self) -> str:
        """A line for each domain and arm."""
        words = translate("Counselors", "{score}\t{arm}\tcounselors {means}")
        return "\n".join(
            words.format(
                score=panel.title,
                arm=arm,
                means=", ".join(f"{code}: {points(mean, 2)}" for code, mean in means),
            )
            for panel in self._panels
            for arm, means in panel.arms.items()
        )

    def draw(self, painter: QPainter, now: Tokens) -> None:
        """The panels beside each other."""
        across = max(1, min(len(self._panels), _ACROSS))
        wide = self.width() / across
        high = self.height() / max(1, math.ceil(len(self._panels) / across))
        for nth, panel in enumerate(self._panels):
            room = QRectF(nth % across * wide, nth // across * high, wide - theme.scaled(16), high)
            self._draw_panel(painter, room, panel, now)

    def _draw_panel(self, painter: QPainter, room: QRectF, panel: ArmPanel, now: Tokens) -> None:
        line = theme.scaled(15)
        painter.setFont(theme.font(theme.SMALLEST_PX, bold=True))
        painter.setPen(now.text)
        painter.drawText(QRectF(room.left(), room.top(), room.width(), line * 1.3), int(LEFT), panel.title)
        painter.setFont(theme.font(theme.SMALLEST_PX))
        inner = room.adjusted(line * 1.4, line * 1.8, 0, -line * 1.8)
        low, high = panel.steps

        def height_of(score: float) -> float:
            return inner.bottom() - (score - low) / (high - low) * inner.height()

        for step in range(low, high + 1):
            painter.setPen(QPen(now.hairline if low < step < high else now.line, 1))
            painter.drawLine(QPointF(inner.left(), height_of(step)), QPointF(inner.right(), height_of(step)))
            painter.setPen(now.muted)
            box = QRectF(inner.left() - line * 2, height_of(step) - line / 2, line * 1.7, line)
            painter.drawText(box, int(RIGHT), str(step))
        each = inner.width() / max(1, len(panel.arms))
        for nth, arm in enumerate(panel.arms):
            band = QRectF(inner.left() + nth * each, inner.top(), each, inner.height())
            painter.setPen(now.text)
            below = QRectF(band.left(), inner.bottom() + 3, each, line)
            painter.drawText(below, int(CENTER), arm)
            self._draw_arm(painter, band.adjusted(line, 0, -line, 0), panel, nth, now)

    def _draw_arm(self, painter: QPainter, band: QRectF, panel: ArmPanel, nth: int, now: Tokens) -> None:
        """A dot for each counselor, side by side, with the code where there is room for it."""
        means, line = list(panel.arms.values())[nth], theme.scaled(15)
        if not means:
            return
        low, high = panel.steps
        level = sum(mean for _, mean in means) / len(means)

        def at(place: float, score: float) -> QPointF:
            return QPointF(
                band.left() + place * band.width(),
                band.bottom() - (score - low) / (high - low) * band.height(),
            )

        painter.setPen(QPen(now.text, 1.5))
        painter.drawLine(at(0, level), at(1, level))
        color = now.readable(now.domain(*panel.color), 3.0)
        for place, (code, mean) in enumerate(means):
            dot = at((place + 0.5) / len(means), mean)
            draw_mark(painter, dot, nth, color, 4.0)
            if band.width() / len(means) >= 2 * line:
                painter.setPen(now.muted)
                away = -line * 1.4 if mean >= level else line * 0.4
                box = QRectF(dot.x() - line * 2, dot.y() + away, line * 4, line)
                painter.drawText(box, int(CENTER), code)
