"""The minutes of a meeting as a workbook, for the lab's own file."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from mio_fidelity import __version__
from mio_fidelity.coding.decisions import Decided
from mio_fidelity.coding.meetings import Minutes
from mio_fidelity.report.books import written
from mio_fidelity.report.cells import HEAD_LEFT, NOTE, SUBTITLE, TITLE, WHY, WRAPPED, As, Look, Sheet

NAME = "Meeting"
_WIDTHS = (14, 30, 16, 62, 13)
_DAY = Look(align="left", format="yyyy-mm-dd")
_BOLD = Look(bold=True)


def write_meeting(
    path: Path, minutes: Minutes, earlier: Sequence[Decided], study: str, notes: bool = False
) -> None:
    """Write one meeting as an Excel workbook of one sheet; people by their codes.

    Args:
        path: Where to; an old file there is replaced at the very end.
        minutes: The meeting.
        earlier: Decisions of other meetings in force on its day.
        study: Title of the study.
        notes: Whether to write the notes and the remarks on what was talked about, which may identify people.

    Raises:
        UserError: the file could not be written; it says why.
    """
    with written(Path(path), f"{NAME} {minutes.held_on.isoformat()}") as book:
        sheet = Sheet(book, NAME, _WIDTHS, footer=study)
        sheet.add(f"{NAME} of {minutes.held_on.isoformat()}", look=TITLE)
        sheet.skip()
        for name, value in (
            ("Study", study),
            ("Present", ", ".join(minutes.attended.values()) or "nobody is entered"),
            ("Sessions", ", ".join(minutes.sessions.values()) or "none are entered"),
        ):
            row = sheet.add(As(name, _BOLD), As(value, WRAPPED))
            sheet.merge(row, 2, len(_WIDTHS))
        _topics(sheet, minutes, notes)
        _decisions(sheet, "Decisions", minutes.decisions)
        _decisions(sheet, "Decided before and in force on that day", earlier)
        if notes:
            sheet.skip()
            sheet.add("Notes", look=SUBTITLE)
            sheet.across(minutes.notes or "none", WRAPPED)
        sheet.skip()
        left_out = "" if notes else " Notes are left out."
        sheet.across(f"MIO Fidelity {__version__}, {datetime.now(UTC):%Y-%m-%d %H:%M} UTC.{left_out}", NOTE)
        sheet.finish()


def _topics(sheet: Sheet, minutes: Minutes, notes: bool) -> None:
    rows = [
        [
            topic.label,
            As(topic.title or "the whole session", WRAPPED),
            "settled" if topic.settled else "open",
            As(topic.note, WRAPPED) if notes else None,
        ]
        for topic in minutes.topics
    ]
    heads = ("Session", "Scale", "State", *(["Remark"] if notes else []))
    _table(sheet, "Talked about from the list", heads, rows)


def _decisions(sheet: Sheet, title: str, found: Sequence[Decided]) -> None:
    rows = [
        [
            As(each.since, _DAY),
            As(each.scale_title or "all scales", WRAPPED),
            As(each.dimension_title or "all", WRAPPED),
            As(each.text, WRAPPED),
            As(each.withdrawn_on, _DAY),
        ]
        for each in found
    ]
    _table(sheet, title, ("Since", "Scale", "Dimension", "Decision", "Withdrawn"), rows)


def _table(sheet: Sheet, title: str, heads: Sequence[str], rows: Iterable[Sequence[str | As | None]]) -> None:
    sheet.skip()
    sheet.add(title, look=SUBTITLE)
    found = list(rows)
    if not found:
        sheet.add(As("none", replace(WHY, indent=0)))
        return
    sheet.add(*heads, look=HEAD_LEFT)
    for row in found:
        sheet.add(*row)
