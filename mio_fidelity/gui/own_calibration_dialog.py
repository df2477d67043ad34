"""What a coder sees of her own calibration: her numbers alone, where the supervisor lets her."""

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, QDate, QLocale, QPointF, QRectF, Qt
from PySide6.QtGui import QIcon, QPainter, QPen
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QVBoxLayout, QWidget

from mio_fidelity.coding.own_calibration import OwnCalibration, OwnLine
from mio_fidelity.gui import figures, theme
from mio_fidelity.gui.dialogs import sentence_label
from mio_fidelity.gui.plots import CENTER, LEFT, RIGHT, Plot
from mio_fidelity.gui.theme import Tokens

translate = QCoreApplication.translate
ROW_PX, HEAD_PX, FOOT_PX, NAME_PX = 30, 26, 24, 168
# Points to either side of the middle.
LEAST_REACH = 1.0


class OwnPlot(Plot):
    """A dot for each domain: left of the middle lower than others, right of it higher."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(translate("OwnCalibration", "My scores beside those of others"), 120, parent)
        self._lines: tuple[OwnLine, ...] = ()

    def show_lines(self, lines: Sequence[OwnLine]) -> None:
        """Show these."""
        self._lines = tuple(lines)
        heads = len({line.dimension for line in lines})
        self.set_height(len(lines) * ROW_PX + heads * HEAD_PX + FOOT_PX)
        self.shown_again()

    def as_text(self) -> str:
        """A line for each domain."""
        words = translate(
            "OwnCalibration", "{dimension}, {domain}: {difference} points, within 1 point {share} (n = {n})"
        )
        return "\n".join(
            words.format(
                dimension=line.dimension_title,
                domain=line.domain_title,
                difference=figures.signed(line.difference),
                share=figures.percent(line.within_1),
                n=line.n_scores,
            )
            for line in self._lines
        )

    def draw(self, painter: QPainter, now: Tokens) -> None:
        """Names, dots, numbers."""
        if not self._lines:
            return
        painter.setFont(theme.font(theme.SMALL_PX))
        said = max(painter.fontMetrics().horizontalAdvance(_numbers(line)) for line in self._lines)
        left, right = float(theme.scaled(NAME_PX)), float(self.width() - said - theme.scaled(16))
        reach = max(LEAST_REACH, *(abs(line.difference) * 1.15 for line in self._lines))
        middle, half = (left + right) / 2, (right - left) / 2
        y, head = 0.0, ""
        for line in self._lines:
            if line.dimension != head:
                head = line.dimension
                painter.setFont(theme.font(bold=True))
                painter.setPen(now.text)
                room = QRectF(theme.scaled(4), y, left, theme.scaled(HEAD_PX))
                painter.drawText(room, int(LEFT), line.dimension_title)
                y += theme.scaled(HEAD_PX)
            self._draw_row(painter, now, line, y, (left, middle, right), half / reach)
            y += theme.scaled(ROW_PX)
        painter.setFont(theme.font(theme.SMALLEST_PX))
        painter.setPen(now.muted)
        foot = QRectF(left, y, right - left, theme.scaled(FOOT_PX))
        painter.drawText(foot, int(LEFT), translate("OwnCalibration", "‹ lower"))
        painter.drawText(foot, int(CENTER), translate("OwnCalibration", "as others"))
        painter.drawText(foot, int(RIGHT), translate("OwnCalibration", "higher ›"))

    def _draw_row(
        self,
        painter: QPainter,
        now: Tokens,
        line: OwnLine,
        y: float,
        ends: tuple[float, float, float],
        scale: float,
    ) -> None:
        left, middle, right = ends
        high = float(theme.scaled(ROW_PX))
        color = now.domain(line.domain)
        painter.setFont(theme.font())
        painter.setPen(now.text)
        name = painter.fontMetrics().elidedText(
            line.domain_title, Qt.TextElideMode.ElideRight, int(left) - theme.scaled(24)
        )
        painter.drawText(QRectF(theme.scaled(14), y, left, high), int(LEFT), name)
        painter.setPen(QPen(now.hairline, 1))
        painter.drawLine(QPointF(left, y + high / 2), QPointF(right, y + high / 2))
        painter.setPen(QPen(now.control, 1))
        painter.drawLine(QPointF(middle, y), QPointF(middle, y + high))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        painter.drawEllipse(QPointF(middle + line.difference * scale, y + high / 2), *(theme.scaled(5),) * 2)
        painter.setFont(theme.font(theme.SMALL_PX))
        painter.setPen(now.muted)
        room = QRectF(right, y, self.width() - right - theme.scaled(4), high)
        painter.drawText(room, int(RIGHT), _numbers(line))


def _numbers(line: OwnLine) -> str:
    return translate("OwnCalibration", "{difference} · within 1 point {share} (n = {n})").format(
        difference=figures.signed(line.difference),
        share=figures.percent(line.within_1),
        n=line.n_scores,
    )


class OwnCalibrationDialog(QDialog):
    """Her numbers to the end of the last month; nobody else's name or number."""

    def __init__(self, found: OwnCalibration, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("My calibration"))
        self.words, self.plot = sentence_label(self._words(found)), OwnPlot()
        self.note = sentence_label(
            self.tr(
                "A difference does not say who is right. It is there to talk about, and calls for "
                "calibration, no more."
            ),
            "muted",
        )
        self.plot.show_lines(found.lines)
        self.plot.setVisible(found.enough)
        self.note.setVisible(found.enough)
        box = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        box.button(QDialogButtonBox.StandardButton.Close).setIcon(QIcon())
        box.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setSpacing(theme.scaled(12))
        for widget in (self.words, self.plot, self.note, box):
            column.addWidget(widget)
        self.setMinimumWidth(theme.scaled(720 if found.enough else 460))

    def _words(self, found: OwnCalibration) -> str:
        if not found.allowed:
            return self.tr("This study does not show coders their calibration. Ask your supervisor.")
        last = QDate(found.until.year, found.until.month, found.until.day).addDays(-1)
        day = QLocale().toString(last, QLocale.FormatType.ShortFormat)
        if not found.enough:
            words = self.tr(
                "Up to {day} there is too little to compare your scores with. It comes with time."
            )
        else:
            words = self.tr(
                "Your scores beside those that others gave to the same sessions, up to {day}. It changes "
                "once a month."
            )
        return words.format(day=day)
