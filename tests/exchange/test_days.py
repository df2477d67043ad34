"""Days as people write them."""

from contextlib import suppress
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mio_fidelity.errors import UserError
from mio_fidelity.exchange.days import DayOrder, ambiguous, day_of, order_in

LAST_OF_MARCH = date(2026, 3, 31)
DAY, MONTH = DayOrder.DAY_FIRST, DayOrder.MONTH_FIRST
DAYS = st.dates(date(1000, 1, 1))


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-31",
        "2026-3-31",
        "2026/3/31",
        "2026.03.31",
        "20260331",
        "31.3.2026",
        "31.03.2026",
        "31/03/2026",
        "3/31/2026",
        "03-31-2026",
        "31 Mar 2026",
        "31 march 2026",
        "31-MAR-2026",
        "31. March 2026",
        "March 31, 2026",
        "Mar. 31 2026",
        "2026-03-31 00:00:00",
        "2026-03-31T00:00",
        "2026-03-31 00:00:00.000",
        "  2026-03-31 ",
    ],
)
@pytest.mark.parametrize("order", [None, DAY, MONTH])
def test_a_day_that_can_be_read_in_one_way_is_read_so_whatever_the_column_does(
    text: str, order: DayOrder | None
) -> None:
    assert day_of(text, order) == LAST_OF_MARCH
    assert not ambiguous(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "soon",
        "31",
        "2026",
        "2026-03",
        "2026-13-01",
        "2026-02-30",
        "20261301",
        "32.3.2026",
        "31.4.2026",
        "13/13/2026",
        "0/0/2026",
        "31.3.26",
        "31.3.2026.",
        "1 2 2026",
        "31 Foo 2026",
        "31 Marble 2026",
        "31 Ma 2026",
        "Ju 3, 2026",
        "2026-03-31 14:30",
        "1/1/0000",
        "46112",
        "99999999999999999999",
        "=TODAY()",
    ],
)
def test_what_is_no_day_is_refused_without_being_repeated(text: str) -> None:
    for order in (None, DAY, MONTH):
        with pytest.raises(UserError, match="This is not a date") as refused:
            day_of(text, order)
        assert not refused.value.values


def test_a_day_and_month_that_could_be_swapped_want_an_order() -> None:
    for text in ("3/4/2026", "03.04.2026", "3-4-2026"):
        assert ambiguous(text)
        with pytest.raises(UserError, match="read in two ways"):
            day_of(text, None)
        assert day_of(text, DAY) == date(2026, 4, 3)
        assert day_of(text, MONTH) == date(2026, 3, 4)


@pytest.mark.parametrize("text", ["3/3/2026", "3/03/2026", "03.3.2026"])
def test_the_same_number_twice_needs_no_order(text: str) -> None:
    assert not ambiguous(text)
    assert day_of(text, None) == date(2026, 3, 3)


@pytest.mark.parametrize(
    ("texts", "order"),
    [
        (["3/4/2026", "31/3/2026", "1/1/2026"], DAY),
        (["3/4/2026", "3/31/2026"], MONTH),
        (["3/4/2026", "2026-03-31", "", "soon", "31 Mar 2026"], None),
        (["3/31/2026", "31/3/2026"], None),
        (["13/13/2026", "3/4/2026"], None),
        ([], None),
    ],
)
def test_one_cell_tells_the_order_of_its_column_and_two_that_disagree_tell_nothing(
    texts: list[str], order: DayOrder | None
) -> None:
    assert order_in(texts) == order


@given(DAYS)
def test_every_day_comes_back_from_how_programs_write_it(day: date) -> None:
    for text in (
        day.isoformat(),
        f"{day:%Y%m%d}",
        f"{day:%Y/%m/%d}",
        f"{day:%d %b %Y}",
        f"{day:%B %d, %Y}",
        str(datetime(day.year, day.month, day.day)),
    ):
        assert day_of(text, None) == day


@given(DAYS, st.sampled_from("-/."), st.booleans())
def test_every_day_comes_back_in_the_order_of_its_column(day: date, between: str, zeros: bool) -> None:
    width = 2 if zeros else 1
    two = f"{day.day:0{width}}", f"{day.month:0{width}}"
    for order, text in ((DAY, between.join(two)), (MONTH, between.join(reversed(two)))):
        whole = f"{text}{between}{day.year}"
        assert day_of(whole, order) == day
        assert ambiguous(whole) == (day.day <= 12 and day.day != day.month)


@given(st.lists(DAYS, max_size=30), st.sampled_from(["%d.%m.%Y", "%m/%d/%Y"]))
def test_a_column_of_one_order_is_never_read_in_the_other(days: list[date], form: str) -> None:
    texts = [format(day, form) for day in days]
    order = order_in(texts)
    for day, text in zip(days, texts, strict=True):
        if order or not ambiguous(text):
            assert day_of(text, order) == day
        else:
            with pytest.raises(UserError, match="read in two ways"):
                day_of(text, order)


@given(st.text(max_size=30), st.sampled_from([None, DAY, MONTH]))
def test_any_text_is_a_day_or_refused(text: str, order: DayOrder | None) -> None:
    with suppress(UserError):
        assert isinstance(day_of(text, order), date)
