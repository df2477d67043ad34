"""Instruments of tests, parsed from text as a lab would write it."""

from mio_fidelity.instrument import Instrument, parse_instrument

_DIMENSION = """
[[dimensions]]
key = "{key}"
title = "{title}"
question = "how"
points = {points}
low = "low"
high = "high"
"""
_RULE = """
[dimensions.not_applicable]
{when}
coder_may_choose = {chosen}
"""
_END = """
[[domains]]
key = "care"
title = "Care"
color = "#0072b2"

[[scales]]
key = "listening"
domain = "care"
title = "Listening"

[[scales]]
key = "warmth"
domain = "care"
title = "Warmth"
"""


def made(
    *dimensions: tuple[str, list[int], str, bool], edition: str = "1", title: str = "Of tests"
) -> Instrument:
    """An instrument of two scales; a dimension is key, points, lines of its rule, coder's choice."""
    text = f'key = "of_tests"\nedition = "{edition}"\ntitle = "{title}"\nmissing_share = 0.5\n'
    for key, points, when, chosen in dimensions:
        text += _DIMENSION.format(key=key, title=key.title(), points=points)
        text += _RULE.format(when=when, chosen=str(chosen).lower())
    pages = {f"of_tests/{scale}.md": "# A page\n\nWhat it is.\n" for scale in ("listening", "warmth")}
    return parse_instrument({"of_tests.toml": text + _END, **pages})


FLOOR_OF_FIDELITY = 'when = "fidelity"\nat = [0]'
FROM_ZERO = made(
    ("fidelity", [0, 1, 2, 3, 4, 5, 6], "", False),
    ("competence", [0, 1, 2, 3, 4, 5, 6], FLOOR_OF_FIDELITY, True),
)
# The form asks for the last of the chain first.
CHAIN = made(
    ("depth", [0, 1, 2], 'when = "competence"\nat = [0]', False),
    ("competence", [0, 1, 2], FLOOR_OF_FIDELITY, False),
    ("fidelity", [0, 1, 2], "", False),
)
