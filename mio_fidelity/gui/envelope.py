"""The outline of the sound as an image."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QSizeF
from PySide6.QtGui import QColor, QImage

if TYPE_CHECKING:
    from mio_fidelity.media.peaks import Peaks

# numpy is imported where it is used: a window without a recording opens sooner.

# A quiet recording is drawn larger, but noise is not blown up to look like speech.
_LARGEST_GAIN = 12.0


def gain_of(peaks: "Peaks") -> float:
    """How much to enlarge the outline so that the loudest speech fills the height."""
    import numpy as np

    if not peaks.duration_ms:
        return 1.0
    # np.quantile would do, but the first call of it imports a tenth of a second of numpy.
    loudness = np.sort(np.abs(peaks.columns(0, peaks.duration_ms, 1000)), axis=None)
    loudest = float(loudness[int(0.998 * (loudness.size - 1))])
    return min(_LARGEST_GAIN, 0.96 / loudest) if loudest > 0 else 1.0


def envelope(
    peaks: "Peaks", gain: float, span_ms: tuple[float, float], size: QSizeF, ratio: float, color: QColor
) -> QImage:
    """The loudness between two moments as fine bars on nothing.

    Args:
        peaks: Of the recording.
        gain: Enlargement, as `gain_of` says.
        span_ms: From and to.
        size: In pixels of the widget.
        ratio: Dots of the screen per pixel.
        color: Of the bars.

    Returns:
        The image, at most one bar narrower than ``size``. Filled by numpy, which costs a third of drawing
        lines.
    """
    import numpy as np

    width, height = max(2, int(size.width() * ratio)), max(1, int(size.height() * ratio))
    pitch = max(2, round(2 * ratio))
    bars = max(1, width // pitch)
    start, end = span_ms
    end = start + (end - start) * bars * pitch / width
    reach = np.clip(peaks.columns(round(start), round(end), bars) * gain, -1.0, 1.0)
    middle = height / 2
    # Silence keeps a thread of one pixel: there is sound here, it is only quiet.
    top = np.minimum(middle - reach[:, 1] * middle, middle - ratio / 2)
    bottom = np.maximum(middle - reach[:, 0] * middle, middle + ratio / 2)
    rows = np.arange(height, dtype=np.float32)[:, None]
    cover = np.clip(np.minimum(rows + 1, bottom) - np.maximum(rows, top), 0.0, 1.0).repeat(pitch, axis=1)
    cover[:, pitch - 1 :: pitch] *= 0.45
    dots = np.empty((height, bars * pitch, 4), np.uint8)
    for channel, part in enumerate((color.blue(), color.green(), color.red(), 255)):
        dots[..., channel] = cover * part
    image = QImage(dots.data, bars * pitch, height, QImage.Format.Format_ARGB32_Premultiplied).copy()
    image.setDevicePixelRatio(ratio)
    return image
