"""What a file says about its own length, where FFmpeg's answer is a guess."""

from __future__ import annotations

import struct
from typing import BinaryIO

from mio_fidelity.media.source import Place, byte_size, opened

# Without an index their length is guessed from the bit rate of the first frames.
WITHOUT_LENGTH = {"aac", "ac3", "amr", "amrnb", "amrwb", "dss", "mpeg", "mpegts"}
# Programs that write a wav file into a pipe put a size near one of these limits.
UNKNOWN_RIFF_SIZES = (range(0x7FFF0000, 0x80000001), range(0xFFFF0000, 0x100000000))
MP3_TAG_BYTES = 4096
OGG_PAGE_BYTES = 65_307
ASF_HEADER_BYTES = 65_536
ASF_FILE_PROPERTIES = bytes.fromhex("a1dcab8c47a9cf118ee400c00c205365")


def claimed_ms(place: Place, container: str, duration_us: int | None) -> int | None:
    """The length that the file's header promises.

    Args:
        place: The recording.
        container: FFmpeg's name of the format.
        duration_us: Length that FFmpeg reports, in microseconds.

    Returns:
        The promised length; None when nothing is promised or the length is only a guess.
    """
    if not duration_us or duration_us < 0 or container in WITHOUT_LENGTH:
        return None
    claimed = duration_us / 1000
    with opened(place) as file:
        if container == "mp3" and not _has_mp3_length(file):
            return None
        if container == "wav":
            claimed *= _wav_share(file)
        if container == "asf":
            return _asf_ms(file)
    return round(claimed)


def ends_unfinished(place: Place, container: str) -> bool:
    """Whether the mark that closes an Ogg file is missing.

    Its length is read from its last page, so nothing else tells that something followed.

    Source:
        RFC 3533, section 6.
    """
    if container != "ogg":
        return False
    with opened(place) as file:
        file.seek(max(0, byte_size(file) - OGG_PAGE_BYTES))
        tail = file.read()
    at = tail.rfind(b"OggS")
    return at < 0 or len(tail) < at + 6 or not tail[at + 5] & 4


def _has_mp3_length(file: BinaryIO) -> bool:
    head = file.read(10)
    if head[:3] == b"ID3":
        # Four bytes of seven bits.
        size = sum(byte << shift for byte, shift in zip(head[6:10], (21, 14, 7, 0), strict=True))
        file.seek(10 + size)
    else:
        file.seek(0)
    first = file.read(MP3_TAG_BYTES)
    return any(mark in first for mark in (b"Xing", b"Info", b"VBRI"))


def _wav_share(file: BinaryIO) -> float:
    """How many times longer than the file the size in its header is; FFmpeg counts what is there."""
    head = file.read(8)
    if len(head) < 8 or head[:4] != b"RIFF":
        return 1.0
    riff_size: int = struct.unpack("<I", head[4:])[0]
    if any(riff_size in sizes for sizes in UNKNOWN_RIFF_SIZES):
        return 1.0
    return max(1.0, (riff_size + 8) / byte_size(file))


def _asf_ms(file: BinaryIO) -> int | None:
    """The play time in an ASF header; FFmpeg guesses as soon as the file is not as long as it should be.

    Source:
        Advanced Systems Format Specification 1.20, section 3.2.
    """
    head = file.read(ASF_HEADER_BYTES)
    at = head.find(ASF_FILE_PROPERTIES)
    if at < 0 or len(head) < at + 92:
        return None
    play_100ns, _, preroll_ms, flags = struct.unpack_from("<QQQI", head, at + 64)
    is_broadcast = flags & 1
    return None if is_broadcast else max(0, play_100ns // 10_000 - preroll_ms) or None
