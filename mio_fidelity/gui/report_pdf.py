"""A report as a PDF file: Qt's own printing, black on white whatever the window looks like."""

from collections.abc import Mapping
from pathlib import Path

from PySide6.QtCore import QBuffer, QCoreApplication, QLocale, QMarginsF, QRectF, QSizeF, Qt, QUrl
from PySide6.QtGui import (
    QAbstractTextDocumentLayout,
    QColor,
    QFont,
    QImage,
    QPagedPaintDevice,
    QPageLayout,
    QPageSize,
    QPainter,
    QPalette,
    QPdfWriter,
    QTextDocument,
)

from mio_fidelity.gui import theme
from mio_fidelity.report.files import replacing

RESOLUTION = 1200
POINTS = 9.5
FOOT_POINTS = 8.0
# Millimetres; the line with the page number stands below the text.
MARGIN_MM, FOOT_MM = 18.0, 9.0
_MM_PER_INCH = 25.4
_STYLE = """
h1 { font-size: 17pt; font-weight: 600; margin-bottom: 4px; }
h2 { font-size: 12.5pt; font-weight: 600; margin-top: 16px; margin-bottom: 4px; }
h3 { font-size: 10.5pt; font-weight: 600; margin-top: 10px; margin-bottom: 2px; }
p { margin-top: 0; margin-bottom: 5px; }
th { font-weight: 600; text-align: left; padding: 2px 8px 3px 0; color: #44505e; }
td { padding: 2px 8px 3px 0; }
.muted { color: #5a6673; }
.number { text-align: right; }
"""


def write_pdf(path: Path, html: str, title: str, pictures: Mapping[str, QImage] | None = None) -> None:
    """Write ``html`` as a PDF with a foot line on each page; on any thread.

    Headings, paragraphs, lists and tables are styled; a table's ``<thead>`` is repeated on each page.

    Args:
        path: Where to; an old file there is replaced at the very end, or stays as it was.
        html: The body of the report; what people wrote must be escaped.
        title: In the file's properties and the foot line, beside the number of the page.
        pictures: What ``<img src="name">`` shows, by name; nothing else is ever fetched.

    Raises:
        UserError: the file could not be written; it says why.
    """
    with replacing(Path(path)) as scratch:
        # In memory first: Qt does not say that a disk is full.
        scratch.write_bytes(_pdf(html, title, pictures or {}))


def print_on(device: QPagedPaintDevice, html: str, title: str) -> bool:
    """Put the same pages on a printer, or on whatever has pages; whether it took them."""
    device.setPageMargins(_margins(), QPageLayout.Unit.Millimeter)
    return _paint(device, html, title, {})


def pages_of(html: str, pictures: Mapping[str, QImage] | None = None) -> int:
    """How many pages `write_pdf` would make of this."""
    buffer = QBuffer()
    buffer.open(QBuffer.OpenModeFlag.WriteOnly)
    return _document(html, pictures or {}, _writer(buffer, "")).pageCount()


class _Document(QTextDocument):
    def loadResource(self, kind: int, url: QUrl | str) -> QImage:  # noqa: ARG002
        """Nothing is fetched; were there no picture, Qt would look for a file of this name."""
        nothing = QImage(1, 1, QImage.Format.Format_ARGB32)
        nothing.fill(Qt.GlobalColor.transparent)
        return nothing


def _pdf(html: str, title: str, pictures: Mapping[str, QImage]) -> bytes:
    buffer = QBuffer()
    buffer.open(QBuffer.OpenModeFlag.WriteOnly)
    _paint(_writer(buffer, title), html, title, pictures)
    return bytes(buffer.data().data())


def _paint(device: QPagedPaintDevice, html: str, title: str, pictures: Mapping[str, QImage]) -> bool:
    document, painter = _document(html, pictures, device), QPainter()
    if not painter.begin(device):
        return False
    painter.setRenderHint(QPainter.RenderHint.LosslessImageRendering)
    for page in range(document.pageCount()):
        if page:
            device.newPage()
        _draw(painter, document, page)
        _draw_foot(painter, device, title, page + 1, document.pageCount())
    return painter.end()


def _writer(buffer: QBuffer, title: str) -> QPdfWriter:
    writer = QPdfWriter(buffer)
    writer.setTitle(title)
    writer.setCreator("MIO Fidelity")
    writer.setResolution(RESOLUTION)
    writer.setPageSize(QPageSize(_paper()))
    writer.setPageMargins(_margins(), QPageLayout.Unit.Millimeter)
    return writer


def _margins() -> QMarginsF:
    return QMarginsF(MARGIN_MM, MARGIN_MM, MARGIN_MM, MARGIN_MM - FOOT_MM / 2)


def _paper() -> QPageSize.PageSizeId:
    imperial = QLocale().measurementSystem() == QLocale.MeasurementSystem.ImperialUSSystem
    return QPageSize.PageSizeId.Letter if imperial else QPageSize.PageSizeId.A4


def _document(html: str, pictures: Mapping[str, QImage], device: QPagedPaintDevice) -> QTextDocument:
    document = _Document()
    document.documentLayout().setPaintDevice(device)
    document.setDefaultFont(_letters(POINTS))
    document.setDocumentMargin(0)
    document.setDefaultStyleSheet(_STYLE)
    for name, picture in pictures.items():
        document.addResource(QTextDocument.ResourceType.ImageResource.value, QUrl(name), picture)
    document.setHtml(html)
    foot = FOOT_MM / _MM_PER_INCH * device.logicalDpiY()
    room = QSizeF(device.width(), device.height() - foot)
    document.setPageSize(room)
    return document


def _letters(points: float) -> QFont:
    letters = QFont(theme.font())
    letters.setPointSizeF(points)
    return letters


def _draw(painter: QPainter, document: QTextDocument, page: int) -> None:
    size = document.pageSize()
    painter.save()
    painter.translate(0, -page * size.height())
    look = QAbstractTextDocumentLayout.PaintContext()
    look.clip = QRectF(0, page * size.height(), size.width(), size.height())
    # The window may be dark; paper is not.
    palette = QPalette()
    palette.setColor(QPalette.ColorRole.Text, Qt.GlobalColor.black)
    look.palette = palette
    painter.setClipRect(look.clip)
    document.documentLayout().draw(painter, look)
    painter.restore()


def _draw_foot(painter: QPainter, device: QPagedPaintDevice, title: str, page: int, pages: int) -> None:
    painter.setFont(_letters(FOOT_POINTS))
    painter.setPen(QColor("#5a6673"))
    line = QRectF(0, 0, device.width(), device.height())
    number = QCoreApplication.translate("Report", "Page {page} of {pages}").format(page=page, pages=pages)
    width = painter.fontMetrics().horizontalAdvance(f"  {number}")
    room = int(line.width()) - width
    shown = painter.fontMetrics().elidedText(title, Qt.TextElideMode.ElideRight, room)
    painter.drawText(line, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom, shown)
    painter.drawText(line, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignBottom, number)
