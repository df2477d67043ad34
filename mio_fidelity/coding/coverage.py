"""How much of a recording was heard: arithmetic on stretches of time."""

from collections.abc import Iterable

Span = tuple[int, int]


def merged(spans: Iterable[Span]) -> tuple[Span, ...]:
    """The same time covered by as few, ascending stretches as possible."""
    result: list[Span] = []
    for start, end in sorted(spans):
        if result and start <= result[-1][1]:
            result[-1] = (result[-1][0], max(result[-1][1], end))
        else:
            result.append((start, end))
    return tuple(result)


def share_heard(spans: Iterable[Span], duration_ms: int) -> float:
    """The share, 0 to 1, of a recording of ``duration_ms`` that ``spans`` cover at least once."""
    inside = [(max(0, start), min(end, duration_ms)) for start, end in merged(spans)]
    heard = sum(max(0, end - start) for start, end in inside)
    return heard / duration_ms if duration_ms else 0.0
