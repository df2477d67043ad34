"""A picture of a trainee's sessions: how far each score lies from the master codes."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QWidget

from mio_fidelity.gui import theme
from mio_fidelity.gui.figures import percent
from mio_fidelity.gui.plots import CENTER, RIGHT, Plot
from mio_fidelity.gui.theme import Tokens

translate = QCoreApplication.translate
HEIGHT_PX = 188
WIDEST_PX = 74


@dataclass(frozen=True, slots=True)
class SessionGaps:
    """One session in the picture.

    Attributes:
        code: The session.
        gaps: Trainee minus master, in points, to how many of the scores.
        within: Share of the scores within the points the rule asks for, 0 to 1.
    """

    code: str
    gaps: Mapping[int, int]
    within: float


class GapPlot(Plot):
    """A column of dots per session, as large as they are many; what the rule lets pass is shaded."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(translate("GapPlot", "Differences from the master codes"), HEIGHT_PX, parent)
        self._sessions: tuple[SessionGaps, ...] = ()
        self._allowed = 1

    def show_sessions(self, sessions: Sequence[SessionGaps], allowed: int) -> None:
        """Show these; differences of up to ``allowed`` points count as agreement."""
        self._sessions, self._allowed = tuple(sessions), allowed
        self.shown_again()

    def as_text(self) -> str:
        """A line per session."""
        head = translate("GapPlot", "session\twithin {n}\tdifferences").format(n=self._allowed)
        return "\n".join(
            [head, *(f"{each.code}\t{percent(each.within)}\t{_counts(each.gaps)}" for each in self._sessions)]
        )

    def draw(self, painter: QPainter, now: Tokens) -> None:
        """The dots over their sessions."""
        if not self._sessions:
            painter.setPen(now.muted)
            words = translate("GapPlot", "No session is rated yet. Each gets a column here.")
            painter.drawText(QRectF(self.rect()), int(CENTER), words)
            return
        most = max(2, self._allowed + 1, *(abs(gap) for each in self._sessions for gap in each.gaps))
        room = QRectF(self.rect()).adjusted(theme.scaled(112), theme.scaled(6), -4, -theme.scaled(38))
        wide = min(theme.scaled(WIDEST_PX), room.width() / len(self._sessions))
        step = room.height() / (2 * most + 1)
        room.setWidth(wide * len(self._sessions))
        self._frame(painter, now, room, step, most)
        many = max((n for each in self._sessions for n in each.gaps.values()), default=1)
        for nth, each in enumerate(self._sessions):
            column = QRectF(room.left() + nth * wide, room.top(), wide, room.height())
            self._session(painter, now, column, step, each, many)

    def _frame(self, painter: QPainter, now: Tokens, room: QRectF, step: float, most: int) -> None:
        passing = room.center().y() - (self._allowed + 0.5) * step
        painter.fillRect(
            QRectF(room.left(), passing, room.width(), (2 * self._allowed + 1) * step), _clear(now.ok, 0.10)
        )
        painter.setPen(QPen(now.line, 1))
        painter.drawLine(QPointF(room.left(), room.center().y()), QPointF(room.right(), room.center().y()))
        painter.setPen(now.muted)
        left = QRectF(0, 0, room.left() - theme.scaled(8), step)
        for gap, words in (
            (most, translate("GapPlot", "higher  +{n}").format(n=most)),
            (0, translate("GapPlot", "the same  0")),
            (-most, translate("GapPlot", "lower  −{n}").format(n=most)),
        ):
            left.moveTop(room.center().y() - (gap + 0.5) * step)
            painter.drawText(left, int(RIGHT), words)
        foot = QRectF(0, room.bottom() + theme.scaled(3), left.width(), theme.scaled(16))
        words = translate("GapPlot", "within {n}").format(n=self._allowed)
        painter.drawText(foot, int(RIGHT), words)

    def _session(
        self, painter: QPainter, now: Tokens, column: QRectF, step: float, each: SessionGaps, many: int
    ) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        for gap, n in each.gaps.items():
            passes = abs(gap) <= self._allowed
            painter.setBrush(_clear(now.accent if passes else now.warn, 0.75))
            middle = QPointF(column.center().x(), column.center().y() - gap * step)
            largest = min(column.width() * 0.42, step * 0.62)
            radius = largest * (0.38 + 0.62 * math.sqrt(n / many))
            # A shape of its own: colours alone are not for everybody.
            if passes:
                painter.drawEllipse(middle, radius, radius)
            else:
                painter.drawRect(QRectF(middle.x() - radius, middle.y() - radius, 2 * radius, 2 * radius))
        metrics = QFontMetrics(painter.font())
        under = QRectF(column.left(), column.bottom() + theme.scaled(3), column.width(), theme.scaled(16))
        painter.setPen(now.text)
        painter.drawText(under, int(CENTER), percent(each.within))
        under.translate(0, theme.scaled(16))
        painter.setPen(now.muted)
        code = metrics.elidedText(each.code, Qt.TextElideMode.ElideMiddle, round(column.width()) - 2)
        painter.drawText(under, int(CENTER), code)


def counted(gaps: Sequence[int]) -> Mapping[int, int]:
    """Differences to how often each was."""
    return dict(sorted(Counter(gaps).items()))


def _counts(gaps: Mapping[int, int]) -> str:
    return ", ".join(f"{gap:+d}: {n}".replace("-", "−") if gap else f"0: {n}" for gap, n in gaps.items())


def _clear(color: QColor, opacity: float) -> QColor:
    made = QColor(color)
    made.setAlphaF(opacity)
    return made
