"""A language nobody speaks, which shows strings that miss translation and pages that hold no longer text."""

import re
import unicodedata

from PySide6.QtCore import QTranslator

OPENING, CLOSING = "⟦", "⟧"
LONGER_BY = 1 / 3
_KEPT = re.compile(r"(\{[^}]*\}|%n|%L?\d|&)")


class PseudoTranslator(QTranslator):
    """Puts every string in brackets, accents its vowels, and makes it a third longer."""

    def translate(
        self,
        context: str,  # noqa: ARG002
        source: str,
        disambiguation: str | None = None,  # noqa: ARG002
        n: int = -1,  # noqa: ARG002
    ) -> str:
        """``source`` in the language nobody speaks."""
        return pseudo(source)


def pseudo(source: str) -> str:
    """``source`` in brackets, accented, a third longer; what stands for a value is left alone."""
    if not source or source.startswith(OPENING):
        return source
    accented = "".join(part if _KEPT.fullmatch(part) else _accented(part) for part in _KEPT.split(source))
    return f"{OPENING}{accented}{'·' * max(1, round(len(source) * LONGER_BY) - 2)}{CLOSING}"


def _accented(text: str) -> str:
    return unicodedata.normalize(
        "NFC", "".join(letter + "\u0301" if letter in "aeiouAEIOU" else letter for letter in text)
    )
