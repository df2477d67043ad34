"""Who opens the study with which pass phrase: given, changed, reset and taken away, each on record.

What a supervisor does to others is on record just before it is done, when nothing is left that a full disk
could refuse: a kill in between leaves a line too many rather than a change that nobody knows of. Pass phrases
and keys are never in it.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from sqlalchemy import select

from mio_fidelity.coding import people, staff
from mio_fidelity.coding.people import only_supervisors
from mio_fidelity.errors import UserError
from mio_fidelity.store import Db, Project, Role
from mio_fidelity.store.keys import RECOVERY, SHARED
from mio_fidelity.store.models import Person, Setting, now
from mio_fidelity.store.recovery import new_recovery_key as new_key

_KEY = "access"


@dataclass(frozen=True, slots=True)
class WayIn:
    """A person who works in the study, and how she opens it.

    Attributes:
        member: Who.
        own: Whether she has a pass phrase of her own.
        first: Whether somebody else gave it to her and she has not changed it yet.
    """

    member: people.Member
    own: bool
    first: bool


@dataclass(frozen=True, slots=True)
class Access:
    """How a study can be opened: by whom, whether by all with one pass phrase, whether by a recovery key."""

    ways: tuple[WayIn, ...]
    shared: bool
    recovery: bool


def access(project: Project) -> Access:
    """How the study can be opened.

    Raises:
        UserError: keys.json cannot be read, or the person signed in is no supervisor.
    """
    project.ask(only_supervisors)
    names, firsts = project.ring.names(), project.ring.firsts()
    ways = (WayIn(each, each.id in names, each.id in firsts) for each in project.ask(people.roster))
    return Access(tuple(ways), SHARED in names, RECOVERY in names)


def add_person(project: Project, code: str, role: Role, passphrase: str) -> str:
    """Add somebody with a first pass phrase, to be changed when it is first used; the new id.

    Args:
        project: The study.
        code: Such as R2.
        role: What the person does.
        passphrase: Empty for somebody who uses the shared one, or never opens the study.

    Raises:
        UserError: the code is taken or could be a name, the pass phrase is missing or too short, or the
            person signed in is no supervisor. Nobody was added.
    """
    project.ask(only_supervisors)
    if passphrase:
        project.ring.check(passphrase)
    elif role is not Role.CLINICIAN and SHARED not in project.ring.names():
        raise UserError("Give this person a first pass phrase; there is no shared one in this study.")
    person_id = project.do(people.add_person, code, role).value
    if passphrase:
        give_passphrase(project, person_id, passphrase)
    return person_id


def give_passphrase(project: Project, person_id: str, passphrase: str) -> None:
    """Give somebody a first pass phrase, or reset hers; she changes it when she next opens the study.

    Raises:
        UserError: the pass phrase is too short, the person does not work in the study, or the one signed in
            is no supervisor.
    """
    project.ask(only_supervisors)
    project.ring.check(passphrase, person_id)
    noting = partial(project.do, note_access, "pass phrase given", person_id)
    project.ring.replace_slot(person_id, passphrase, project.person_id != person_id, noting)


def change_own(project: Project, old: str, new: str) -> None:
    """Change the pass phrase of the person signed in; with the shared one, give her one of her own.

    Raises:
        UserError: ``old`` does not open the study or is somebody else's, or ``new`` is too short or the same.
    """
    me = project.person_id
    found = project.unlock(old)
    if me is None or found.name not in (me, SHARED):
        raise UserError("This is not your pass phrase. Type the one with which you opened the study.")
    if old == new:
        raise UserError("This is the pass phrase you have already. Choose another.")
    project.ring.replace_slot(me, new)
    if found.name == me:
        project.take_over(replace(found, first=False))
    project.do(note_own_access, "pass phrase changed")


def fresh_recovery_key(project: Project) -> str:
    """A recovery key that opens nothing before `use_recovery_key`: until then the one before does.

    Raises:
        UserError: the person signed in is no supervisor, or the study lies on a server.
    """
    project.ask(only_supervisors)
    if project.on_server:
        # It says why there is none.
        project.ring.new_recovery_key()
    return new_key()


def use_recovery_key(project: Project, key: str) -> None:
    """Let a recovery key open the study that somebody surely has; the one before opens it no more.

    Raises:
        UserError: keys.json cannot be written, or the person signed in is no supervisor.
    """
    project.ask(only_supervisors)
    noting = partial(project.do, note_access, "recovery key made", None)
    project.ring.replace_slot(RECOVERY, key, before=noting)


def new_recovery_key(project: Project) -> str:
    """A fresh recovery key that opens the study at once; see `use_recovery_key`."""
    key = fresh_recovery_key(project)
    use_recovery_key(project, key)
    return key


def recover(project: Project, person_id: str, passphrase: str) -> None:
    """Give a supervisor a new pass phrase in a study opened with the recovery key, and go on as her.

    Raises:
        UserError: it was opened otherwise, the person is no supervisor, or the pass phrase is too short.
    """
    if project.opened.name != RECOVERY:
        raise UserError("Only the recovery key can do this. Open the study with it.")
    project.ring.check(passphrase, person_id)
    project.ring.replace_slot(person_id, passphrase, before=partial(project.do, note_recovery, person_id))
    project.take_over(replace(project.opened, name=person_id))


def removing(project: Project, person_id: str) -> Callable[[], int]:
    """Somebody leaves the study, and it gets a new key: the work, to be done on any thread.

    From now on nobody can read or write until it is done; call it on the thread that opened the study.

    Returns:
        The work; it returns how many sessions are free again.

    Raises:
        UserError: something is going on in the background, or the person signed in is no supervisor; the
            work, when it is the only supervisor, or something cannot be written: nothing was changed.
    """
    project.ask(only_supervisors)
    if person_id == project.person_id:
        raise UserError("You cannot remove yourself. Ask another supervisor to do it.")
    keep = _keep(project) - {person_id}
    project.put_away()
    return partial(project.rekey, keep, removed_person, person_id)


def ending_shared(project: Project) -> Callable[[], None]:
    """The shared pass phrase opens the study no more, and it gets a new key: the work, as `removing`.

    Raises:
        UserError: as `removing`; no supervisor, or not the one signed in, has a pass phrase of her own.
    """
    own = {way.member.id for way in access(project).ways if way.own and not way.first}
    if project.person_id not in own:
        raise UserError(
            "You would shut yourself out. Give yourself a pass phrase of your own first, and open the study "
            "with it."
        )
    keep = _keep(project) - {SHARED}
    project.put_away()
    return partial(project.rekey, keep, note_access, "shared pass phrase ended", None)


def rekeying(project: Project) -> Callable[[], None]:
    """The study gets a new key for all who work in it: the work, as `removing`.

    Raises:
        UserError: as `removing`.
    """
    project.ask(only_supervisors)
    keep = _keep(project)
    project.put_away()
    return partial(project.rekey, keep, note_access, "new key", None)


def removed_person(db: Db, person_id: str) -> int:
    """As `staff.leave`, for somebody who has left already too; part of `removing`."""
    note_access(db, "new key without a person", person_id)
    return staff.leave(db, person_id)


def note_access(db: Db, what: str, person_id: str | None) -> None:
    """Put on record what a supervisor does about pass phrases.

    Raises:
        UserError: the person does not work in the study, or the one signed in is no supervisor.
    """
    only_supervisors(db)
    _note(db, what, person_id)


def note_own_access(db: Db, what: str) -> None:
    """Put on record what somebody does about her own pass phrase."""
    _note(db, what, db.info["person_id"])


def note_recovery(db: Db, person_id: str) -> None:
    """Put on record that the recovery key gave a supervisor a new pass phrase.

    Raises:
        UserError: it is no supervisor who works in the study.
    """
    person = db.get(Person, person_id)
    if person is None or not person.active or person.role != Role.SUPERVISOR:
        raise UserError("The recovery key gives a pass phrase to supervisors alone. Choose one of them.")
    _note(db, "recovery key used", person_id)


def _note(db: Db, what: str, person_id: str | None) -> None:
    if person_id is not None and db.get(Person, person_id) is None:
        raise UserError("This person does not work in the study. Choose somebody from the list.")
    value = {"what": what, "person": person_id, "at": now().isoformat()}
    found = db.scalar(select(Setting).where(Setting.key == _KEY))
    if found is None:
        db.add(Setting(key=_KEY, value=value))
    else:
        found.value = value


def _keep(project: Project) -> set[str]:
    """The slots of all who work in the study, the shared one and the recovery key."""
    return {SHARED, RECOVERY, *(each.id for each in project.ask(people.roster))}
