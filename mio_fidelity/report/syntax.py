"""Syntax files for R and SPSS that read the long data with their labels."""

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from pathlib import Path

from mio_fidelity.analysis.table import Column, ScoreTable
from mio_fidelity.answer import State
from mio_fidelity.report.cells import plain_text
from mio_fidelity.report.files import replacing
from mio_fidelity.report.long import COLUMNS, STATE_WORDS
from mio_fidelity.report.words import banner_of

# Only the SPSS file has codes for missing scores: in the CSV a score is a score or empty.
MISSING_CODES = {State.OPEN: -97, State.CANNOT_RATE: -98, State.NOT_APPLICABLE: -99}
_LONGEST_LABEL = 120


def write_r_syntax(path: Path, table: ScoreTable, csv_name: str) -> None:
    """Write an R script (base R only) that reads the long data.

    Args:
        path: Where to.
        table: The scores, for their titles and anchors.
        csv_name: Name of the CSV file, in the same folder.

    Raises:
        UserError: the file could not be written.
    """
    with replacing(Path(path)) as scratch:
        # Everything but ASCII is escaped, so no encoding can spoil it.
        scratch.write_text("\n".join(_r_lines(table, csv_name)) + "\n", "ascii", newline="\n")


def write_spss_syntax(path: Path, table: ScoreTable, csv_name: str) -> None:
    """Write an SPSS syntax file that reads the long data, one variable a dimension, with missing codes.

    Args:
        path: Where to.
        table: The scores, for their titles and anchors.
        csv_name: Name of the CSV file, in the same folder.

    Raises:
        UserError: the file could not be written.
    """
    with replacing(Path(path)) as scratch:
        # SPSS knows UTF-8 by the mark at the beginning.
        scratch.write_text("\n".join(_spss_lines(table, csv_name)) + "\n", "utf-8-sig", newline="\r\n")


def _scales(table: ScoreTable) -> dict[str, Column]:
    return {column.scale: column for column in reversed(table.columns)}


def _anchors(table: ScoreTable, dimension: str) -> dict[int, str]:
    """What each declared point of a dimension means on any scale; just the point where nothing says so."""
    points = dict.fromkeys(chain(*(table.columns[at].points for at in table.of(dimension))))
    found = {point: str(point) for point in points}
    if table.instrument:
        of = table.instrument.dimensions[dimension]
        for point in points:
            said = ": ".join(filter(None, (of.names.get(point), of.anchors.get(point))))
            found[point] = f"{point} {said}".strip()
    return found


def _comments(table: ScoreTable) -> Iterator[str]:
    yield "Scores of MIO Fidelity in long form: one row per session, coder, scale and dimension"
    if banner_of(table):
        yield _one_line(banner_of(table))
    yield "Keep this file beside the CSV file and begin in its folder"


def _one_line(text: str) -> str:
    return " ".join(plain_text(text).split())


def _r_lines(table: ScoreTable, csv_name: str) -> Iterator[str]:
    for comment in _comments(table):
        yield f"# {comment}.".encode("ascii", "replace").decode()
    kinds = {"number": "integer", "value": "numeric"}
    classes = ", ".join(f'{name} = "{kinds.get(name, "character")}"' for name in COLUMNS)
    yield f"scores <- read.csv({_r(csv_name)}, fileEncoding = 'UTF-8-BOM', na.strings = '', colClasses = c("
    yield f"  {classes}))"
    yield "scores$date <- as.Date(scores$date)"
    yield from _r_factor("state", {str(state): words for state, words in STATE_WORDS.items()})
    scales = list(_scales(table).values())[::-1]
    yield from _r_factor("scale", {column.scale: column.title for column in scales})
    yield from _r_factor("dimension", dict(table.dimensions))
    for name, words in COLUMNS.items():
        yield f"attr(scores${name}, 'label') <- {_r(words)}"
    yield "# What the points of each dimension mean."
    yield "anchors <- list("
    last = len(table.dimensions) - 1
    for nth, (key, _) in enumerate(table.dimensions):
        pairs = ", ".join(f"{_r(text)} = {point}" for point, text in _anchors(table, key).items())
        yield f"  {_r(key)} = c({pairs}){',' if nth < last else ''}"
    yield ")"
    yield "# Sessions by coders for one scale and dimension; NA where there is no score."
    yield "score_matrix <- function(scale, dimension) {"
    yield "  rows <- scores[scores$scale == scale & scores$dimension == dimension, ]"
    yield "  tapply(rows$value, list(session = rows$session, coder = rows$coder), function(x) x[1])"
    yield "}"
    if table.columns:
        first = table.columns[0]
        yield f"# For example: score_matrix({_r(first.scale)}, {_r(first.dimension)})"


def _r_factor(name: str, titles: Mapping[str, str]) -> Iterator[str]:
    """The keys stay the values; the titles are in a column of their own."""
    levels = ", ".join(_r(plain_text(key)) for key in titles)
    labels = ", ".join(_r(_one_line(title)) for title in titles.values())
    yield f"scores${name}_title <- factor(scores${name}, levels = c({levels}), labels = c({labels}))"


def _r(text: str) -> str:
    """A string of R."""

    def escaped(letter: str) -> str:
        if letter in '\\"':
            return f"\\{letter}"
        return letter if " " <= letter <= "~" else f"\\U{ord(letter):08x}"

    return '"' + "".join(map(escaped, text)) + '"'


def _spss_lines(table: ScoreTable, csv_name: str) -> Iterator[str]:
    for comment in _comments(table):
        yield f"* {comment}."
    yield f"GET DATA /TYPE=TXT /FILE={_spss(csv_name)} /ENCODING='UTF8' /ARRANGEMENT=DELIMITED"
    yield "  /DELIMITERS=',' /QUALIFIER='\"' /FIRSTCASE=2 /VARIABLES="
    yield from (f"  {name} {kind}" for name, kind in _spss_formats(table).items())
    yield "."
    yield "VARIABLE LABELS"
    yield from (f"  {name} {_spss(words)}" for name, words in COLUMNS.items())
    yield "."
    scales = [(column.scale, column.title) for column in _scales(table).values()][::-1]
    yield from _spss_labels("scale", ((_spss(key), title) for key, title in scales))
    yield from _spss_labels("dimension", ((_spss(key), title) for key, title in table.dimensions))
    states = ((_spss(str(state)), words) for state, words in STATE_WORDS.items())
    yield from _spss_labels("state", states)
    for key, title in table.dimensions:
        yield from _spss_dimension(table, key, title)
    yield "EXECUTE."


def _spss_dimension(table: ScoreTable, key: str, title: str) -> Iterator[str]:
    """A variable with the scores of one dimension, and codes for what is missing."""
    name = "score_" + re.sub(r"[^A-Za-z0-9]", "_", key)[:50]
    yield f"NUMERIC {name} (F8.2)."
    yield f"DO IF (dimension = {_spss(key)})."
    yield f"COMPUTE {name} = value."
    for state, code in MISSING_CODES.items():
        yield f"IF (state = {_spss(str(state))}) {name} = {code}."
    yield "END IF."
    yield f"VARIABLE LABELS {name} {_spss(f'{title}: score')}."
    yield f"MISSING VALUES {name} ({', '.join(str(code) for code in MISSING_CODES.values())})."
    points = [(str(point), text) for point, text in _anchors(table, key).items()]
    missing = [(str(code), STATE_WORDS[state]) for state, code in MISSING_CODES.items()]
    yield from _spss_labels(name, points + missing)


def _spss_labels(name: str, labels: Iterable[tuple[str, str]]) -> Iterator[str]:
    yield f"VALUE LABELS {name}"
    yield from (f"  {value} {_spss(label)}" for value, label in labels)
    yield "."


def _spss_formats(table: ScoreTable) -> dict[str, str]:
    """Types of the columns; texts as wide as the longest."""
    texts = {
        "session": [session.label for session in table.sessions],
        "arm": [session.arm for session in table.sessions],
        "site": [session.site for session in table.sessions],
        "counselor": [session.counselor for session in table.sessions],
        "coder": list(table.coders),
        "scale": [column.scale for column in table.columns],
        "dimension": [column.dimension for column in table.columns],
        "state": [str(state) for state in STATE_WORDS],
    }
    # One more for the apostrophe before what a spreadsheet would run.
    wide = {name: max([len(text.encode()) for text in found], default=0) + 1 for name, found in texts.items()}
    kinds = {"number": "F6.0", "date": "SDATE10", "value": "F8.2"}
    return {name: kinds.get(name) or f"A{max(wide[name], 4)}" for name in COLUMNS}


def _spss(text: str) -> str:
    """A string of SPSS; a label may have 120 bytes."""
    short = _one_line(text).encode()[:_LONGEST_LABEL].decode(errors="ignore")
    return "'" + short.replace("'", "''") + "'"
