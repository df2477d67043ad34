"""Colours, type and sizes of the windows: one set of tokens, light and dark.

A widget says what it is with `set_role`; resources/style.qss says how that looks. Roles of frames: panel,
bar, foot, line. Of labels: title, clock, muted, small, ok, warn, alarm, pill, pill-warn, key. Of buttons:
primary, link, quiet, choice, flat, several, menu. Widgets that paint themselves ask `tokens()` in paintEvent:
a change of scheme then needs no signal.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal

from PySide6.QtCore import QDir, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontInfo, QPainter, QPalette, QPen
from PySide6.QtWidgets import QApplication, QWidget

from mio_fidelity import paths

Scheme = Literal["system", "light", "dark"]

BASE_PX = 13.0
SMALL_PX = 11.5
SMALLEST_PX = 11.0
READABLE = 4.5
FOCUS_WIDTH = 2


@dataclass(frozen=True)
class Tokens:
    """The colours of one scheme.

    Attributes:
        window: Behind the panels.
        panel: Behind content.
        raised: Behind headings inside a panel.
        line: Between panels.
        hairline: Between rows.
        control: Around buttons and fields.
        text: What is read.
        muted: What is read second.
        faint: What cannot be used now.
        accent: Chosen, primary; ``accent_text`` lies on it, ``accent_hover`` is it under the mouse.
        hover: A control under the mouse.
        selection: Behind a selected row.
        note: Behind the row being written.
        focus: The ring around what has the keyboard.
        playhead: Where the recording is.
        heard: The parts listened to.
        wave: The waveform up to the playhead; ``wave_ahead`` is the rest.
    """

    window: QColor
    panel: QColor
    raised: QColor
    line: QColor
    hairline: QColor
    control: QColor
    text: QColor
    muted: QColor
    faint: QColor
    accent: QColor
    accent_text: QColor
    accent_hover: QColor
    hover: QColor
    selection: QColor
    note: QColor
    focus: QColor
    ok: QColor
    warn: QColor
    alarm: QColor
    playhead: QColor
    heard: QColor
    wave: QColor
    wave_ahead: QColor
    domains: Mapping[str, QColor]
    dark: bool

    def domain(self, key: str, color: str = "") -> QColor:
        """The colour that identifies a domain: an identity, never a verdict.

        Args:
            key: The domain's key, or what the instrument gives as its colour.
            color: What the instrument gives as its colour, when ``key`` is the domain's key.
        """
        for name in (color, key):
            if name in self.domains:
                return self.domains[name]
        own = QColor.fromString(color or key)
        return self.readable(own, 3.0) if own.isValid() else self.muted

    def readable(self, color: QColor, contrast: float = READABLE) -> QColor:
        """``color``, moved towards the text colour until it can be read on a panel."""
        for share in range(0, 101, 5):
            mixed = _mix(color, self.text, share / 100)
            if _contrast(mixed, self.panel) >= contrast:
                return mixed
        return self.text

    def on_domain(self, color: QColor) -> QColor:
        """The text colour, white or near black, that reads best on ``color``."""
        return max((QColor("#ffffff"), QColor("#1b1f24")), key=lambda ink: _contrast(ink, color))


_COLORS = {
    "window": ("#f6f7f9", "#1b1f24"),
    "panel": ("#ffffff", "#23282f"),
    "raised": ("#fafbfc", "#272d34"),
    "line": ("#dfe3e8", "#353c45"),
    "hairline": ("#eef1f4", "#2c323a"),
    "control": ("#c3cad3", "#4a535e"),
    "text": ("#1c2430", "#e6e9ed"),
    "muted": ("#66717f", "#9aa5b1"),
    "faint": ("#a9b1bb", "#69737e"),
    "accent": ("#2456a6", "#6ea0ee"),
    "accent_text": ("#ffffff", "#12171d"),
    "accent_hover": ("#1d4789", "#8cb5f5"),
    "hover": ("#eef3fb", "#2d343d"),
    "selection": ("#e3ecf9", "#2c3e59"),
    "note": ("#fff8e6", "#3a3424"),
    "focus": ("#f0a202", "#f0a202"),
    "ok": ("#1b7f5c", "#5cc8a0"),
    "warn": ("#ab5905", "#f0ad4e"),
    "alarm": ("#b3261e", "#ff8a80"),
    "playhead": ("#d1495b", "#d1495b"),
    "heard": ("#9fc5b5", "#3f7561"),
    "wave": ("#2456a6", "#6ea0ee"),
    "wave_ahead": ("#b9c6da", "#4a5668"),
}
# Told apart by the colour-blind too, and always shown with their number or name.
_DOMAINS = {
    "alliance": ("#0072b2", "#56b4e9"),
    "psychoeducation": ("#b8860b", "#e6b84c"),
    "mentalization": ("#7b3294", "#c79adf"),
}


def _tokens(dark: bool) -> Tokens:
    domains = {key: QColor(pair[dark]) for key, pair in _DOMAINS.items()}
    return Tokens(**{name: QColor(pair[dark]) for name, pair in _COLORS.items()}, domains=domains, dark=dark)


LIGHT = _tokens(dark=False)
DARK = _tokens(dark=True)


def apply(app: QApplication, scheme: Scheme = "system", font_scale: float = 1.0) -> None:
    """Dress the whole program, now and whenever the system turns light or dark.

    Args:
        app: The application.
        scheme: Follow the system, or force one.
        font_scale: 1.0 is the system's font size (at least 13 px), 2.0 twice that.
    """
    if app.property("mio_system_font") is None:
        app.setProperty("mio_system_font", app.font())
        app.styleHints().colorSchemeChanged.connect(lambda _: _dress(app))
    app.setProperty("mio_scheme", scheme)
    # Where the style sheet finds its pictures.
    QDir.setSearchPaths("resources", [str(paths.resources())])
    base = QFont(app.property("mio_system_font"))
    base.setPixelSize(round(max(BASE_PX, QFontInfo(base).pixelSize()) * font_scale))
    app.setFont(base)
    _forget_sizes()
    app.setStyle("Fusion")
    _dress(app)


def recolor(app: QApplication, scheme: Scheme) -> None:
    """Change the colours of a program that is dressed already, not its letters."""
    app.setProperty("mio_scheme", scheme)
    _dress(app)


def tokens(widget: QWidget | None = None) -> Tokens:  # noqa: ARG001
    """The colours in force (the same for every ``widget`` today)."""
    return _in_force()


@cache
def _in_force() -> Tokens:
    app = QApplication.instance()
    if not isinstance(app, QApplication):
        return LIGHT
    scheme = app.property("mio_scheme") or "system"
    if scheme == "system":
        return DARK if app.styleHints().colorScheme() == Qt.ColorScheme.Dark else LIGHT
    return DARK if scheme == "dark" else LIGHT


def scaled(px: float) -> int:
    """``px`` pixels of the 100 % design at the font size in force."""
    return max(1, round(px * font_factor())) if px else 0


@cache
def font_factor() -> float:
    """How large the font is, 1.0 being the 13 px of the design."""
    return QApplication.font().pixelSize() / BASE_PX if QApplication.font().pixelSize() > 0 else 1.0


@cache
def font(px: float = BASE_PX, bold: bool = False) -> QFont:
    """The window font at ``px`` pixels of the 100 % design, never under 11, with figures of equal width.

    It is shared: copy it before changing it.
    """
    made = QFont(QApplication.font())
    made.setPixelSize(max(round(SMALLEST_PX), round(px * font_factor())))
    made.setBold(bold)
    made.setFeature(QFont.Tag("tnum"), 1)
    return made


def set_role(widget: QWidget, role: str) -> None:
    """Say what ``widget`` is for the style sheet, and show it so."""
    widget.setProperty("role", role)
    widget.setAttribute(Qt.WidgetAttribute.WA_StyledBackground, True)
    widget.style().unpolish(widget)
    widget.style().polish(widget)


def _forget_sizes() -> None:
    font_factor.cache_clear()
    font.cache_clear()


def _dress(app: QApplication) -> None:
    _in_force.cache_clear()
    now = tokens()
    app.setPalette(_palette(now))
    sheet = _style_sheet(now)
    if sheet != app.styleSheet():
        app.setStyleSheet(sheet)


def draw_focus(painter: QPainter, frame: QRectF, radius: float = 3) -> None:
    """Draw the ring around what has the keyboard."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(tokens().focus, FOCUS_WIDTH))
    painter.drawRoundedRect(frame, radius, radius)


def _style_sheet(now: Tokens) -> str:
    sheet = (paths.resources() / "style.qss").read_text(encoding="utf-8")
    sheet = re.sub(r"@px\(([\d.]+)\)", lambda found: f"{scaled(float(found[1]))}px", sheet)
    return re.sub(r"@(\w+)", lambda found: getattr(now, found[1]).name(), sheet.split("*/", 1)[1])


def _palette(now: Tokens) -> QPalette:
    role = QPalette.ColorRole
    palette = QPalette()
    for roles, color in (
        ((role.Window, role.Button), now.window),
        ((role.Base, role.ToolTipBase), now.panel),
        ((role.AlternateBase,), now.raised),
        ((role.WindowText, role.Text, role.ButtonText, role.ToolTipText), now.text),
        ((role.PlaceholderText,), now.muted),
        ((role.Highlight, role.Accent, role.Link), now.accent),
        ((role.HighlightedText,), now.accent_text),
        ((role.Mid, role.Dark), now.control),
        ((role.Midlight, role.Light), now.line),
    ):
        for one in roles:
            palette.setColor(one, color)
    for one in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, one, now.faint)
    return palette


def _mix(a: QColor, b: QColor, share: float) -> QColor:
    pairs = ((a.red(), b.red()), (a.green(), b.green()), (a.blue(), b.blue()))
    return QColor(*(round(one + (other - one) * share) for one, other in pairs))


def _contrast(a: QColor, b: QColor) -> float:
    """Contrast of two colours, 1 to 21. Source: WCAG 2.2, relative luminance and contrast ratio."""

    def luminance(color: QColor) -> float:
        red, green, blue = (
            part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
            for part in (color.redF(), color.greenF(), color.blueF())
        )
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    high, low = sorted((luminance(a), luminance(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)
