import pytest

from mio_fidelity.decimals import coefficient, counted


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.834, ".83"), (-0.06, "-.06"), (1.0, "1.00"), (-0.001, ".00"), (0.996, "1.00"), (-10.6, "-10.60")],
)
def test_the_nought_before_the_point_goes_and_no_other(value: float, text: str) -> None:
    assert coefficient(value) == text


def test_digits_are_as_many_as_asked_for() -> None:
    assert coefficient(0.5996, 3) == ".600"
    assert coefficient(20.0, 0) == "20"


def test_one_is_one_and_all_other_numbers_are_many() -> None:
    assert [counted(n, "session") for n in (0, 1, 2)] == ["0 sessions", "1 session", "2 sessions"]
    assert [counted(n, "person", "people") for n in (1, 2)] == ["1 person", "2 people"]
