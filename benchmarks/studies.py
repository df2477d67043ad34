"""The studies and recordings that `benchmarks.coding` measures with."""

from __future__ import annotations

import random
from fractions import Fraction
from pathlib import Path

from mio_fidelity.answer import State
from mio_fidelity.coding import assign, people, recordings
from mio_fidelity.coding.recordings import SessionFacts
from mio_fidelity.demo import make_demo
from mio_fidelity.instrument import shipped_instrument
from mio_fidelity.media.probe import examine
from mio_fidelity.store import Db, MediaKind, Project, Purpose, Role
from mio_fidelity.store.models import Rating, Recording, Score, TreatmentSession, new_id, now
from tests.media_factory import make

PASSPHRASE = "a phrase for the benchmark"


def make_all(folder: Path, sessions: int) -> None:
    """Make ``demo``, ``fresh`` (one hour), ``long`` (three hours) and ``full`` in ``folder``.

    Args:
        folder: Where they are made.
        sessions: How many sessions the study ``full`` has; each is rated by both coders.
    """
    make_demo(folder / "demo")
    minute = make(folder / "minute.mp3", 60, "mp3_cbr")
    for name, hours in (("fresh", 1), ("long", 3), ("full", 1)):
        make_study(folder / name, minute, hours, sessions if name == "full" else 1)


def make_study(folder: Path, minute: Path, hours: int, sessions: int) -> None:
    """A study of two coders; its first session has a real recording and is not begun, the rest is submitted.

    Args:
        folder: A folder that does not exist yet.
        minute: A minute of sound, repeated to make the recording.
        hours: Length of the recording.
        sessions: How many sessions there are.
    """
    with Project.create(folder, PASSPHRASE, "Benchmark") as project:
        sound = looped(minute, folder / "recordings" / "sound.mp3", hours * 60)
        found = examine(sound)
        project.peaks.write(found.sha256, found.peaks.to_bytes())
        coders = [project.do(people.add_person, code, Role.CODER).value for code in ("R1", "R2")]
        instrument = project.do(assign.use_instrument, shipped_instrument()).value
        first = project.do(
            recordings.add_session, SessionFacts("C0001", 1), [(str(sound), found)], folder
        ).value
        for coder in coders:
            project.do(assign.assign, first, coder, instrument, Purpose.RELIABILITY)
        for begin in range(1, sessions, 50):
            numbers = range(begin, min(begin + 50, sessions))
            project.do(_add_rated, first, coders, instrument, numbers)


def looped(source: Path, path: Path, times: int) -> Path:
    """Write the mp3 ``source`` to ``path`` so many times over, without coding it again."""
    import av

    with av.open(str(source)) as once, av.open(str(path), "w", format="mp3") as output:
        stream = once.streams.audio[0]
        copy = output.add_stream_from_template(stream)
        packets = [(bytes(packet), packet.duration or 0) for packet in once.demux(stream) if packet.size]
        pts = 0
        for _ in range(times):
            for content, duration in packets:
                packet = av.Packet(content)
                packet.stream, packet.time_base = copy, stream.time_base or Fraction(1, 1000)
                packet.pts = packet.dts = pts
                packet.duration = duration
                pts += duration
                output.mux(packet)
    return path


def _add_rated(db: Db, like: str, coders: list[str], instrument: str, numbers: range) -> None:
    """Add sessions recorded like the session ``like``, rated to the end by every coder."""
    chance = random.Random(numbers.start)
    pattern = db.get_one(TreatmentSession, like).recordings[0]
    slots = shipped_instrument().slots()
    for number in numbers:
        client = people.client(db, f"C{number // 10 + 2:04}", None)
        session = TreatmentSession(client_id=client.id, number=number % 10 + 1)
        db.add(session)
        db.flush()
        db.add(_recording(session.id, pattern))
        db.flush()
        for coder in coders:
            rating_id = assign.assign(db, session.id, coder, instrument, Purpose.RELIABILITY)
            for scale, dimension in slots:
                score = Score(rating_id=rating_id, scale=scale, dimension=dimension)
                score.state, score.value = State.RATED, chance.randint(2, 6)
                db.add(score)
            db.flush()
            rating = db.get_one(Rating, rating_id)
            rating.begun_at = rating.submitted_at = now()


def _recording(session_id: str, like: Recording) -> Recording:
    return Recording(
        session_id=session_id,
        location="recordings/elsewhere.mp3",
        sha256=new_id() * 2,
        byte_size=like.byte_size,
        kind=MediaKind.AUDIO,
        container=like.container,
        codec=like.codec,
        duration_ms=like.duration_ms,
    )
