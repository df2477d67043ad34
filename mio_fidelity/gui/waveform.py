"""The recording as a picture: where it is, what was heard, where the evidence lies; a click goes there."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QHelpEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from mio_fidelity.gui import theme
from mio_fidelity.gui.envelope import gain_of
from mio_fidelity.gui.timeline import TimeWindow
from mio_fidelity.gui.times import format_ms
from mio_fidelity.gui.waveform_picture import Lanes, Scene, WaveMark, paint_head, paint_heard, pictures

if TYPE_CHECKING:
    from mio_fidelity.media.peaks import Peaks

__all__ = ["WaveMark", "Waveform"]

_HEIGHT = 118
_HEAD = 6
_REACH = 10
# A step this long is a seek, not the recording playing on.
_JUMP_MS = 1_500


class Waveform(QWidget):
    """One timeline for all parts of a recording.

    Playing on moves only a strip of a finished picture; the picture is drawn again when something else
    changes. Clicking does not take the keyboard away from the form.
    """

    sought = Signal(int)
    """A place was clicked or dragged to, in milliseconds."""
    mark_chosen = Signal(str)
    """An evidence mark was clicked; its id."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._scene = Scene()
        self._position_ms = 0
        self._pictures: tuple[QPixmap, QPixmap] | None = None
        self._drag_ms: int | None = None
        self._dragging_overview = False
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setMouseTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.setAccessibleName(self.tr("Recording"))
        self._describe()

    def sizeHint(self) -> QSize:
        """As the design, larger with a larger font."""
        return QSize(theme.scaled(560), theme.scaled(_HEIGHT))

    def minimumSizeHint(self) -> QSize:
        """Narrow windows are fine, flat ones are not."""
        return QSize(theme.scaled(160), theme.scaled(_HEIGHT))

    @property
    def zoom(self) -> float:
        """How many times larger than the whole recording; 1 shows everything."""
        return self._scene.window.zoom

    @property
    def window_ms(self) -> tuple[int, int]:
        """Begin and end of what is in view."""
        return round(self._scene.window.start_ms), round(self._scene.window.end_ms)

    def show_peaks(self, peaks: "Peaks | None") -> None:
        """Show the sound; None takes it away and leaves a plain bar. Replaces a message."""
        gain = gain_of(peaks) if peaks is not None else 1.0
        self._change(peaks=peaks, gain=gain, message="")
        if peaks is not None and not self._scene.window.duration_ms:
            self.set_duration(peaks.duration_ms)

    def show_message(self, text: str) -> None:
        """Say in place of the waveform how far it is, or why there is none; empty takes it away."""
        self._change(message=text)

    def set_duration(self, ms: int) -> None:
        """Set how long the recording is; a new length shows all of it."""
        if ms != self._scene.window.duration_ms:
            self._change(window=TimeWindow.whole(max(0, ms)))

    def show_position(self, ms: int) -> None:
        """Move the playhead. While zoomed in the view follows it, unless it was scrolled away."""
        before, self._position_ms = self._position_ms, ms
        window = self._scene.window
        jumped = abs(ms - before) > _JUMP_MS
        if not window.shows(ms) and (jumped or window.shows(before)) and self._drag_ms is None:
            self._change(window=window.moved_to(ms - window.span_ms * 0.1))
        elif self._drag_ms is None:
            self._update_head(before, ms)
        if jumped:
            self._describe()

    def show_heard(self, spans: Sequence[tuple[int, int]]) -> None:
        """Show the stretches listened to, as (from, to) in milliseconds."""
        # Told at every key press of the form.
        if tuple(spans) != self._scene.heard:
            self._scene = replace(self._scene, heard=tuple(spans))
            self.update(self._lanes().heard.toAlignedRect())

    def show_marks(self, marks: Sequence[WaveMark]) -> None:
        """Show the evidence marks."""
        self._change(marks=tuple(marks))

    def show_loop(self, a_ms: int | None, b_ms: int | None) -> None:
        """Show the A-B loop, or one end of it while the other is not yet chosen."""
        self._change(loop=(a_ms, b_ms))

    def show_parts(self, borders: Sequence[int]) -> None:
        """Show where the second and later parts of the recording begin."""
        self._change(borders=tuple(borders))

    def zoom_in(self) -> None:
        """Look twice as close, around the playhead or what is in view."""
        self._zoom(2.0, self._anchor())

    def zoom_out(self) -> None:
        """Look from twice as far."""
        self._zoom(0.5, self._anchor())

    def reset(self) -> None:
        """Show the whole recording."""
        self._change(window=TimeWindow.whole(self._scene.window.duration_ms))

    def mark_at(self, point: QPointF) -> WaveMark | None:
        """The mark under the mouse, if any."""
        lane, window = self._lanes().marks, self._scene.window
        if not lane.adjusted(-_REACH, -2, _REACH, 2).contains(point):
            return None
        far = {
            mark: abs(lane.left() + window.x(mark.at_ms, lane.width()) - point.x())
            for mark in self._scene.marks
            if window.shows(mark.at_ms)
        }
        nearest = min(far, key=lambda mark: far[mark], default=None)
        return nearest if nearest is not None and far[nearest] <= _REACH else None

    def paintEvent(self, event: QPaintEvent) -> None:
        """Put the finished picture on the screen, the played half left of the playhead, then what moves."""
        now, lanes, dirty = theme.tokens(self), self._lanes(), event.rect()
        ratio = self.devicePixelRatioF()
        if self._pictures is None or self._pictures[0].devicePixelRatio() != ratio:
            self._pictures = pictures(self._scene, self.size(), ratio, now)
        painter = QPainter(self)
        head_ms = self._position_ms if self._drag_ms is None else self._drag_ms
        head_x = self._head_x(head_ms)
        split = QRect(0, 0, min(max(0, round(head_x)), self.width()), self.height())
        painter.drawPixmap(0, 0, self._pictures[0])
        painter.setClipRect(split)
        painter.drawPixmap(0, 0, self._pictures[1])
        painter.setClipping(False)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_heard(painter, self._scene, lanes.heard, dirty, now)
        if self._scene.window.duration_ms:
            time = format_ms(head_ms, tenths=True) if self._drag_ms is not None else ""
            paint_head(painter, self._scene, lanes, head_ms, time, now)
        if self.hasFocus():
            painter.setPen(QPen(now.focus, theme.FOCUS_WIDTH))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 4, 4)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose a mark, scroll by the overview, or go to a place."""
        if event.button() != Qt.MouseButton.LeftButton or not self._scene.window.duration_ms:
            event.ignore()
            return
        lanes = self._lanes()
        mark = self.mark_at(event.position())
        if mark is not None:
            self.mark_chosen.emit(mark.id)
        elif lanes.overview is not None and event.position().y() >= lanes.overview.top():
            self._dragging_overview = True
            self._scroll_overview(event.position().x())
        else:
            self._drag_ms = self._ms_at(event.position().x())
            self.update()
            self.sought.emit(self._drag_ms)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag the playhead or the overview; otherwise show what a click would do."""
        if self._dragging_overview:
            self._scroll_overview(event.position().x())
        elif self._drag_ms is not None:
            self._drag_ms = self._ms_at(event.position().x())
            self.update()
        else:
            over_mark = self.mark_at(event.position()) is not None
            self.setCursor(Qt.CursorShape.PointingHandCursor if over_mark else Qt.CursorShape.ArrowCursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End a drag; the recording goes where it was let go, not to every place on the way."""
        self._dragging_overview = False
        dragged, self._drag_ms = self._drag_ms, None
        if event.button() != Qt.MouseButton.LeftButton or dragged is None:
            return
        landed = self._ms_at(event.position().x())
        before, self._position_ms = self._position_ms, landed
        self.update()
        if landed != before:
            self.sought.emit(landed)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Ctrl and wheel zooms at the mouse; the wheel alone scrolls when zoomed in."""
        delta = event.angleDelta()
        turned = delta.y() or delta.x()
        window = self._scene.window
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier and window.duration_ms:
            self._zoom(2 ** (turned / 240), self._ms_at(event.position().x()))
        elif window.zoomed_in:
            self._change(window=window.moved_to(window.start_ms - turned / 120 * window.span_ms / 8))
        else:
            event.ignore()

    def event(self, event: QEvent) -> bool:
        """Show the note of the mark under the mouse, or the time there, as a tool tip."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            QToolTip.showText(event.globalPos(), self._tip(QPointF(event.pos())), self)
            return True
        return super().event(event)

    def changeEvent(self, event: QEvent) -> None:
        """Draw again in the new colours or the new font."""
        if event.type() in (
            QEvent.Type.PaletteChange,
            QEvent.Type.ApplicationPaletteChange,
            QEvent.Type.StyleChange,
            QEvent.Type.FontChange,
        ):
            self._pictures = None
            self.updateGeometry()
            self.update()
        super().changeEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Draw again at the new size."""
        self._pictures = None
        super().resizeEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Say where the recording is, for a screen reader."""
        self._describe()
        super().focusInEvent(event)

    def _change(self, **what: Any) -> None:
        self._scene = replace(self._scene, **what)
        self._pictures = None
        self.update()
        self._describe()

    def _describe(self) -> None:
        window = self._scene.window
        hours = window.duration_ms >= 3_600_000
        words = self.tr("{position} of {length}").format(
            position=format_ms(self._position_ms, hours=hours),
            length=format_ms(window.duration_ms, hours=hours),
        )
        if window.zoomed_in:
            words += self.tr(", zoom {factor}x").format(factor=f"{window.zoom:.1f}".removesuffix(".0"))
        count = len(self._scene.marks)
        words += self.tr(", 1 mark") if count == 1 else self.tr(", {count} marks").format(count=count)
        self.setAccessibleDescription(f"{words}. {self._scene.message}" if self._scene.message else words)

    def _zoom(self, factor: float, at_ms: float) -> None:
        self._change(window=self._scene.window.zoomed(factor, at_ms))

    def _anchor(self) -> float:
        window = self._scene.window
        return self._position_ms if window.shows(self._position_ms) else (window.start_ms + window.end_ms) / 2

    def _lanes(self) -> Lanes:
        return Lanes.of(self.size(), self._scene.window.zoomed_in)

    def _ms_at(self, x: float) -> int:
        lane = self._lanes().wave
        return self._scene.window.ms(x - lane.left(), lane.width())

    def _head_x(self, ms: float) -> float:
        lane = self._lanes().wave
        return lane.left() + self._scene.window.x(ms, lane.width())

    def _scroll_overview(self, x: float) -> None:
        lane, window = self._lanes().wave, self._scene.window
        middle = (x - lane.left()) / lane.width() * window.duration_ms
        self._change(window=window.moved_to(middle - window.span_ms / 2))

    def _update_head(self, before: int, after: int) -> None:
        """Ask for the strip the playhead crossed, here and in the overview."""
        lanes, window = self._lanes(), self._scene.window
        xs = sorted(self._head_x(ms) for ms in (before, after))
        strip = QRectF(xs[0] - _HEAD, 0, xs[1] - xs[0] + 2 * _HEAD, lanes.heard.top())
        self.update(strip.toAlignedRect().intersected(self.rect()))
        if lanes.overview is not None:
            whole = TimeWindow.whole(window.duration_ms)
            xs = sorted(lanes.overview.left() + whole.x(ms, lanes.overview.width()) for ms in (before, after))
            thin = QRectF(xs[0] - 2, lanes.overview.top(), xs[1] - xs[0] + 4, lanes.overview.height())
            self.update(thin.toAlignedRect())

    def _tip(self, point: QPointF) -> str:
        if not self._scene.window.duration_ms:
            return ""
        mark = self.mark_at(point)
        if mark is None:
            return format_ms(self._ms_at(point.x()), tenths=True)
        words = self.tr("{time}, scale {number}").format(
            time=format_ms(mark.at_ms, tenths=True), number=mark.number
        )
        return f"{words}\n{mark.note}" if mark.note else words
