import pytest

from mio_fidelity.gui.times import format_ms, parse_time


@pytest.mark.parametrize(
    ("ms", "tenths", "hours", "text"),
    [
        (0, False, None, "00:00"),
        (130_400, True, None, "02:10.4"),
        (1_421_299, True, None, "23:41.2"),
        (3_599_999, False, None, "59:59"),
        (3_723_400, True, None, "1:02:03.4"),
        (130_000, False, True, "0:02:10"),
        (4_000_000, False, False, "66:40"),
        (-5, True, None, "00:00.0"),
    ],
)
def test_a_time_reads_like_a_clock(ms, tenths, hours, text):
    assert format_ms(ms, tenths, hours) == text


@pytest.mark.parametrize(
    ("text", "ms"),
    [
        ("23:41", 1_421_000),
        ("23:41.2", 1_421_200),
        ("23:41,25", 1_421_250),
        ("1:02:03.4", 3_723_400),
        ("95", 95_000),
        ("95:00", 5_700_000),
        (" 7:05 ", 425_000),
        ("23m41s", 1_421_000),
        ("1h 2m 3.4s", 3_723_400),
        ("12 min", 720_000),
    ],
)
def test_a_typed_time_is_understood(text, ms):
    assert parse_time(text) == ms


@pytest.mark.parametrize(
    "text", ["", "  ", "abc", "12:75", "1:75:00", "1:2:3:4", "-5", "1h75m", ":30", "5:", "1.2.3"]
)
def test_what_is_no_time_is_not_guessed(text):
    assert parse_time(text) is None


def test_what_the_clock_shows_can_be_typed():
    for ms in (0, 59_900, 60_000, 3_599_900, 3_600_000, 10_799_900):
        assert parse_time(format_ms(ms, tenths=True)) == ms
