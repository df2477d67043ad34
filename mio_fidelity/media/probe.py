"""Examining a recording before it is taken into a study."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from mio_fidelity.errors import UserError
from mio_fidelity.media.fingerprint import hash_of
from mio_fidelity.media.headers import ends_unfinished
from mio_fidelity.media.progress import IsCancelled, OnProgress, Progress
from mio_fidelity.media.source import Place, byte_size, opened

if TYPE_CHECKING:
    from mio_fidelity.media.decode import Decoded
    from mio_fidelity.media.peaks import Peaks

HASHING_SHARE = 0.1
SILENT_BELOW = 0.001
SHORTFALL_MS = 500
SHORTFALL_SHARE = 0.005
PICTURE_ALONE_MS = 2000

ProblemKey = Literal["truncated", "damaged", "gaps", "silent", "picture_longer"]


@dataclass(frozen=True)
class Problem:
    """Something that is wrong with a recording that can nevertheless be heard, at least in part.

    Args:
        key: What kind of problem.
        template: One or two sentences with ``{names}``, as in ``UserError``.
        values: The varying parts.
    """

    key: ProblemKey
    template: str
    values: dict[str, object]

    def __str__(self) -> str:
        return self.template.format(**self.values)


@dataclass(frozen=True)
class Examined:
    """What a recording is.

    Args:
        kind: Whether there is a moving picture.
        container: Short name of the file format, such as "mp3" or "mov".
        codec: Short name of the sound's coding, such as "aac".
        sample_rate: Samples a second.
        channels: Number of channels.
        duration_ms: True length, found by decoding; lost pieces count, as players show them.
        heard_ms: How much of it can be heard.
        claimed_ms: Length by the file's own header; None when it names none.
        packet_errors: Pieces that could not be decoded.
        byte_size: Size of the file.
        sha256: The fingerprint: SHA-256 of the whole file, in hexadecimal digits.
        peaks: The waveform.
        problems: What the person should know before taking the file in; empty for a sound file.
    """

    kind: Literal["audio", "video"]
    container: str
    codec: str
    sample_rate: int
    channels: int
    duration_ms: int
    heard_ms: int
    claimed_ms: int | None
    packet_errors: int
    byte_size: int
    sha256: str
    peaks: Peaks
    problems: tuple[Problem, ...]


def examine(
    place: Place, on_progress: OnProgress | None = None, cancelled: IsCancelled | None = None
) -> Examined:
    """Read and decode the whole file once.

    Args:
        place: The recording.
        on_progress: Called with the share done, 0..1, several times a second.
        cancelled: Asked often; once it says yes the work stops.

    Returns:
        What the recording is, with the problems that do not keep it from being used.

    Raises:
        UserError: nothing in the file can be heard, or it cannot be read. The sentence does not name it.
        Cancelled: ``cancelled`` said yes.
    """
    # Only here: a computer whose decoder is broken can still start, and its self-test say so.
    from mio_fidelity.media.decode import decode

    with opened(place) as file:
        size = byte_size(file)
    if size == 0:
        raise UserError("The file is empty (0 bytes); copy it again from where it was recorded.")
    decoded = decode(place, Progress(on_progress, cancelled, 0.0, 1 - HASHING_SHARE))
    sha256 = hash_of(place, Progress(on_progress, cancelled, 1 - HASHING_SHARE, 1.0))
    return Examined(
        kind=decoded.kind,
        container=decoded.container,
        codec=decoded.codec,
        sample_rate=decoded.sample_rate,
        channels=decoded.channels,
        duration_ms=decoded.duration_ms,
        heard_ms=decoded.heard_ms,
        claimed_ms=decoded.claimed_ms,
        packet_errors=decoded.packet_errors,
        byte_size=size,
        sha256=sha256,
        peaks=decoded.peaks,
        problems=_problems(decoded, unfinished=ends_unfinished(place, decoded.container)),
    )


def _problems(decoded: Decoded, *, unfinished: bool) -> tuple[Problem, ...]:
    """Everything that is wrong, the gravest first."""
    cut_short = _cut_short(decoded, unfinished=unfinished)
    # The piece in which a file breaks off is no damage of its own.
    damaged = _damaged(decoded) if decoded.packet_errors > 1 or not cut_short else None
    found = (cut_short, damaged, _silent(decoded), _picture_longer(decoded))
    return tuple(problem for problem in found if problem is not None)


def _cut_short(decoded: Decoded, *, unfinished: bool) -> Problem | None:
    heard = clock(decoded.heard_ms)
    end_ms = max(decoded.duration_ms, decoded.picture_end_ms or 0)
    claimed_ms = decoded.claimed_ms or 0
    if claimed_ms - end_ms > max(SHORTFALL_MS, SHORTFALL_SHARE * claimed_ms):
        return Problem(
            "truncated",
            "The file should be {claimed} long, but only {heard} can be heard: it is cut short or parts are "
            "lost. Look for a complete copy.",
            {"claimed": clock(claimed_ms), "heard": heard},
        )
    if unfinished:
        return Problem(
            "truncated",
            "The file breaks off without its closing mark, so its end may be missing; {heard} can be heard.",
            {"heard": heard},
        )
    return None


def _damaged(decoded: Decoded) -> Problem | None:
    values: dict[str, object] = {
        "errors": decoded.packet_errors,
        "places": decoded.gaps,
        "heard": clock(decoded.heard_ms),
        "length": clock(decoded.duration_ms),
    }
    if decoded.packet_errors:
        return Problem(
            "damaged",
            "The file is damaged (unreadable pieces: {errors}); {heard} of {length} can be heard.",
            values,
        )
    if decoded.gaps:
        return Problem(
            "gaps",
            "Sound is missing inside the recording (places: {places}); {heard} of {length} can be heard.",
            values,
        )
    return None


def _silent(decoded: Decoded) -> Problem | None:
    if decoded.peaks.loudest >= SILENT_BELOW:
        return None
    return Problem(
        "silent",
        "The recording is silent from beginning to end ({length}); perhaps the microphone was off.",
        {"length": clock(decoded.duration_ms)},
    )


def _picture_longer(decoded: Decoded) -> Problem | None:
    picture_end_ms = decoded.picture_end_ms or 0
    if picture_end_ms - decoded.duration_ms <= PICTURE_ALONE_MS:
        return None
    return Problem(
        "picture_longer",
        "The sound ends at {sound_end}, but the picture goes on to {picture_end}.",
        {"sound_end": clock(decoded.duration_ms), "picture_end": clock(picture_end_ms)},
    )


def clock(ms: int) -> str:
    """A length as hours, minutes and seconds, for sentences: 0:04:09."""
    seconds = round(ms / 1000)
    return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
