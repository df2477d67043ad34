import av
import pytest
from PySide6.QtCore import QObject

from mio_fidelity.gui.playback.mp3 import FrameHeader, with_length, xing_frame
from tests.media_factory import KINDS


class AsFile:
    """A Qt device as PyAV wants to read it."""

    def __init__(self, device):
        self._device = device

    def read(self, size):
        return bytes(self._device.read(size).data())

    def seek(self, at, whence=0):
        base = {0: 0, 1: self._device.pos(), 2: self._device.size()}[whence]
        self._device.seek(base + at)
        return self._device.pos()

    def tell(self):
        return self._device.pos()


def test_a_headerless_file_tells_its_length(media):
    part = media("mp3_vbr_headerless", 20)
    owner = QObject()
    device = with_length(part.place, part.duration_ms, owner)
    with av.open(str(part.place)) as bare:
        guess_ms = bare.duration / 1000
        frames = sum(1 for _ in bare.decode(audio=0))
    assert abs(guess_ms - part.duration_ms) > 500
    with av.open(AsFile(device)) as told:
        assert told.duration / 1000 == pytest.approx(part.duration_ms, abs=60)
        assert sum(1 for _ in told.decode(audio=0)) == frames
    device.close()


@pytest.mark.parametrize("kind", [kind for kind in KINDS if not kind.endswith("headerless")])
def test_other_files_are_left_alone(media, kind):
    part = media(kind)
    assert with_length(part.place, part.duration_ms, QObject()) is None


def test_a_missing_file_is_left_to_the_player(tmp_path):
    assert with_length(tmp_path / "none.mp3", 1_000, QObject()) is None


@pytest.mark.parametrize(
    ("word", "rate_hz", "samples", "length"),
    [
        # Lengths from the formula of ISO 11172-3: 144 * bit rate / sampling rate (72 for MPEG 2 and 2.5).
        (0xFFFB90C4, 44_100, 1152, 417),
        (0xFFFB5400, 48_000, 1152, 192),
        (0xFFF384C0, 24_000, 576, 192),
        (0xFFE348C0, 8_000, 576, 288),
    ],
)
def test_frame_headers_of_every_generation_are_read(word, rate_hz, samples, length):
    header = FrameHeader.read(word.to_bytes(4, "big"))
    assert (header.rate_hz, header.samples, header.next_at) == (rate_hz, samples, length)
    frame = xing_frame(header, 60_000)
    assert FrameHeader.read(frame).next_at == len(frame)


@pytest.mark.parametrize("word", [0xFFFB00C4, 0xFFFBF0C4, 0xFFFB9CC4, 0xFFFD90C4, 0x49443304, 0xFFEB90C4])
def test_what_is_no_frame_is_refused(word):
    assert FrameHeader.read(word.to_bytes(4, "big")) is None
