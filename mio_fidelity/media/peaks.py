"""The peaks of a recording: what its waveform is drawn from."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mio_fidelity.errors import UserError

BINS_PER_S = 200
BIN_MS = 1000 / BINS_PER_S
FULL_SCALE = 32767
LEVEL_STEP = 4

Bins = NDArray[np.int16]
Level = tuple[Bins, Bins]

_HEADER = struct.Struct("<4sHHQQI")
_MAGIC = b"MIOP"
_VERSION = 1


@dataclass(frozen=True, eq=False)
class Peaks:
    """The lowest and highest sample of every 5 ms of a recording.

    Args:
        low: Shape (bins,), the lowest sample of each bin, -32767..32767.
        high: Shape (bins,), the highest.
        duration_ms: Length of the recording.
    """

    low: Bins
    high: Bins
    duration_ms: int

    @property
    def loudest(self) -> float:
        """The largest sample of all, 0..1."""
        largest = max(int(self.high.max(initial=0)), -int(self.low.min(initial=0)))
        return largest / FULL_SCALE

    def columns(self, start_ms: float, end_ms: float, width: int) -> NDArray[np.float32]:
        """The waveform between two times, ready to be drawn.

        Args:
            start_ms: Time at the left edge; may lie before the recording.
            end_ms: Time at the right edge; may lie behind it.
            width: Number of columns, in pixels.

        Returns:
            Shape (width, 2), the lowest and highest sample of each column in [-1, 1]. Every bin that a column
            touches is in it; columns outside the recording are 0.

        Raises:
            ValueError: ``end_ms`` does not lie behind ``start_ms``.
        """
        if not end_ms > start_ms:
            raise ValueError("a waveform needs an end behind its start")
        bins_per_column = (end_ms - start_ms) / BIN_MS / max(width, 1)
        depth = self._depth_for(bins_per_column)
        low, high = self._levels[depth]
        edges = (start_ms / BIN_MS + bins_per_column * np.arange(width + 1)) / LEVEL_STEP**depth
        # The last element of a level is an empty bin that stands for all that lies outside.
        outside = len(low) - 1
        first = np.floor(edges[:-1]).clip(0, outside).astype(np.intp)
        last = np.maximum(np.ceil(edges[1:]).clip(0, outside).astype(np.intp), first + 1)
        # reduceat works between neighbours, so every other answer is between two columns and not wanted.
        pairs = np.stack((first, last.clip(max=outside)), axis=1).ravel()
        found = np.stack(
            (np.minimum.reduceat(low, pairs)[::2], np.maximum.reduceat(high, pairs)[::2]), axis=1
        )
        found[edges[1:] <= 0] = 0
        return found.astype(np.float32) / np.float32(FULL_SCALE)

    def to_bytes(self) -> bytes:
        """The peaks as they are kept in a file."""
        body = self.low.astype("<i2").tobytes() + self.high.astype("<i2").tobytes()
        return _header(self.duration_ms, len(self.low), body) + body

    @classmethod
    def from_bytes(cls, data: bytes) -> Peaks:
        """The peaks kept by ``to_bytes``.

        Raises:
            UserError: the bytes are damaged or of another version; the peaks have to be made again.
        """
        header, body = data[: _HEADER.size], data[_HEADER.size :]
        count = len(body) // 4
        duration_ms = _HEADER.unpack(header)[3] if len(header) == _HEADER.size else 0
        if len(body) != 4 * count or header != _header(duration_ms, count, body):
            raise UserError(
                "The stored waveform is damaged; open the recording itself to have it made again."
            )
        both = np.frombuffer(body, "<i2").astype(np.int16, copy=False)
        return cls(both[:count], both[count:], duration_ms)

    @classmethod
    def joined(cls, parts: Sequence[Peaks]) -> Peaks:
        """The peaks of several parts played one after the other; right to a bin at each border."""
        lows, highs, end_ms = [np.zeros(0, np.int16)], [np.zeros(0, np.int16)], 0
        for part in parts:
            # A part ends within a bin: what is there already decides where the next one starts.
            missing = round(end_ms / BIN_MS) - sum(map(len, lows))
            keep = slice(max(0, -missing), None)
            gap = np.zeros(max(0, missing), np.int16)
            lows += [gap, part.low[keep]]
            highs += [gap, part.high[keep]]
            end_ms += part.duration_ms
        return cls(np.concatenate(lows), np.concatenate(highs), end_ms)

    def _depth_for(self, bins_per_column: float) -> int:
        # At least two bins a column, so that a column reaches at most half its width beyond its edges.
        depth = 0
        while depth + 1 < len(self._levels) and LEVEL_STEP ** (depth + 1) * 2 <= bins_per_column:
            depth += 1
        return depth

    @cached_property
    def _levels(self) -> list[Level]:
        levels = []
        low, high = self.low, self.high
        while True:
            levels.append((np.append(low, np.int16(0)), np.append(high, np.int16(0))))
            if len(low) <= LEVEL_STEP:
                return levels
            starts = np.arange(0, len(low), LEVEL_STEP)
            low, high = np.minimum.reduceat(low, starts), np.maximum.reduceat(high, starts)


def bins_of(sound: NDArray[Any], samples: int, rate: int) -> Level:
    """The lowest and highest sample of each bin, over all channels.

    Args:
        sound: Shape (channels, samples), or (1, samples * channels) interleaved; float in [-1, 1], signed
            integers of 16 or 32 bits, or unsigned of 8.
        samples: Number of samples of one channel.
        rate: Samples a second.

    Returns:
        Two arrays, shape (bins,); the last bin may be filled in part.
    """
    edges = _edges(samples, rate, sound.shape[1] // samples)
    low = np.minimum.reduceat(sound, edges, axis=1).min(axis=0)
    high = np.maximum.reduceat(sound, edges, axis=1).max(axis=0)
    return _as_int16(low), _as_int16(high)


def assemble(parts: Iterable[tuple[int, Level]], duration_ms: int) -> Peaks:
    """One waveform from parts that each begin at a bin; what no part covers is silent."""
    parts = list(parts)
    length = max((at + len(low) for at, (low, _) in parts), default=0)
    whole_low, whole_high = np.zeros(length, np.int16), np.zeros(length, np.int16)
    for at, (low, high) in parts:
        whole_low[at : at + len(low)], whole_high[at : at + len(low)] = low, high
    return Peaks(whole_low, whole_high, duration_ms)


@lru_cache(maxsize=8)
def _edges(samples: int, rate: int, interleaved: int) -> NDArray[np.intp]:
    count = -(-samples * BINS_PER_S // rate)
    return -(-np.arange(count) * rate // BINS_PER_S) * interleaved


def _as_int16(values: NDArray[Any]) -> Bins:
    if values.dtype.kind == "f":
        scaled = np.nan_to_num(values).clip(-1, 1) * FULL_SCALE
    elif values.dtype == np.uint8:
        scaled = (values.astype(np.int16) - 128) * 256
    else:
        scaled = values >> (8 * values.itemsize - 16)
    # Without the one value that has no counterpart, so that the waveform stays within [-1, 1].
    return np.asarray(scaled.clip(-FULL_SCALE, FULL_SCALE), np.int16)


def _header(duration_ms: int, count: int, body: bytes) -> bytes:
    checked = zlib.crc32(body, zlib.crc32(struct.pack("<QQ", duration_ms, count)))
    return _HEADER.pack(_MAGIC, _VERSION, BINS_PER_S, duration_ms, count, checked)
