"""How numbers are written: without a leading zero, with a true minus, and a dash where there is none."""

import math
from collections.abc import Mapping

from PySide6.QtCore import QCoreApplication

from mio_fidelity.gui.workbench import said
from mio_fidelity.reliability.estimate import FLAGS, REASONS, Estimate

translate = QCoreApplication.translate
NONE = "—"


def coefficient(value: float) -> str:
    """A number that is 1 at most: ".71", "−.06", "1.00"."""
    if math.isnan(value):
        return NONE
    text = f"{abs(value):.2f}"
    sign = "−" if value < 0 and float(text) else ""
    return sign + (text[1:] if text.startswith("0") else text)


def limits(estimate: Estimate) -> str:
    """The interval: "[.54, .83]", or nothing when there is none."""
    if math.isnan(estimate.low):
        return ""
    return f"[{coefficient(estimate.low)}, {coefficient(estimate.high)}]"


def points(value: float, digits: int = 1) -> str:
    """A number in points of the scale: "5.6"."""
    return NONE if math.isnan(value) else f"{value:.{digits}f}".replace("-", "−")


def signed(value: float) -> str:
    """A difference, with its sign: "+0.35"."""
    if math.isnan(value):
        return NONE
    text = f"{abs(value):.2f}"
    return ("+" if value > 0 else "−" if value < 0 else "") * bool(float(text)) + text


def percent(value: float) -> str:
    """A share: "54%"."""
    return NONE if math.isnan(value) else f"{round(100 * value)}%"


def why_not(estimate: Estimate) -> str:
    """Why there is no value, in a sentence."""
    if estimate.reason is None:
        return ""
    return f"{translate('Estimate', REASONS[estimate.reason])} {said(estimate.detail)}".strip()


def remarks(estimate: Estimate) -> str:
    """Why there is no value, or what to keep in mind about it."""
    if estimate.reason is not None:
        return why_not(estimate)
    return " ".join(translate("Estimate", FLAGS[flag]) for flag in estimate.flags)


def basis(estimate: Estimate) -> str:
    """How much data an estimate rests on."""
    words = translate(
        "Reliability",
        "sessions with two or more codings: {multiple} of {sessions}; scores: {ratings}; coders: {coders}",
    )
    return words.format(
        multiple=estimate.n_multiple,
        sessions=estimate.n_sessions,
        ratings=estimate.n_ratings,
        coders=estimate.n_coders,
    )


def scores(given: Mapping[str, float]) -> str:
    """Who gave what: "R1 = 2, R4 = 6"."""
    return ", ".join(f"{coder} = {value:g}" for coder, value in given.items())
