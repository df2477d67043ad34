"""The minutes of a meeting on paper: which file, with or without notes, and how it is written."""

import html
from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QCheckBox, QDialog, QRadioButton, QVBoxLayout, QWidget

from mio_fidelity.coding.decisions import Decided
from mio_fidelity.coding.meetings import Minutes
from mio_fidelity.gui import theme
from mio_fidelity.gui.decision_notes import long_day
from mio_fidelity.gui.dialogs import buttons, sentence_label
from mio_fidelity.gui.listing_export import ListingExport
from mio_fidelity.media.progress import IsCancelled, OnProgress

translate = QCoreApplication.translate
WIDTH_PX = 420


class ReportDialog(QDialog):
    """Asks which kind of file, and whether the notes are to be in it.

    Signals:
        asked: Whether a PDF is wanted (else a workbook), and whether with the notes.
    """

    asked = Signal(bool, bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Report of the meeting"))
        self.pdf, self.excel = QRadioButton(self.tr("PDF, to print")), QRadioButton(self.tr("Excel workbook"))
        self.notes = QCheckBox(self.tr("With the notes and remarks"))
        self.pdf.setChecked(True)
        column = QVBoxLayout(self)
        column.setSpacing(theme.scaled(10))
        words = self.tr("Who was there, by code, what was talked about and what was decided.")
        column.addWidget(sentence_label(words, "muted"))
        for widget in (self.pdf, self.excel, self.notes):
            column.addWidget(widget)
        hint = self.tr("Notes may say who somebody is. Tick this only for a file that stays in the lab.")
        column.addWidget(sentence_label(hint, "small"))
        column.addWidget(buttons(self, self.tr("Write…")))
        self.setMinimumWidth(theme.scaled(WIDTH_PX))

    def accept(self) -> None:
        """Hand over what is chosen."""
        self.asked.emit(self.pdf.isChecked(), self.notes.isChecked())
        super().accept()


class MeetingExport(ListingExport):
    """Also writes the report of one meeting."""

    def report(
        self, minutes: Minutes, earlier: Sequence[Decided], study: str, pdf: bool, notes: bool
    ) -> None:
        """Ask where to, and write it on another thread."""
        name = f"meeting-{minutes.held_on.isoformat()}"
        kinds = self.tr("PDF files (*.pdf)") if pdf else self.tr("Excel workbooks (*.xlsx)")
        path = self._where(f"{name}.pdf" if pdf else f"{name}.xlsx", kinds)
        if path is None:
            return
        if pdf:
            title = translate("MeetingReport", "Meeting of {day} · {study}")
            shown = title.format(day=long_day(minutes.held_on), study=study)
            self.write(partial(_write_pdf, path, as_html(minutes, earlier, study, notes), shown))
        else:
            self.write(partial(_write_excel, path, minutes, earlier, study, notes))


def as_html(minutes: Minutes, earlier: Sequence[Decided], study: str, notes: bool) -> str:
    """The report as a page.

    Args:
        minutes: The meeting.
        earlier: Decisions of other meetings in force on its day.
        study: Title of the study.
        notes: Whether with the notes, and the remarks on what was talked about.
    """
    title = translate("MeetingReport", "Meeting of {day}").format(day=long_day(minutes.held_on))
    nothing = translate("MeetingReport", "none")
    facts = (
        (translate("MeetingReport", "Study"), study),
        (translate("MeetingReport", "Present"), ", ".join(minutes.attended.values()) or nothing),
        (translate("MeetingReport", "Sessions"), ", ".join(minutes.sessions.values()) or nothing),
    )
    lines = "".join(f"<tr><th>{_safe(name)}</th><td>{_safe(value)}</td></tr>" for name, value in facts)
    parts = [
        f"<h1>{_safe(title)}</h1><table>{lines}</table>",
        _topics(minutes, notes),
        _decisions(translate("MeetingReport", "Decisions"), minutes.decisions),
        _decisions(translate("MeetingReport", "Decided before and in force on that day"), earlier),
    ]
    if notes:
        head = translate("MeetingReport", "Notes")
        parts.append(f"<h2>{_safe(head)}</h2><p>{_safe(minutes.notes or nothing)}</p>")
    return "".join(parts)


def _topics(minutes: Minutes, notes: bool) -> str:
    whole = translate("MeetingReport", "the whole session")
    states = translate("MeetingReport", "open"), translate("MeetingReport", "settled")
    heads = [
        translate("MeetingReport", "Session"),
        translate("MeetingReport", "Scale"),
        translate("MeetingReport", "State"),
    ]
    rows = [[each.label, each.title or whole, states[each.settled]] for each in minutes.topics]
    if notes:
        heads.append(translate("MeetingReport", "Remark"))
        rows = [[*row, each.note] for row, each in zip(rows, minutes.topics, strict=True)]
    return _table(translate("MeetingReport", "Talked about from the list"), heads, rows)


def _decisions(title: str, found: Sequence[Decided]) -> str:
    everywhere, every = translate("MeetingReport", "all scales"), translate("MeetingReport", "all")
    ended = translate("MeetingReport", "{text} (withdrawn on {day})")
    heads = (
        translate("MeetingReport", "Since"),
        translate("MeetingReport", "Scale"),
        translate("MeetingReport", "Dimension"),
        translate("MeetingReport", "Decision"),
    )
    rows = [
        [
            long_day(each.since),
            each.scale_title or everywhere,
            each.dimension_title or every,
            ended.format(text=each.text, day=long_day(each.withdrawn_on)) if each.withdrawn_on else each.text,
        ]
        for each in found
    ]
    return _table(title, heads, rows)


def _table(title: str, heads: Iterable[str], rows: Sequence[Sequence[str]]) -> str:
    head = f"<h2>{_safe(title)}</h2>"
    if not rows:
        return f"{head}<p class='muted'>{_safe(translate('MeetingReport', 'none'))}</p>"
    top = "".join(f"<th>{_safe(words)}</th>" for words in heads)
    body = "".join("<tr>" + "".join(f"<td>{_safe(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return f"{head}<table width='100%'><thead><tr>{top}</tr></thead>{body}</table>"


def _safe(text: str) -> str:
    return html.escape(text).replace("\n", "<br>")


# Reading what writes files takes a moment that only who wants one should wait for.
def _write_pdf(path: Path, page: str, title: str, _tell: OnProgress, _cancelled: IsCancelled) -> None:
    from mio_fidelity.gui.report_pdf import write_pdf

    write_pdf(path, page, title)


def _write_excel(
    path: Path,
    minutes: Minutes,
    earlier: Sequence[Decided],
    study: str,
    notes: bool,
    _tell: OnProgress,
    _cancelled: IsCancelled,
) -> None:
    from mio_fidelity.report.sheets_meetings import write_meeting

    write_meeting(path, minutes, earlier, study, notes)
