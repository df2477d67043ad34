"""What the columns of a manifest hold, and what is said where nobody knows."""

from collections.abc import Sequence

from mio_fidelity.exchange.layout import LEFT_OUT, UNKNOWN
from mio_fidelity.exchange.manifest_columns import ROLES, guess_roles, problems_of


def said(*header: str, roles: Sequence[str] | None = None) -> list[str]:
    """What is wrong with a header."""
    return [str(problem) for problem in problems_of(header, roles or guess_roles(header))]


def test_titles_are_known_by_what_labs_call_them() -> None:
    header = ("Client ID", "Visit", "Therapist", "Clinic", "Condition", "Session date", "Path", "PART")
    assert guess_roles(header) == ("client", "session", "counselor", "site", "arm", "date", "file", "part")
    assert guess_roles(("SESSION", "", "Notes")) == ("session", LEFT_OUT, UNKNOWN)
    assert guess_roles(ROLES) == ROLES
    assert said(*ROLES) == []


def test_an_unknown_column_is_named_with_the_nearest_one() -> None:
    assert said("client", "session", "counsellr", "mood") == [
        "The column counsellr is not known; did you mean counsellor? Say what it holds, or leave it out.",
        "The column mood is not known. Say what it holds, or leave it out.",
    ]
    assert said("client", "session", "counsellr", roles=("client", "session", "counselor")) == []
    assert said("client", "session", "mood", roles=("client", "session", LEFT_OUT)) == []


def test_near_misses_are_named_even_when_no_column_is_known() -> None:
    assert said("cleint", "sesion", "mood") == [
        "The column cleint is not known; did you mean client? Say what it holds, or leave it out.",
        "The column sesion is not known; did you mean session? Say what it holds, or leave it out.",
        "Column 3 is not known. Say what it holds, or leave it out.",
        "There is no column session. A manifest has the columns client and session, and any of part, site, "
        "arm, counselor, date and file.",
    ]


def test_without_a_header_the_first_row_is_not_repeated() -> None:
    lines = said("C017", "3", "recordings/jane.mp3", "Jane Doe", "jane@clinic.org")
    assert lines[:5] == [
        f"Column {nth} is not known. Say what it holds, or leave it out." for nth in range(1, 6)
    ]
    assert lines[5].startswith("There is no column session.")


def test_a_title_that_looks_like_a_file_or_an_address_is_not_repeated() -> None:
    # Though they are near to names that are known.
    for title in ("file.mp3", "recording/1", "media@x.org", "x" * 41):
        (line,) = said("client", "session", title)
        assert line == "Column 3 is not known. Say what it holds, or leave it out."


def test_two_columns_of_one_kind_are_an_error() -> None:
    assert said("client", "session", "visit", "site", "clinic") == [
        f"There are two columns {role}. Leave one of them out." for role in ("session", "site")
    ]
