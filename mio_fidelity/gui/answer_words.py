"""Answers in words: what chips, tool tips and screen readers say."""

from collections.abc import Mapping

from PySide6.QtCore import QCoreApplication

from mio_fidelity.answer import Answer, Reason, State
from mio_fidelity.instrument import Dimension, Instrument


def reason_words(reason: Reason) -> str:
    """Why a coder cannot rate, in a word or two."""
    return {
        Reason.INAUDIBLE: QCoreApplication.translate("answer", "inaudible"),
        Reason.RECORDING_CUT: QCoreApplication.translate("answer", "recording cut"),
        Reason.TECHNICAL: QCoreApplication.translate("answer", "technical"),
        Reason.OTHER: QCoreApplication.translate("answer", "other"),
    }[reason]


def point_words(dimension: Dimension, point: int) -> str:
    """A point as it is written: with a true minus, and a plus where the points lie on both sides of zero."""
    sign = "+" if point > 0 > dimension.floor else "−" if point < 0 else ""
    return f"{sign}{abs(point)}"


def answer_words(dimension: Dimension, answer: Answer, ruled_out_by: str = "") -> str:
    """An answer as it is read out: "4 of 1 to 7, adequate".

    Args:
        dimension: What was rated.
        answer: The answer.
        ruled_out_by: Why the dimension is not applicable, when a rule says so.
    """
    low, high = point_words(dimension, dimension.floor), point_words(dimension, dimension.points[-1])
    if ruled_out_by:
        return QCoreApplication.translate("answer", "not applicable, {reason}").format(reason=ruled_out_by)
    if answer.state is State.NOT_APPLICABLE:
        return QCoreApplication.translate("answer", "not applicable, chosen")
    if answer.reason is not None:
        words = QCoreApplication.translate("answer", "cannot rate, {reason}")
        return words.format(reason=reason_words(answer.reason))
    if answer.value is None:
        words = QCoreApplication.translate("answer", "not yet rated, {low} to {high}")
        return words.format(low=low, high=high)
    words = QCoreApplication.translate("answer", "{point} of {low} to {high}")
    words = words.format(point=point_words(dimension, answer.value), low=low, high=high)
    name = dimension.names.get(answer.value)
    return f"{words}, {name}" if name else words


def ruled_out_words(instrument: Instrument, dimension: str, answers: Mapping[str, Answer]) -> str:
    """Why a rule of the instrument makes ``dimension`` not applicable, or nothing when none does.

    Args:
        instrument: The instrument.
        dimension: Key of the dimension asked about.
        answers: Dimension key to answer, all on one scale.
    """
    stands = answers.get(dimension, Answer()).state
    scores = {key: answer.value for key, answer in answers.items()}
    if stands not in (State.OPEN, State.NOT_APPLICABLE) or not instrument.ruled_out(dimension, scores):
        return ""
    deciding = dimension
    while (rule := instrument.not_applicable[deciding]).when is not None:
        deciding = rule.when
        value = scores.get(deciding)
        if value is not None and value in rule.at:
            break
    decider = instrument.dimensions[deciding]
    words = QCoreApplication.translate("answer", "{dimension} is {point}")
    return words.format(dimension=decider.title.lower(), point=point_words(decider, scores[deciding] or 0))
