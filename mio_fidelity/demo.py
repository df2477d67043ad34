"""The demo study: acted, synthetic sessions and fictional people, made afresh whenever it is wanted."""

import secrets
import shutil
import tomllib
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from mio_fidelity import paths
from mio_fidelity.answer import rated
from mio_fidelity.coding import assign, desk, people, rate, recordings, self_ratings
from mio_fidelity.demo_history import add_courses, add_history, read_history
from mio_fidelity.errors import UserError
from mio_fidelity.instrument import shipped_instrument
from mio_fidelity.media.progress import IsCancelled, OnProgress, Progress
from mio_fidelity.store import Project, Purpose, Role

# Not a secret: the demo holds nothing that needs one.
PASSPHRASE = "practice only"
TITLE = "Demo study (acted, synthetic)"
FIRST_CODER = "R1"

_PEOPLE = (
    ("R1", Role.CODER),
    ("R2", Role.CODER),
    ("R3", Role.CODER),
    ("R4", Role.CODER),
    ("S1", Role.SUPERVISOR),
)
# Recording: client, session number, arm, counselor, site.
_SESSIONS = {
    "one": ("C01", 4, "MIO", "K1", "North"),
    "two": ("C02", 3, "PE", "K2", "North"),
    "three": ("C03", 7, "MIO", "K3", "South"),
    "four": ("C04", 2, "PE", "K4", "South"),
}
# Recording, person, purpose, days until due.
_ASSIGNED = (
    ("one", "R1", Purpose.PRODUCTION, 7),
    ("two", "R1", Purpose.RELIABILITY, 7),
    ("three", "R1", Purpose.RELIABILITY, 14),
    ("four", "R1", Purpose.RELIABILITY, 0),
    ("one", "R2", Purpose.PRODUCTION, 14),
    ("two", "R2", Purpose.RELIABILITY, 0),
    ("three", "R2", Purpose.RELIABILITY, 0),
    ("four", "R2", Purpose.RELIABILITY, 0),
    ("three", "S1", Purpose.MASTER, 0),
)
# Left behind in every demo study, so that nothing else is ever replaced by one.
_SIGN = "this-is-a-demo-study.txt"


def open_demo(folder: Path, again: bool = False) -> Project:
    """Open the demo study in ``folder``, which is made first when it is missing; nobody is signed in.

    Args:
        folder: Where it lies.
        again: Throw the old one away and make a new one.

    Raises:
        UserError: there is something else in the folder, it cannot be written, or the study is open already.
    """
    make_demo(folder, again)
    return Project.open(folder, PASSPHRASE)


def make_demo(
    folder: Path,
    again: bool = False,
    on_progress: OnProgress | None = None,
    cancelled: IsCancelled | None = None,
) -> None:
    """Make the demo study in ``folder`` unless it is there. Nothing stays open, so any thread may do it.

    Args:
        folder: Where it lies.
        again: Throw the old one away first.
        on_progress: Called with the share done, 0..1.
        cancelled: Asked often; once it says yes the work stops.

    Raises:
        UserError: as `open_demo`.
        Cancelled: ``cancelled`` said yes.
    """
    try:
        if folder.is_file() or (folder.exists() and any(folder.iterdir())):
            if not (folder / _SIGN).is_file():
                raise UserError(
                    "What lies in this folder is not a demo study, so it was left alone. Choose another."
                )
            if not again:
                return
            Project.refuse_if_open(folder)
            _throw_away(folder.resolve())
        _make(folder.resolve(), Progress(on_progress, cancelled))
    except OSError as error:
        raise UserError(
            "The demo study could not be made here: {reason}. Choose a new folder on a disk that you may "
            "write and that has room.",
            reason=error.strerror or "the disk refused",
        ) from error


def _throw_away(folder: Path) -> None:
    """Moved aside first, so that there is never half a demo, whenever this is interrupted."""
    aside = folder.with_name(f"old-demo-{secrets.token_hex(4)}.tmp")
    folder.rename(aside)
    shutil.rmtree(aside)


def _make(folder: Path, progress: Progress) -> None:
    """Made beside its place and moved there whole, so that there is never half a demo."""
    scratch = folder.parent / f"new-demo-{secrets.token_hex(4)}.tmp"
    try:
        scratch.parent.mkdir(parents=True, exist_ok=True)
        with Project.create(scratch, PASSPHRASE, TITLE) as project:
            (scratch / _SIGN).write_text(
                "Acted, synthetic sessions, simulated ratings, fictional people. Nothing is about anybody.\n",
                encoding="utf-8",
            )
            _fill(project, progress)
        if folder.exists():
            folder.rmdir()
        scratch.rename(folder)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _fill(project: Project, progress: Progress) -> None:
    person = {code: project.do(people.add_person, code, role).value for code, role in _PEOPLE}
    instrument_id = project.do(assign.use_instrument, shipped_instrument()).value
    project.do(add_history, instrument_id, read_history())
    project.do(add_courses, instrument_id, read_history("courses"))
    session = {}
    for nth, name in enumerate(_SESSIONS):
        progress.at(0.1 + nth / len(_SESSIONS) * 0.6)
        session[name] = _add_session(project, name)
    rating = {}
    for name, code, purpose, days in _ASSIGNED:
        due = date.today() + timedelta(days=days) if days else None
        done = project.do(assign.assign, session[name], person[code], instrument_id, purpose, due)
        rating[name, code] = done.value
    # Whoever signs in as the counselor finds a session to rate.
    project.do(self_ratings.ask_for, _SESSIONS["one"][3], [session["one"]])
    ratings = tomllib.loads(_demo("ratings.toml").read_text(encoding="utf-8"))["rating"]
    for nth, finished in enumerate(ratings):
        progress.at(0.7 + nth / len(ratings) * 0.3)
        project.sign_in(person[finished["coder"]])
        _rate(project, rating[finished["session"], finished["coder"]], finished)


def _add_session(project: Project, name: str) -> str:
    # Decoding needs numpy and av, which a start of the program does not wait for.
    from mio_fidelity.media.probe import examine

    client, number, arm, counselor, site = _SESSIONS[name]
    facts = recordings.SessionFacts(client, number, arm, counselor, site)
    source = next(_demo("recordings").glob(f"{name}.*"))
    found = examine(source)
    # Under the fingerprint, which tells nothing to somebody who has not the recording.
    copy = project.folder / "recordings" / f"{found.sha256[:16]}{source.suffix}"
    shutil.copyfile(source, copy)
    project.peaks.write(found.sha256, found.peaks.to_bytes())
    return project.do(recordings.add_session, facts, [(str(copy), found)], project.folder).value


def _rate(project: Project, rating_id: str, finished: Mapping[str, Any]) -> None:
    project.do(rate.begin, rating_id)
    for dimension in ("fidelity", "competence"):
        for scale, value in finished[dimension].items():
            project.do(rate.set_answer, rating_id, scale, dimension, rated(value))
    for mark in finished.get("mark", ()):
        project.do(rate.mark_evidence, rating_id, mark["scale"], mark["at_ms"], mark["note"])
    project.do(rate.set_notes, rating_id, finished.get("notes", ""))
    length = project.ask(desk.desk, rating_id).duration_ms
    project.do(rate.hear, rating_id, 0, length, 1.0)
    project.do(rate.submit, rating_id)


def _demo(name: str) -> Path:
    return paths.resources() / "demo" / name
