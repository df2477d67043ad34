"""A study with work for two coders, and their own computers: what the tests of packages share."""

from contextlib import contextmanager, suppress
from pathlib import Path

from mio_fidelity.answer import rated
from mio_fidelity.coding import assign, desk, merging, packages, rate, recordings, returning
from mio_fidelity.errors import UserError
from mio_fidelity.media.probe import examine
from mio_fidelity.media.progress import Progress
from mio_fidelity.store import Project, Purpose
from mio_fidelity.store.parcel import unpack
from tests import media_factory
from tests.conftest import ARM, CHEAP, CLIENT, COUNSELOR, SITE, WORDS, copy_study

LAPTOP = "a laptop of her own"
QUIETLY = Progress(None, None)


def add_session(study, number, seconds=2, **how):
    """One more session with a recording of its own; its id. S1 is signed in afterwards."""
    study.sign_in("S1")
    place = study.folder / "recordings" / f"qzxj-{number}.wav"
    media_factory.make(place, seconds + number / 100, "wav")
    found = examine(place)
    facts = recordings.SessionFacts(CLIENT, number, ARM, COUNSELOR, SITE)
    session_id = study.do(recordings.add_session, facts, [(str(place), found)], study.folder)
    study.project.peaks.write(found.sha256, found.peaks.to_bytes())
    return session_id


def give(study, session_id, *codes, purpose=Purpose.RELIABILITY):
    """Ids of the ratings of these people."""
    return [
        study.do_as_supervisor(assign.assign, session_id, study.people[code], study.instrument_id, purpose)
        for code in codes
    ]


def hand_out(study, place, code="R1", **how):
    """The file of a package for somebody, made by S1."""
    study.sign_in("S1")
    target = place / f"{code}-{len(list(place.iterdir()))}.miopack"
    options = {"passphrase": LAPTOP, "cost": CHEAP} | how
    packages.make_package(study.project, study.people[code], target, **options)
    return target


class Laptop:
    """A coder's own computer, with her package unpacked."""

    def __init__(self, file: Path, folder: Path) -> None:
        unpack(file, folder, QUIETLY)
        self.folder = folder

    @contextmanager
    def open(self):
        """The study on it; the pass phrase she was given is taken for her own."""
        with Project.open(self.folder, LAPTOP) as project:
            if project.opened.first:
                project.ring.replace_slot(project.holder, LAPTOP)
        with Project.open(self.folder, LAPTOP) as project:
            yield project

    def work(self, *ratings, value=4, submit=False, notes=""):
        """Rate, and submit where wanted."""
        with self.open() as project:
            for rating_id in ratings:
                work(project, rating_id, value, submit, notes)

    def give_back(self, name="work"):
        """What was done so far, as a file."""
        target = self.folder.with_name(f"{self.folder.name}-{name}.mioback")
        with self.open() as project:
            returning.return_work(project, target)
        return target


def work(project, rating_id, value=4, submit=False, notes=""):
    """Rate as whoever is signed in."""
    project.do(rate.begin, rating_id)
    slots = project.ask(desk.desk, rating_id).instrument.slots()
    for slot in slots if submit else slots[:3]:
        # A rule of the instrument may answer for it.
        with suppress(UserError):
            project.do(rate.set_answer, rating_id, *slot, rated(value))
    if notes:
        project.do(rate.set_notes, rating_id, notes)
    project.do(rate.mark_evidence, rating_id, slots[0][0], 100 * value, f"because {value}")
    project.do(rate.hear, rating_id, 0, 100 * value, 1.0)
    if submit:
        project.do(rate.submit, rating_id, little_heard=True)


def take_in(study, file):
    """As S1."""
    study.sign_in("S1")
    return merging.merge(study.project, file)


def copy_home(study, place):
    """A second home with the same past, open, with S1 signed in."""
    who = study.project.person_id
    study.project.close()
    copy_study(study.folder, place)
    study.project = Project.open(study.folder, WORDS)
    if who:
        study.project.sign_in(who)
    other = Project.open(place, WORDS)
    other.sign_in(study.people["S1"])
    return other
