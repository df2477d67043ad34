"""The length of an mp3 file that does not tell it.

FFmpeg guesses the length of such a file from its first bit rate, and Qt then neither reports nor seeks past
the guess. The true length is known from decoding, so the file is handed over with a Xing header in front.
"""

from __future__ import annotations

import math
import struct
from dataclasses import dataclass

from PySide6.QtCore import QObject

from mio_fidelity.errors import UserError
from mio_fidelity.gui.playback.device import SourceDevice
from mio_fidelity.media.source import Place, source_of

KBPS = {
    1: (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    2: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
RATES_HZ = (44_100, 48_000, 32_000)
HALVINGS = {0b11: 0, 0b10: 1, 0b00: 2}  # MPEG 1, 2 and 2.5
LAYER_3 = 0b01
MONO = 0b11


@dataclass(frozen=True)
class FrameHeader:
    """The four bytes every mp3 frame begins with."""

    word: int
    generation: int
    rate_hz: int
    samples: int
    side_bytes: int

    @classmethod
    def read(cls, data: bytes) -> FrameHeader | None:
        """Read ``data`` from its start; ``None`` if no layer III frame begins there."""
        if len(data) < 4:
            return None
        (word,) = struct.unpack(">I", data[:4])
        halvings = HALVINGS.get(word >> 19 & 3)
        kbps_index, rate_index = word >> 12 & 15, word >> 10 & 3
        if word >> 21 != 0x7FF or halvings is None or word >> 17 & 3 != LAYER_3:
            return None
        if kbps_index in (0, 15) or rate_index == 3:
            return None
        mono = word >> 6 & 3 == MONO
        side = (17 if mono else 32) if halvings == 0 else (9 if mono else 17)
        generation, samples = (1, 1152) if halvings == 0 else (2, 576)
        return cls(word, generation, RATES_HZ[rate_index] >> halvings, samples, side)

    def length(self, kbps_index: int) -> int:
        """Bytes of an unpadded frame of that bit rate."""
        return self.samples // 8 * KBPS[self.generation][kbps_index] * 1000 // self.rate_hz

    @property
    def next_at(self) -> int:
        """Where the frame after this one begins."""
        return self.length(self.word >> 12 & 15) + (self.word >> 9 & 1)


def xing_frame(header: FrameHeader, duration_ms: int) -> bytes:
    """A silent frame like the file's own that tells the number of frames and nothing else."""
    frames = math.ceil(duration_ms * header.rate_hz / 1000 / header.samples)
    body = bytes(header.side_bytes) + struct.pack(">4sII", b"Xing", 1, frames)
    kbps_index = next(index for index in range(1, 15) if header.length(index) >= 4 + len(body))
    word = header.word & ~(0xF << 12 | 1 << 9) | kbps_index << 12 | 1 << 16
    return (struct.pack(">I", word) + body).ljust(header.length(kbps_index), b"\0")


def with_length(place: Place, duration_ms: int, parent: QObject) -> SourceDevice | None:
    """The file with a Xing header in front if it is an mp3 file without one, otherwise ``None``."""
    source = source_of(place)
    try:
        with source.open() as file:
            start = file.read(10)
            skip = _id3_bytes(start)
            file.seek(skip)
            data = file.read(4096)
    except (OSError, UserError):
        return None  # The player says it better.
    header = FrameHeader.read(data)
    if header is None or FrameHeader.read(data[header.next_at :]) is None:
        return None
    tag = data[4 + header.side_bytes :][:4]
    if tag in (b"Xing", b"Info") or data[36:40] == b"VBRI":
        return None
    return SourceDevice(source, parent, xing_frame(header, duration_ms), skip)


def _id3_bytes(start: bytes) -> int:
    """How long the ID3v2 tag is that ``start`` opens, 0 for none."""
    if start[:3] != b"ID3" or len(start) < 10:
        return 0
    size = 0
    for byte in start[6:10]:
        size = size << 7 | byte & 0x7F
    return 10 + size + (10 if start[5] & 0x10 else 0)
