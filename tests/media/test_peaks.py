import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mio_fidelity.errors import UserError
from mio_fidelity.media.peaks import BIN_MS, FULL_SCALE, Peaks, assemble, bins_of

MINUTE_MS = 60_000


def random_peaks(bins: int, seed: int = 1) -> Peaks:
    values = np.random.default_rng(seed).integers(-FULL_SCALE, FULL_SCALE, (2, bins)).astype(np.int16)
    return Peaks(values.min(axis=0), values.max(axis=0), round(bins * BIN_MS))


def extremes_between(peaks: Peaks, start_ms: float, end_ms: float) -> tuple[float, float]:
    here = slice(max(0, int(np.floor(start_ms / BIN_MS))), max(0, int(np.ceil(end_ms / BIN_MS))))
    low, high = peaks.low[here], peaks.high[here]
    return low.min() / FULL_SCALE, high.max() / FULL_SCALE


@settings(max_examples=100, deadline=None)
@given(
    bins=st.integers(1, 3000),
    start=st.floats(-0.5, 0.95),
    length=st.floats(0.001, 2),
    width=st.integers(1, 200),
)
def test_a_column_holds_every_bin_it_touches_and_little_more(bins, start, length, width):
    peaks = random_peaks(bins)
    start_ms, end_ms = start * peaks.duration_ms, (start + length) * peaks.duration_ms
    columns = peaks.columns(start_ms, end_ms, width)
    assert columns.shape == (width, 2)
    assert columns.dtype == np.float32
    step_ms = (end_ms - start_ms) / width
    for number, (low, high) in enumerate(columns):
        from_ms, to_ms = start_ms + number * step_ms, start_ms + (number + 1) * step_ms
        # A thousandth of a bin, so that rounding at a bin's edge decides nothing.
        if to_ms < 0.001 * BIN_MS or from_ms > (bins - 0.001) * BIN_MS:
            continue
        inner_low, inner_high = extremes_between(
            peaks, max(from_ms, 0) + 0.001, min(to_ms, bins * BIN_MS) - 0.001
        )
        outer_low, outer_high = extremes_between(peaks, from_ms - step_ms - 0.001, to_ms + step_ms + 0.001)
        assert outer_low - 1e-6 <= low <= inner_low + 1e-6
        assert inner_high - 1e-6 <= high <= outer_high + 1e-6


@pytest.mark.parametrize("parts", [2, 8, 64, 500])
def test_a_view_and_its_halves_show_the_same_heights(parts):
    peaks = random_peaks(40_000)
    whole = peaks.columns(0, 200_000, parts)
    halves = np.vstack((peaks.columns(0, 100_000, parts), peaks.columns(100_000, 200_000, parts)))
    joined = halves.reshape(parts, 2, 2)
    assert (joined[:, :, 0].min(axis=1) >= whole[:, 0] - 1e-6).all()
    assert (joined[:, :, 1].max(axis=1) <= whole[:, 1] + 1e-6).all()


def test_columns_outside_the_recording_are_empty():
    peaks = random_peaks(200)
    columns = peaks.columns(-1000, 2000, 300)
    assert not columns[:100].any()
    assert columns[100:200].any(axis=1).all()
    assert not columns[200:].any()


def test_a_recording_without_a_single_bin_is_drawn_empty():
    nothing = Peaks(np.zeros(0, np.int16), np.zeros(0, np.int16), 0)
    assert not nothing.columns(0, 1000, 50).any()
    assert nothing.loudest == 0


def test_a_view_of_no_length_is_refused():
    with pytest.raises(ValueError, match="end behind its start"):
        random_peaks(10).columns(50, 50, 10)


def test_one_loud_bin_of_an_hour_is_seen_at_every_zoom():
    high = np.zeros(200 * 3600, np.int16)
    high[123_457] = FULL_SCALE
    peaks = Peaks(np.zeros_like(high), high, 3600 * 1000)
    at_ms = 123_457 * BIN_MS
    for length_ms in (2_000, 10_000, MINUTE_MS, 10 * MINUTE_MS, 60 * MINUTE_MS):
        start_ms = max(0, at_ms - length_ms / 2)
        columns = peaks.columns(start_ms, start_ms + length_ms, 1200)
        loud = np.flatnonzero(columns[:, 1])
        expected = (at_ms - start_ms) / length_ms * 1200
        assert len(loud) > 0
        assert np.abs(loud - expected).min() <= 1
        assert columns[:, 1].max() == 1


def test_peaks_come_back_from_their_file_as_they_were():
    peaks = random_peaks(5000)
    again = Peaks.from_bytes(peaks.to_bytes())
    assert again.duration_ms == peaks.duration_ms
    assert np.array_equal(again.low, peaks.low)
    assert np.array_equal(again.high, peaks.high)


@given(st.data())
@settings(max_examples=100, deadline=None)
def test_any_changed_byte_of_the_file_is_noticed(data):
    kept = bytearray(random_peaks(50).to_bytes())
    at = data.draw(st.integers(0, len(kept) - 1))
    kept[at] ^= data.draw(st.integers(1, 255))
    with pytest.raises(UserError, match="damaged"):
        Peaks.from_bytes(bytes(kept))


@pytest.mark.parametrize("keep", [0, 3, 20, 27, 28, 100, 227])
def test_a_file_cut_short_is_noticed(keep):
    kept = random_peaks(50).to_bytes()
    assert keep < len(kept)
    with pytest.raises(UserError, match="damaged"):
        Peaks.from_bytes(kept[:keep])


@pytest.mark.parametrize("rate", [8000, 11_025, 16_000, 22_050, 44_100, 48_000])
def test_a_second_of_sound_makes_two_hundred_bins_at_every_rate(rate):
    sound = np.zeros((1, rate), np.float32)
    sound[0, rate // 2] = 0.5
    _, high = bins_of(sound, rate, rate)
    assert len(high) == 200
    assert np.flatnonzero(high).tolist() == [100 if rate % 2 == 0 else 99]


@pytest.mark.parametrize(
    ("dtype", "lowest", "highest"),
    [
        (np.float32, -0.5, 0.25),
        (np.float64, -0.5, 0.25),
        (np.int16, -(2**14), 2**13),
        (np.int32, -(2**30), 2**29),
        (np.uint8, 64, 160),
    ],
)
def test_every_sample_format_gives_the_same_bins(dtype, lowest, highest):
    silence = 128 if dtype == np.uint8 else 0
    sound = np.full((1, 8000), silence, dtype)
    sound[0, 81], sound[0, 85] = lowest, highest
    low, high = bins_of(sound, 8000, 8000)
    assert low[2] / FULL_SCALE == pytest.approx(-0.5, abs=0.001)
    assert high[2] / FULL_SCALE == pytest.approx(0.25, abs=0.001)
    assert not np.delete(low, 2).any()


def test_the_lowest_16_bit_sample_does_not_leave_the_picture():
    low, _ = bins_of(np.full((1, 100), -32768, np.int16), 100, 8000)
    assert Peaks(low, low, 5).columns(0, 5, 3).min() == -1


def test_values_that_are_no_numbers_count_as_silence():
    low, high = bins_of(np.full((1, 80), np.nan, np.float32), 80, 8000)
    assert not low.any()
    assert not high.any()


@pytest.mark.parametrize("interleaved", [True, False])
def test_the_louder_channel_is_shown(interleaved):
    planes = np.zeros((2, 800), np.int16)
    planes[0, 100], planes[1, 500] = 1000, -2000
    sound = planes.T.reshape(1, -1) if interleaved else planes
    low, high = bins_of(np.ascontiguousarray(sound), 800, 8000)
    assert high[2] == 1000
    assert low[12] == -2000


def test_what_no_part_covers_is_silent():
    part = np.full(3, 100, np.int16)
    peaks = assemble([(2, (-part, part)), (8, (-part, part))], 55)
    assert peaks.high.tolist() == [0, 0, 100, 100, 100, 0, 0, 0, 100, 100, 100]
