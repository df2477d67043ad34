"""Times as people read and type them."""

import re

_CLOCK = re.compile(r"(?:(?:([0-9]+):)?([0-9]+):)?([0-9]+)(?:[.,]([0-9]+))?")
_UNITS = re.compile(r"(?:([0-9]+)h)?(?:([0-9]+)m(?:in)?)?(?:([0-9]+)(?:[.,]([0-9]+))?s)?")


def format_ms(ms: float, tenths: bool = False, hours: bool | None = None) -> str:
    """A place in a recording as a clock shows it: ``23:41``, ``23:41.2``, ``1:02:03.4``.

    Args:
        ms: Milliseconds from the start; below zero counts as zero.
        tenths: Whether to show tenths of a second. Cut off, not rounded: a clock does not run ahead.
        hours: Whether to show hours; None shows them from one hour on. Pass the same answer for all times
            of one recording to keep them in line.

    Returns:
        The clock text.
    """
    all_tenths = max(0, int(ms)) // 100
    minutes, seconds = divmod(all_tenths // 10, 60)
    if hours is None:
        hours = minutes >= 60
    text = f"{minutes // 60}:{minutes % 60:02}:{seconds:02}" if hours else f"{minutes:02}:{seconds:02}"
    return f"{text}.{all_tenths % 10}" if tenths else text


def parse_time(text: str) -> int | None:
    """The place a person typed: ``23:41``, ``1:02:03.4``, ``95`` (seconds) or ``23m41s``.

    Args:
        text: What was typed. Spaces do not matter; a decimal comma is as good as a point.

    Returns:
        Milliseconds from the start, or None when the text is no time (``12:75`` is none).
    """
    compact = "".join(text.lower().split())
    match = _CLOCK.fullmatch(compact) or _UNITS.fullmatch(compact)
    if not compact or match is None:
        return None
    hours, minutes, seconds, fraction = match.groups()
    minutes_overflow = hours is not None and int(minutes or 0) > 59
    seconds_overflow = (hours or minutes) is not None and int(seconds or 0) > 59
    if minutes_overflow or seconds_overflow:
        return None
    whole = int(hours or 0) * 3600 + int(minutes or 0) * 60 + int(seconds or 0)
    return whole * 1000 + int(f"{fraction or 0:0<3}"[:3])
