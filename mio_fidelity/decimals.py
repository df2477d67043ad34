"""How coefficients and counts are written."""


def coefficient(value: float, digits: int = 2) -> str:
    """A number as papers print one that is 1 at most: .83, -.06, 1.00; no sign before .00.

    Args:
        value: Any number but NaN; beyond 1 it is written in full, as -10.60.
        digits: How many after the point.
    """
    text = f"{abs(value):.{digits}f}"
    sign = "-" if value < 0 and float(text) else ""
    return sign + text.removeprefix("0")


def counted(n: int, one: str, many: str = "") -> str:
    """How many of what, where texts are English only: 1 session, 2 sessions.

    Args:
        n: How many.
        one: The word for one.
        many: The word for all other numbers, where it is not ``one`` with an s.
    """
    return f"{n} {one if n == 1 else many or one + 's'}"
