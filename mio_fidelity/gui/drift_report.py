"""The recalibration report: charts, flags and recalibrations, as PDF or as a workbook."""

import html
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QDate, QLocale, QRectF, Qt
from PySide6.QtGui import QImage, QPainter

from mio_fidelity.analysis.drift_results import DriftReport
from mio_fidelity.coding.listing import Listing
from mio_fidelity.coding.recalibration_outcome import RecalibrationRow
from mio_fidelity.gui import theme
from mio_fidelity.gui.drift_axis import Frame
from mio_fidelity.gui.drift_cards import Card, draw_card
from mio_fidelity.gui.drift_chart import frame_of
from mio_fidelity.gui.drift_help import method_words
from mio_fidelity.gui.drift_tables import flags_listing, recalibrations_listing, series_listing
from mio_fidelity.gui.drift_view import View, cards_of
from mio_fidelity.gui.drift_work import Charted, all_series
from mio_fidelity.gui.file_export import FileExport
from mio_fidelity.gui.listing_model import shown_value
from mio_fidelity.gui.report_pdf import write_pdf
from mio_fidelity.gui.workbench import said
from mio_fidelity.media.progress import IsCancelled, OnProgress, Progress

translate = QCoreApplication.translate
# Pixels of the 100 % design; drawn finer than they are shown.
WIDE, HIGH, FINER = 640, 216, 3
# What a table of the report leaves to the workbook.
_FLAG_COLUMNS = ("coder", "began", "sessions", "change", "cleared_on", "words")
_SET_COLUMNS = ("coder", "drawn_on", "rated", "given", "state", "outcome")


class DriftExport(FileExport):
    """Writes the report, as a document or as a workbook."""

    def ask(
        self, found: Charted, view: View, words: str, rows: Sequence[RecalibrationRow], study: str
    ) -> None:
        """Ask where to, and write it on another thread."""
        kinds = self.tr("PDF documents (*.pdf)"), self.tr("Excel workbooks (*.xlsx)")
        path = self._where("recalibration.pdf", *kinds)
        if path is None:
            return
        if path.suffix.lower() == ".xlsx":
            self.write(partial(_write_workbook, path, found.report, tuple(rows), words, study))
        else:
            self.write(partial(_write_report, path, found, view, words, tuple(rows), study))


def picture(card: Card, frame: Frame) -> QImage:
    """A card as it is printed: light, without what surrounds it on the screen."""
    made = QImage(WIDE * FINER, HIGH * FINER, QImage.Format.Format_RGB32)
    made.fill(Qt.GlobalColor.white)
    painter = QPainter(made)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.scale(FINER / theme.font_factor(), FINER / theme.font_factor())
    wide, high = WIDE * theme.font_factor(), HIGH * theme.font_factor()
    draw_card(painter, QRectF(0, 0, wide, high), card, frame, theme.LIGHT)
    painter.end()
    return made


def report_html(
    report: DriftReport, cards: Sequence[Card], words: str, rows: Sequence[RecalibrationRow], study: str
) -> str:
    """The body of the report; each chart is an image called after its place."""
    today = QLocale().toString(QDate.currentDate(), QLocale.FormatType.LongFormat)
    title = translate("Drift", "Recalibration report")
    facts = (study, today, report.edition, words)
    parts = [f"<h1>{html.escape(title)}</h1>"]
    parts += [f"<p class='muted'>{html.escape(fact)}</p>" for fact in facts if fact]
    calm = translate("Drift", "Charts call for calibration; they do not say who is right, and rank nobody.")
    parts.append(f"<p>{html.escape(calm)}</p>")
    none = translate("Drift", "No chart is flagged.")
    parts.append(_section(translate("Drift", "Flags"), flags_listing(report), _FLAG_COLUMNS, none))
    charts = translate("Drift", "Charts")
    parts.append(f"<h2>{html.escape(charts)}</h2>")
    parts += [f"<p><img src='card{nth}' width='{WIDE}' height='{HIGH}'></p>" for nth in range(len(cards))]
    if lines := {line.tag: line.title for card in cards for line in card.lines}:
        key = "; ".join(f"{tag} {name}" for tag, name in sorted(lines.items(), key=lambda item: int(item[0])))
        marks = translate(
            "Drift",
            "A full mark lies beyond the limits and belongs to a flag, a hollow one lies beyond them only.",
        )
        parts.append(f"<p class='muted'>{html.escape(key)}. {html.escape(marks)}</p>")
    none = translate("Drift", "None so far.")
    listing = recalibrations_listing(rows)
    parts.append(_section(translate("Drift", "Recalibrations"), listing, _SET_COLUMNS, none))
    heading = translate("Drift", "How it was computed")
    parts.append(f"<h2>{html.escape(heading)}</h2>")
    said_all = (*method_words(report.options), *(said(remark) for remark in report.remarks), report.banner)
    parts += [f"<p>{html.escape(line)}</p>" for line in said_all if line]
    return "".join(parts)


def _section(title: str, listing: Listing, keys: Sequence[str], none: str) -> str:
    head = f"<h2>{html.escape(title)}</h2>"
    if not listing.rows:
        return f"{head}<p>{html.escape(none)}</p>"
    at = [listing.at(key) for key in keys]
    titles = "".join(f"<th>{html.escape(said(listing.columns[each].title))}</th>" for each in at)
    rows = "".join(
        "<tr>"
        + "".join(
            f"<td>{html.escape(shown_value(row[each], listing.columns[each].kind))}</td>" for each in at
        )
        + "</tr>"
        for row in listing.rows
    )
    return f"{head}<table width='100%'><thead><tr>{titles}</tr></thead>{rows}</table>"


def _write_report(
    path: Path,
    found: Charted,
    view: View,
    words: str,
    rows: tuple[RecalibrationRow, ...],
    study: str,
    tell: OnProgress,
    cancelled: IsCancelled,
) -> None:
    progress = Progress(tell, cancelled)
    cards = cards_of(found, view)
    frame = frame_of([card.lines for card in cards])
    pictures = {}
    for nth, card in enumerate(cards):
        pictures[f"card{nth}"] = picture(card, frame)
        progress.at(0.8 * (nth + 1) / len(cards))
    title = translate("Drift", "Recalibration report")
    write_pdf(path, report_html(found.report, cards, words, rows, study), f"{title} · {study}", pictures)
    progress.at(1.0)


def _write_workbook(
    path: Path,
    report: DriftReport,
    rows: tuple[RecalibrationRow, ...],
    words: str,
    study: str,
    tell: OnProgress,
    cancelled: IsCancelled,
) -> None:
    # Reading a spreadsheet library takes a moment that only who exports should wait for.
    from mio_fidelity.report.listings import Origin, write_listings

    tables = [flags_listing(report), series_listing(report, all_series(report)), recalibrations_listing(rows)]
    looked_at = {translate("Drift", "looked at"): words}
    write_listings(path, tables, Origin(study, looked_at), tell, cancelled)
