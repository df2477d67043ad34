"""Decoding a recording once, from end to end."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any, BinaryIO, Literal

import av
from av.container import InputContainer
from av.error import FFmpegError
from av.stream import Disposition

from mio_fidelity.errors import UserError
from mio_fidelity.media.headers import claimed_ms
from mio_fidelity.media.peaks import Peaks, assemble
from mio_fidelity.media.progress import Progress
from mio_fidelity.media.source import Place, byte_size, opened, source_of
from mio_fidelity.media.timeline import TimeLine

# Only containers of recordings: a text file must never be taken for a playlist that names other files.
CONTAINERS = (
    "wav,w64,aiff,au,caf,mp3,aac,ac3,amr,amrnb,amrwb,dss,flac,ogg,wv,tta,ape,mpc,mpc8,"
    "mov,matroska,asf,avi,flv,mpeg,mpegts"
)
# Large blocks of PCM: by default a wav file comes in pieces of 4 kB.
OPTIONS = {"format_whitelist": CONTAINERS, "max_size": "65536"}
MOST_READ_ERRORS = 100
PACKETS_BETWEEN_REPORTS = 64


@dataclass(frozen=True)
class Decoded:
    """What decoding a file from end to end showed.

    Args:
        kind: Whether there is a moving picture.
        container: Short name of the file format.
        codec: Short name of the sound's coding.
        sample_rate: Samples a second.
        channels: Number of channels.
        duration_ms: Where the sound ends on the time line that players use, lost pieces included.
        heard_ms: How much sound there is without the lost pieces.
        claimed_ms: Length by the file's own header; None when it has none or only guesses.
        picture_end_ms: Where the picture ends; None without one.
        packet_errors: Pieces that could not be read or decoded.
        gaps: Places where the time stamps leave sound out.
        peaks: The waveform.
    """

    kind: Literal["audio", "video"]
    container: str
    codec: str
    sample_rate: int
    channels: int
    duration_ms: int
    heard_ms: int
    claimed_ms: int | None
    picture_end_ms: int | None
    packet_errors: int
    gaps: int
    peaks: Peaks


def decode(place: Place, progress: Progress) -> Decoded:
    """Decode the whole file, keeping only what can be said about it.

    Raises:
        UserError: nothing in it can be heard.
        Cancelled: the person asked to stop.
    """
    source = source_of(place)
    with ExitStack() as stack:
        file = stack.enter_context(opened(place))
        # FFmpeg reads a plain file twice as fast by itself.
        given = f"file:{source.path}" if source.key is None else file
        try:
            container = stack.enter_context(_container(given))
        except FFmpegError:
            # Without the cause: its text holds the file's name.
            raise _nothing_to_hear() from None
        return _Decoding(container, place, byte_size(file)).run(progress)


def _container(given: str | BinaryIO) -> InputContainer:
    # Titles in a file may be in any encoding; they are of no interest here.
    return av.open(given, "r", options=OPTIONS, metadata_errors="replace")


class _Decoding:
    """One run through an open file."""

    def __init__(self, container: InputContainer, place: Place, size: int) -> None:
        sound, picture = container.streams.best("audio"), _moving_picture(container)
        if not isinstance(sound, av.AudioStream):
            raise (
                _nothing_to_hear()
                if picture is None
                else UserError("This file has a picture but no sound; choose the file that holds the sound.")
            )
        self._container, self._sound, self._picture = container, sound, picture
        self._byte_size = max(size, 1)
        self._origin_s = (container.start_time or 0) / av.time_base
        self._claimed_ms = claimed_ms(place, container.format.name, container.duration)
        self._errors = 0
        self._picture_end_s = 0.0

    def run(self, progress: Progress) -> Decoded:
        longest_s = self._claimed_ms / 1000 if self._claimed_ms else None
        line = TimeLine(self._origin_s, longest_s)
        for number, packet in enumerate(self._packets()):
            if number % PACKETS_BETWEEN_REPORTS == 0:
                progress.at((packet.pos or 0) / self._byte_size)
            if packet.stream is self._sound:
                self._hear(packet, line)
            elif packet.pts is not None and packet.time_base is not None:
                end_s = float((packet.pts + (packet.duration or 0)) * packet.time_base)
                self._picture_end_s = max(self._picture_end_s, end_s - self._origin_s)
        line.flush()
        progress.at(1.0)
        return self._answer(line)

    def _packets(self) -> Iterator[av.Packet[Any]]:
        streams = [self._sound] if self._picture is None else [self._sound, self._picture]
        for _ in range(MOST_READ_ERRORS):
            try:
                yield from self._container.demux(*streams)
                return
            except FFmpegError:
                self._errors += 1

    def _hear(self, packet: av.Packet[Any], line: TimeLine) -> None:
        try:
            frames = self._sound.decode(packet)
        except FFmpegError:
            self._errors += 1
            return
        for frame in frames:
            line.add(frame)

    def _answer(self, line: TimeLine) -> Decoded:
        if not line.heard_s:
            raise _nothing_to_hear()
        duration_ms = round(line.end_s * 1000)
        return Decoded(
            kind="audio" if self._picture is None else "video",
            container=self._container.format.name.split(",")[0],
            codec=self._sound.codec_context.codec.canonical_name,
            sample_rate=line.rate,
            channels=line.channels,
            duration_ms=duration_ms,
            heard_ms=round(line.heard_s * 1000),
            claimed_ms=self._claimed_ms,
            picture_end_ms=None if self._picture is None else round(self._picture_end_s * 1000),
            packet_errors=self._errors,
            gaps=line.gaps,
            peaks=assemble(line.parts, duration_ms),
        )


def _moving_picture(container: InputContainer) -> av.VideoStream | None:
    for stream in container.streams.video:
        if not stream.disposition & Disposition.attached_pic:
            return stream
    return None


def _nothing_to_hear() -> UserError:
    return UserError(
        "This file holds no sound that can be decoded; it is damaged, cut short or not a recording. "
        "Choose another copy."
    )
