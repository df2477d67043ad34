"""The program's icons: drawn by us, tinted with the theme, never without words."""

from functools import cache

from PySide6.QtCore import QByteArray, QEvent, QObject, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QAbstractButton

from mio_fidelity import paths
from mio_fidelity.gui import theme

SIZE_PX = 16
# Sharp on every screen, whatever its ratio.
_RATIOS = (1.0, 1.5, 2.0, 3.0)


def names() -> tuple[str, ...]:
    """Every icon there is."""
    return tuple(sorted(path.stem for path in (paths.resources() / "icons").glob("*.svg")))


def icon(name: str, color: str = "text", px: float = SIZE_PX) -> QIcon:
    """The icon ``name`` in a colour of the theme, fainter where it is disabled.

    Args:
        name: One of `names`.
        color: The name of a colour of `theme.Tokens`.
        px: Side in pixels of the 100 % design.
    """
    now, side = theme.tokens(), theme.scaled(px)
    made = QIcon()
    for mode, tint in ((QIcon.Mode.Normal, getattr(now, color)), (QIcon.Mode.Disabled, now.faint)):
        for ratio in _RATIOS:
            made.addPixmap(pixmap(name, tint, side, ratio), mode)
    return made


def pixmap(name: str, color: QColor, side: int, ratio: float = 1.0) -> QPixmap:
    """The icon ``name`` as a picture, ``side`` pixels wide on a screen of ``ratio`` dots per pixel."""
    picture = QPixmap(round(side * ratio), round(side * ratio))
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    QSvgRenderer(QByteArray(_source(name).replace("currentColor", color.name()).encode())).render(
        painter, QRectF(0, 0, side, side)
    )
    painter.end()
    return picture


def set_icon(
    button: QAbstractButton, name: str, words: str, color: str = "text", px: float = SIZE_PX
) -> None:
    """Give ``button`` an icon that follows the theme, and the words that say what it does.

    Args:
        button: The button; may be given another icon later (play turns into pause).
        name: One of `names`.
        words: Tool tip and accessible name, already translated.
        color: The name of a colour of `theme.Tokens`.
        px: Side in pixels of the 100 % design.
    """
    button.setToolTip(words)
    button.setAccessibleName(words)
    tint = button.findChild(_Tint, options=Qt.FindChildOption.FindDirectChildrenOnly) or _Tint(button)
    tint.wears(name, color, px)


class _Tint(QObject):
    """Draws a button's icon again when the colours or the font change."""

    def __init__(self, button: QAbstractButton) -> None:
        super().__init__(button)
        self._button = button
        self._look: tuple[str, str, float] = ("", "text", SIZE_PX)
        button.installEventFilter(self)

    def wears(self, name: str, color: str, px: float) -> None:
        """Show the icon ``name``."""
        self._look = (name, color, px)
        self._button.setIcon(icon(*self._look))
        side = theme.scaled(px)
        self._button.setIconSize(QSize(side, side))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Watch the button for a change of palette or font."""
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange) and self._look[0]:
            self.wears(*self._look)
        return super().eventFilter(watched, event)


@cache
def _source(name: str) -> str:
    return (paths.resources() / "icons" / f"{name}.svg").read_text(encoding="utf-8")
