"""How a band of a coefficient looks: a word, a shape and a colour."""

from typing import Literal

from PySide6.QtCore import QCoreApplication, QPointF, QRectF
from PySide6.QtGui import QColor, QPainter, QPolygonF

from mio_fidelity.gui.theme import Tokens
from mio_fidelity.reliability.estimate import Estimate
from mio_fidelity.report.bands import BANDS, Scheme, band_of

translate = QCoreApplication.translate

Shape = Literal["triangle", "diamond", "square", "circle"]
# From the lowest band to the highest.
SHAPES: tuple[Shape, ...] = ("triangle", "diamond", "square", "circle")
_INKS = ("alarm", "warn", "accent", "ok")


def judged(estimate: Estimate, scheme: Scheme) -> tuple[int | None, str]:
    """The band that decides colour and shape, and its words; None for what cannot be judged.

    Of an interval over two bands the lower decides.
    """
    bands, words = BANDS[scheme], _words()
    said = band_of(estimate, scheme)
    low, _, high = said.partition(" to ")
    if low not in bands.words:
        return None, "—"
    if high:
        return bands.words.index(low), words["to"].format(low=words[low], high=words[high])
    return bands.words.index(low), words[low]


def _words() -> dict[str, str]:
    return {
        "poor": translate("Bands", "poor"),
        "fair": translate("Bands", "fair"),
        "moderate": translate("Bands", "moderate"),
        "good": translate("Bands", "good"),
        "excellent": translate("Bands", "excellent"),
        "to": translate("Bands", "{low}–{high}"),
    }


def ink(now: Tokens, band: int) -> QColor:
    """The colour a band is drawn and written in."""
    return QColor(getattr(now, _INKS[band]))


def wash(now: Tokens, band: int, share: float = 0.12) -> QColor:
    """The colour behind a band: a little of its ink on the panel."""
    over, under = ink(now, band), now.panel
    share *= 1.4 if now.dark else 1.0
    mixed = (round(a + (b - a) * share) for a, b in zip(_rgb(under), _rgb(over), strict=True))
    return QColor(*mixed)


def draw_shape(painter: QPainter, shape: Shape, center: QPointF, radius: float) -> None:
    """Draw a band's shape with the painter's brush; all have about the same area."""
    x, y = center.x(), center.y()
    if shape == "circle":
        painter.drawEllipse(center, radius, radius)
    elif shape == "square":
        side = radius * 0.88
        painter.drawRect(QRectF(x - side, y - side, 2 * side, 2 * side))
    elif shape == "diamond":
        r = radius * 1.25
        corners = [QPointF(x, y - r), QPointF(x + r, y), QPointF(x, y + r), QPointF(x - r, y)]
        painter.drawPolygon(QPolygonF(corners))
    else:
        r = radius * 1.2
        corners = [QPointF(x, y + r), QPointF(x + r, y - r * 0.8), QPointF(x - r, y - r * 0.8)]
        painter.drawPolygon(QPolygonF(corners))


def _rgb(color: QColor) -> tuple[int, int, int]:
    return color.red(), color.green(), color.blue()
