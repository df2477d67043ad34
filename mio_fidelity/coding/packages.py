"""Handing a coder's work out to a computer of her own: one file, noted as out, and given up when need be."""

import os
import secrets
import shutil
from collections.abc import Collection, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from mio_fidelity import __version__
from mio_fidelity.coding.outgoing import available, gather
from mio_fidelity.coding.package_rows import Sound
from mio_fidelity.coding.package_study import Outgoing, fill
from mio_fidelity.coding.people import only_supervisors
from mio_fidelity.errors import UserError
from mio_fidelity.media.progress import Cancelled, Progress
from mio_fidelity.media.sealing import Piece, sealed_pieces
from mio_fidelity.media.source import opened
from mio_fidelity.media.vault import sealed_bytes
from mio_fidelity.store import Db, Project, actor
from mio_fidelity.store.backups import back_up
from mio_fidelity.store.durable import settle
from mio_fidelity.store.keys import Cost, Ring, create_keys, subkey
from mio_fidelity.store.models import Package, now
from mio_fidelity.store.parcel import Parcel, cannot_write, make_database, pack_study
from mio_fidelity.store.scratch import scratch_beside
from mio_fidelity.store.sealed import SealedFolder


@dataclass(frozen=True, slots=True)
class Made:
    """A package that was written.

    Attributes:
        sessions: How many assignments it holds.
        left: How many open ones it does not.
        byte_size: Of the file.
    """

    package_id: str
    sessions: int
    left: int
    byte_size: int


@dataclass(frozen=True, slots=True)
class Preview:
    """What a package for somebody would hold.

    Attributes:
        own: Whether she has a pass phrase of her own, which will open it.
        audio_bytes: Of the recordings, those that examples are from too.
    """

    sessions: int
    left: int
    audio_bytes: int
    own: bool


def preview(project: Project, person_id: str) -> Preview:
    """What a package for somebody would hold now.

    Raises:
        UserError: the person signed in is no supervisor.
    """
    out = project.ask(gather, person_id, None, True, project.folder)
    size = sum(sound.facts["byte_size"] for sound in out.sounds)
    return Preview(len(out.works), out.left, size, project.has_own_phrase(person_id))


def make_package(
    project: Project,
    person_id: str,
    target: Path,
    passphrase: str | None = None,
    *,
    with_recordings: bool = True,
    rating_ids: Collection[str] | None = None,
    progress: Progress | None = None,
    cost: Cost | None = None,
) -> Made:
    """Write a package with a coder's open sessions, and note that they are out; on any thread.

    Args:
        project: The study.
        person_id: Whose work.
        target: The file; one that is there is replaced.
        passphrase: A first one that she changes when she opens it; None for her own of this study.
        with_recordings: Whether they go along, enciphered.
        rating_ids: Which of her open assignments; None for all.
        progress: Told the share done; stops the work when cancelled.
        cost: Work per guess at ``passphrase``; None for the usual.

    Raises:
        UserError: there is nothing to hand out, she has no pass phrase, a recording is missing, the file
            cannot be written, or the person signed in is no supervisor. Nothing is noted and no file left.
        Cancelled: the person asked to stop; the same.
    """
    progress = progress or Progress(None, None)
    out = project.ask_elsewhere(gather, person_id, rating_ids, with_recordings, project.folder)
    if not out.works:
        raise UserError(
            "{code} has no open session that could be handed out: all are submitted, handed out already, or "
            "have no recording. If the file of a package was lost, or never came to be, revoke the package "
            "in the list; then its sessions can be handed out again.",
            code=out.person_code,
        )
    key, made_at = secrets.token_bytes(32), now()
    try:
        with scratch_beside(target, "package") as scratch:
            data_key = _keys(project, person_id, passphrase, cost, scratch)
            filling = partial(fill, out=out, made_at=made_at, key=key, program=__version__)
            make_database(scratch, data_key, _named(filling))
            file = scratch / "package"
            _write(project, out, data_key, file, progress.part(0.0, 0.99))
            size = file.stat().st_size
            contents = {"ratings": out.baselines(), "recordings": with_recordings, "key": key.hex()}
            project.do_elsewhere(note_made, out.package_id, person_id, contents)
            _give_its_name(project, out.package_id, file, target)
    except OSError as error:
        raise cannot_write(error) from error
    _keep_its_key(project)
    # The package is out: who stops the work only now is too late.
    with suppress(Cancelled):
        progress.at(1.0)
    return Made(out.package_id, len(out.works), out.left, size)


def note_made(db: Db, package_id: str, person_id: str, contents: dict[str, Any]) -> None:
    """Note that work is out.

    Raises:
        UserError: some of it is out or closed by now, or the person signed in is no supervisor.
    """
    only_supervisors(db)
    still = set(available(db, person_id))
    if not set(contents["ratings"]) <= still:
        raise UserError("The study has changed meanwhile. Make the package again.")
    db.add(Package(id=package_id, person_id=person_id, by_id=actor(db), contents=contents))


def revoke(db: Db, package_id: str) -> None:
    """Give a package up: what it holds can be worked on here, or handed out again.

    Work that comes back nevertheless is taken in where nobody else did anything, and shown as a conflict
    where somebody did.

    Raises:
        UserError: the person signed in is no supervisor.
    """
    only_supervisors(db)
    package = db.get_one(Package, package_id)
    if package.revoked_at is None:
        package.revoked_at = now()


def _give_its_name(project: Project, package_id: str, file: Path, target: Path) -> None:
    """The last step, after which the package is out; where it fails, the note of it is taken back."""
    try:
        os.replace(file, target)
    except OSError:
        project.do_elsewhere(revoke, package_id)
        raise
    settle(target.parent)


def _keep_its_key(project: Project) -> None:
    """A study that loses its file has the newest backup: without the key in it the work could not return."""
    if not project.on_server:
        # The package is whole and noted; that no backup can be made is said by the next one that is due.
        with suppress(UserError):
            back_up(project.file)


def _keys(project: Project, person_id: str, passphrase: str | None, cost: Cost | None, folder: Path) -> bytes:
    """Write keys.json of the package; its data key."""
    if passphrase is not None:
        data_key = create_keys(folder, passphrase, cost, person_id)
        Ring(folder, data_key).replace_slot(person_id, passphrase, first=True)
        shutil.rmtree(folder / "backups")
        return data_key
    if not project.has_own_phrase(person_id):
        raise UserError(
            "This person has no pass phrase of her own in this study. Type a first one for the package; she "
            "changes it when she opens it."
        )
    data_key = secrets.token_bytes(32)
    (folder / "keys.json").write_bytes(project.ring.rewrapped(data_key, {person_id}))
    return data_key


def _named(filling: partial[None]) -> Any:
    """The audit trail of the package wants to know a name."""
    filling.__name__ = "make_package"  # type: ignore[attr-defined]
    return filling


def _write(project: Project, out: Outgoing, data_key: bytes, file: Path, progress: Progress) -> None:
    with file.open("xb") as open_file, Parcel(open_file) as parcel:
        pack_study(file.parent, parcel)
        wanted = [sound for sound in out.sounds if sound.key]
        _pack_peaks(project, wanted, data_key, parcel)
        _pack_sounds(wanted, parcel, progress)
        parcel.close()


def _pack_peaks(project: Project, sounds: Collection[Sound], data_key: bytes, parcel: Parcel) -> None:
    """The pictures, under the package's key; one that cannot be read is made again where it is wanted."""
    after = SealedFolder(Path("peaks"), subkey(data_key, "peaks"))
    for sha256 in dict.fromkeys(sound.facts["sha256"] for sound in sounds):
        content = project.peaks.read(sha256)
        if content is not None:
            name, sealed = after.sealed(sha256, content)
            parcel.add(f"peaks/{name}", len(sealed), [sealed])


def _pack_sounds(sounds: Collection[Sound], parcel: Parcel, progress: Progress) -> None:
    total = sum(sound.facts["byte_size"] for sound in sounds) or 1
    done = 0
    for sound in sounds:
        if sound.key is None:
            continue
        size = sound.facts["byte_size"]
        # Each piece of the vault vouches for itself, and went into it under a key of this recording alone.
        sha256 = None if sound.source.key else sound.facts["sha256"]
        share = progress.part(done / total, (done + size) / total)
        with opened(sound.source) as plain, closing(sealed_pieces(plain, size, sound.key, sha256)) as pieces:
            parcel.add(f"vault/{sound.id}", sealed_bytes(size), _told(pieces, size, share))
        done += size


def _told(pieces: Iterator[Piece], size: int, progress: Progress) -> Iterator[Piece]:
    """The pieces, and how far they are."""
    done = 0
    for piece in pieces:
        yield piece
        done += len(piece)
        progress.at(min(done / max(size, 1), 1.0))
