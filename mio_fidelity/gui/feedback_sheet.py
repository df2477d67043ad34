"""One page for a counselor: means and how they go over the sessions, without clients, dates and coders."""

import html
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

from PySide6.QtCore import QCoreApplication, QRectF, Qt
from PySide6.QtGui import QFont, QImage, QPainter

from mio_fidelity.analysis.counselor_listings import band_words
from mio_fidelity.analysis.counselor_results import CounselorLine, CounselorReport, Figure
from mio_fidelity.analysis.results import Moments
from mio_fidelity.gui import theme
from mio_fidelity.gui.counselor_words import mean_panels, share_words
from mio_fidelity.gui.course_picture import draw_panel, span_of
from mio_fidelity.gui.figures import NONE, points, signed
from mio_fidelity.gui.report_pdf import pages_of
from mio_fidelity.gui.workbench import said

translate = QCoreApplication.translate
# Below this many sessions the page says that they are few.
FEW = 6
PICTURE = "course"
_WIDE, _HIGH, _SHARP, _LETTERS_PX = 640, 120, 4, 9
_SCALES, _TITLES, _SHORT = "scales", "titles", "short"
_NOTHING = Moments(math.nan, math.nan, 0)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page to be written.

    Attributes:
        html: Its body.
        title: Of the file and of the foot line.
        pictures: What it shows, by name.
    """

    html: str
    title: str
    pictures: Mapping[str, QImage]


def feedback_sheet(report: CounselorReport, code: str, with_code: bool) -> Sheet:
    """The page for one counselor; what does not fit on one page is left out, the scales first.

    Args:
        report: The figures.
        code: Whose page.
        with_code: Whether the code is on it.
    """
    line = report.line(code)
    title = translate("Feedback", "Feedback on fidelity")
    if with_code:
        title = f"{title} · {code}"
    pictures = {PICTURE: _picture(report, line)}
    made = ""
    for detail in (_SCALES, _TITLES, _SHORT):
        made = _page(report, line, title, detail)
        if pages_of(made, pictures) == 1:
            break
    return Sheet(made, title, pictures)


def _page(report: CounselorReport, line: CounselorLine, title: str, detail: str) -> str:
    instrument = report.instrument
    parts = [f"<h1>{html.escape(title)}</h1>"]
    if instrument.banner:
        parts.append(f"<p><b>{html.escape(instrument.banner)}</b></p>")
    parts += [_basis(report, line), _means(report, line), _points(report), _pictures(report, line)]
    if detail != _SHORT:
        parts.append(_scales(report, line, cues=detail == _SCALES))
    parts.append(_criterion(report, line))
    return "".join(parts)


def _pictures(report: CounselorReport, line: CounselorLine) -> str:
    high = _HIGH * len(report.instrument.dimensions)
    heading = translate("Feedback", "Over the sessions, all clients together")
    picture = f'<h2>{html.escape(heading)}</h2><p><img src="{PICTURE}" width="{_WIDE}" height="{high}"></p>'
    if len(line.clients) < 2:
        return picture
    # Not every session is coded, so the points of a line may be of different clients.
    words = translate("Feedback", "A point is the mean of the clients of whom this session was coded.")
    return f"{picture}<p class='muted'>{html.escape(words)}</p>"


def _basis(report: CounselorReport, line: CounselorLine) -> str:
    words = translate(
        "Feedback", "Coded sessions: {sessions}, clients: {clients}. {title}, edition {edition}."
    )
    made = report.instrument
    shown = words.format(
        sessions=len(line.sessions), clients=len(line.clients), title=made.title, edition=made.edition
    )
    if len(line.arms) > 1:
        arms = translate("Feedback", "Sessions of {arms} are taken together.")
        shown = f"{shown} {arms.format(arms=', '.join(line.arms))}"
    parts = [f"<p>{html.escape(shown)} {html.escape(said(report.rule))}</p>"]
    if len(line.sessions) < FEW:
        few = translate("Feedback", "So few sessions say little: another session could change every number.")
        parts.append(f"<p><b>{html.escape(few)}</b></p>")
    return "".join(parts)


def _means(report: CounselorReport, line: CounselorLine) -> str:
    """A row for each domain; of each dimension mean, standard deviation and sessions, and the slope."""
    dimensions = report.instrument.dimensions
    heads = [_cell(translate("Feedback", "Domain"), "th")]
    for dimension in dimensions.values():
        mean = translate("Feedback", "{dimension}: mean (SD), n").format(dimension=dimension.title)
        heads += [_cell(mean, "th"), _cell(translate("Feedback", "per session"), "th")]
    rows = []
    for domain in report.instrument.domains:
        cells = [_cell(domain.title)]
        for key in dimensions:
            moments = line.moments.get((domain.key, key), _NOTHING)
            shown = f"<b>{points(moments.mean, 2)}</b> ({points(moments.sd, 2)}), {moments.n}"
            cells += [_cell(shown, raw=True), _cell(_slope(line.trends.get((domain.key, key))))]
        rows.append(f"<tr>{''.join(cells)}</tr>")
    return _table(heads, rows)


def _slope(trend: Figure | None) -> str:
    """With its interval; a slope that has none would be taken for more than it is."""
    if trend is None or math.isnan(trend.low):
        return NONE
    # Within the brackets no-break spaces: the cell is narrow.
    return f"{signed(trend.value)} [{signed(trend.low)},\u00a0{signed(trend.high)}]"


def _points(report: CounselorReport) -> str:
    words = translate(
        "Feedback", "{dimension}: {question}, from {low} ({low_words}) to {high} ({high_words})."
    )
    said_ = [
        words.format(
            dimension=each.title,
            question=each.question,
            low=each.points[0],
            low_words=each.low_label,
            high=each.points[-1],
            high_words=each.high_label,
        )
        for each in report.instrument.dimensions.values()
    ]
    slope = translate(
        "Feedback",
        "“Per session” is by how much the score changes from one session of a client to the next, with its "
        "95% interval; a dash where there are too few sessions, or no spread, for one.",
    )
    return f"<p class='muted'>{html.escape(' '.join([*said_, slope]))}</p>"


def _scales(report: CounselorReport, line: CounselorLine, cues: bool) -> str:
    dimensions = report.instrument.dimensions
    heads = [_cell(translate("Feedback", "Scale"), "th")]
    heads += [_cell(each.title, "th") for each in dimensions.values()]
    rows = []
    for domain in report.instrument.domains:
        rows.append(f"<tr><td colspan='{1 + len(dimensions)}'><b>{html.escape(domain.title)}</b></td></tr>")
        for scale in domain.scales:
            cue = f" <span class='muted'>{html.escape(scale.cue)}</span>" if cues and scale.cue else ""
            cells = [_cell(f"{html.escape(scale.title)}{cue}", raw=True)]
            for key in dimensions:
                moments = line.scales.get((scale.key, key), _NOTHING)
                words = translate("Feedback", "{mean} (n {n})")
                shown = words.format(mean=points(moments.mean, 2), n=moments.n) if moments.n else "—"
                cells.append(_cell(shown))
            rows.append(f"<tr>{''.join(cells)}</tr>")
    title = html.escape(translate("Feedback", "The scales"))
    return f"<h2>{title}</h2>{_table(heads, rows)}"


def _criterion(report: CounselorReport, line: CounselorLine) -> str:
    asked = [said(band_words(report, band)) for band in report.bands if band.arm in ("", *line.arms)]
    parts = [*(["; ".join(asked) + "."] if asked else []), share_words(report, line.share).rstrip(".") + "."]
    return f"<p class='muted'>{html.escape(' '.join(parts))}</p>"


def _table(heads: list[str], rows: list[str]) -> str:
    look = "font-size: 8.5pt; margin-top: 4px; margin-bottom: 6px"
    head = f"<thead><tr>{''.join(heads)}</tr></thead>"
    return f"<table width='100%' cellspacing='0' style='{look}'>{head}{''.join(rows)}</table>"


def _cell(text: str, tag: str = "td", raw: bool = False) -> str:
    return f"<{tag}>{text if raw else html.escape(text)}</{tag}>"


def _picture(report: CounselorReport, line: CounselorLine) -> QImage:
    """A row of panels for each dimension, in the colours of paper."""
    rows = [mean_panels(report, line, key) for key in report.instrument.dimensions]
    image = QImage(_WIDE * _SHARP, _HIGH * len(rows) * _SHARP, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.scale(_SHARP, _SHARP)
    letters = QFont(theme.font())
    letters.setPixelSize(_LETTERS_PX)
    span = span_of([panel for row in rows for panel in row])
    titles = [each.title for each in report.instrument.dimensions.values()]
    for nth, (row, title) in enumerate(zip(rows, titles, strict=True)):
        wide = _WIDE / max(1, len(row))
        for at, panel in enumerate(row):
            room = QRectF(at * wide, nth * _HIGH, wide - 14, _HIGH)
            named = replace(panel, title=f"{panel.title}, {title}")
            draw_panel(painter, room, named, span, theme.LIGHT, letters)
    painter.end()
    return image
