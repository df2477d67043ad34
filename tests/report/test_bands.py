import pytest

from mio_fidelity.reliability.estimate import Counts, Estimate, undefined
from mio_fidelity.report.bands import band_of


@pytest.mark.parametrize(
    ("value", "word"),
    [(-0.1, "poor"), (0.399, "poor"), (0.40, "fair"), (0.60, "good"), (0.749, "good"), (0.75, "excellent")],
)
def test_cicchetti_judges_the_value(value: float, word: str) -> None:
    assert band_of(Estimate(value, 0.0, 1.0), "cicchetti") == word


@pytest.mark.parametrize(
    ("low", "high", "word"),
    [
        (0.55, 0.70, "moderate"),
        (0.49, 0.75, "poor to moderate"),
        (0.50, 0.76, "moderate to good"),
        (0.80, 0.90, "good"),
        (0.80, 0.91, "good to excellent"),
        (0.10, 0.20, "poor"),
    ],
)
def test_koo_and_li_judge_the_interval(low: float, high: float, word: str) -> None:
    assert band_of(Estimate((low + high) / 2, low, high), "koo_li") == word


def test_what_cannot_be_judged_says_so() -> None:
    assert band_of(Estimate(0.5), "koo_li") == "no interval to judge"
    assert band_of(undefined("no_variance", Counts()), "cicchetti") == "not computed"
