"""What the page on counselors says in words: figures, trends, the study's criterion."""

import math

from PySide6.QtCore import QCoreApplication

from mio_fidelity.analysis.counselor_listings import band_words
from mio_fidelity.analysis.counselor_results import CounselorLine, CounselorReport, Figure, Share, Slot
from mio_fidelity.gui.course_picture import Course, Panel
from mio_fidelity.gui.course_plot import ArmPanel
from mio_fidelity.gui.figures import percent, signed
from mio_fidelity.gui.workbench import said

translate = QCoreApplication.translate


def trend_words(trend: Figure) -> str:
    """ "+0.14 a session [+0.09, +0.19], n 24", or why there is none."""
    if math.isnan(trend.value):
        return said(trend.why)
    words = translate("Counselors", "{slope} a session {interval}, n {n}")
    interval = "" if math.isnan(trend.low) else f"[{signed(trend.low)}, {signed(trend.high)}]"
    shown = words.format(slope=signed(trend.value), interval=interval, n=trend.n).replace(" ,", ",")
    return f"{shown}. {said(trend.why)}" if trend.why else shown


def share_words(report: CounselorReport, share: Share) -> str:
    """How many sessions meet the study's criterion."""
    if not report.bands:
        return translate("Counselors", "The study has not chosen a criterion.")
    figure = share.figure
    words = translate(
        "Counselors",
        "Sessions that meet the study's criterion: {met} of {n}, {share} (95% interval {low} to {high})",
    )
    parts = [
        words.format(
            met=share.met,
            n=figure.n,
            share=percent(figure.value),
            low=percent(figure.low),
            high=percent(figure.high),
        )
        if figure.n
        else said(figure.why).rstrip(".")
    ]
    if share.unjudged:
        more = translate("Counselors", "{n} cannot be told, for a score is lacking")
        parts.append(more.format(n=share.unjudged))
    if share.unasked:
        more = translate("Counselors", "of {n} in other arms nothing is asked")
        parts.append(more.format(n=share.unasked))
    return "; ".join(parts)


def criterion_words(report: CounselorReport) -> str:
    """The criterion itself, line by line."""
    return "; ".join(said(band_words(report, band)) for band in report.bands)


def panels(report: CounselorReport, line: CounselorLine, dimension: str) -> tuple[Panel, ...]:
    """A panel for each domain, with a line for each client."""
    made = []
    for slot in _slots(report, dimension):
        courses = tuple(
            Course(
                client.client,
                tuple(
                    (each.row.number or 0, each.scores[slot])
                    for each in client.sessions
                    if not math.isnan(each.scores[slot])
                ),
            )
            for client in line.clients
        )
        made.append(
            _panel(report, slot, courses, _limits(report, line, slot), trend_words(line.trends[slot]))
        )
    return tuple(made)


def arm_panels(report: CounselorReport, dimension: str) -> tuple[ArmPanel, ...]:
    """A panel for each domain, with the means of the counselors of each arm."""
    made = []
    for slot in _slots(report, dimension):
        row = next(row for row in report.arm_rows if (row.domain, row.dimension) == slot)
        title, color, steps = _about(report, slot)
        arms = {arm: tuple(level.counselors.items()) for arm, level in row.by_arm.items()}
        made.append(ArmPanel(title, color, steps, arms))
    return tuple(made)


def mean_panels(report: CounselorReport, line: CounselorLine, dimension: str) -> tuple[Panel, ...]:
    """As `panels`, with one line: the mean over clients."""
    made = []
    for slot in _slots(report, dimension):
        dots = tuple((point.number, point.mean) for point in line.by_number[slot])
        made.append(_panel(report, slot, (Course("", dots),), (None, None), ""))
    return tuple(made)


def _slots(report: CounselorReport, dimension: str) -> list[Slot]:
    return [slot for slot in report.slots if slot[1] == dimension]


def _about(report: CounselorReport, slot: Slot) -> tuple[str, tuple[str, str], tuple[int, int]]:
    domain = next(each for each in report.instrument.domains if each.key == slot[0])
    steps = report.instrument.dimensions[slot[1]].points
    return domain.title, (domain.key, domain.color), (steps[0], steps[-1])


def _panel(
    report: CounselorReport,
    slot: Slot,
    courses: tuple[Course, ...],
    limits: tuple[float | None, float | None],
    note: str,
) -> Panel:
    return Panel(*_about(report, slot), courses, limits, note)


def _limits(report: CounselorReport, line: CounselorLine, slot: Slot) -> tuple[float | None, float | None]:
    """Drawn only where one criterion holds for all sessions of the counselor."""
    found = [
        (band.least, band.most)
        for band in report.bands
        if (band.domain, band.dimension) == slot and (not band.arm or line.arms == (band.arm,))
    ]
    return found[0] if len(found) == 1 else (None, None)
