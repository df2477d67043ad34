"""Tables of ratings as labs have them."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from openpyxl import Workbook

HEADER = ("session", "coder", "scale", "dimension", "value")
SCALES = ("warm_regard", "child_mind")


def long_rows(sessions: int = 6, coders: Sequence[str] = ("R1", "R2")) -> list[tuple[Any, ...]]:
    """Fidelity and competence of two scales; coders differ here and there."""
    return [
        (f"C{nth:02}-1", coder, scale, dimension, 2 + (nth * 3 + at * (nth % 2)) % 6)
        for nth in range(1, sessions + 1)
        for at, coder in enumerate(coders)
        for scale in SCALES
        for dimension in ("fidelity", "competence")
    ]


def text_of(rows: Sequence[Sequence[Any]], separator: str = ",", end: str = "\n") -> str:
    """Rows as CSV without quotes."""
    return end.join(separator.join(map(str, row)) for row in rows) + end


def csv_file(path: Path, rows: Sequence[Sequence[Any]], header: Sequence[str] = HEADER) -> Path:
    """A plain CSV file."""
    path.write_text(text_of([header, *rows]), encoding="utf-8")
    return path


def excel_file(path: Path, rows: Sequence[Sequence[Any]], header: Sequence[str] = HEADER) -> Workbook:
    """A workbook with one sheet, which the caller may change before saving it to ``path`` again."""
    book = Workbook()
    for row in [header, *rows]:
        book.active.append(list(row))
    book.save(path)
    return book
