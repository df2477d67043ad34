"""A study as a coder finds it: people, one recorded session, the practice instrument, one assigned rating."""

import gc
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Concatenate, ParamSpec, TypeVar

import pytest
from hypothesis import settings
from sqlalchemy import text

from mio_fidelity.answer import Answer, rated
from mio_fidelity.coding import assign, desk, people, rate, recordings
from mio_fidelity.instrument import Instrument, shipped_instrument
from mio_fidelity.media.probe import examine
from mio_fidelity.store import Db, Project, Purpose, Role
from mio_fidelity.store.keys import Cost
from mio_fidelity.store.server import empty_database
from tests import media_factory
from tests.postgres import PASSWORD, Postgres, database_of

# How long one example takes says how busy the computer is.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")

P = ParamSpec("P")
T = TypeVar("T")
Made = tuple[Path, dict[str, Any]]

PASSPHRASE = "correct horse battery"
# The second pass of the whole suite: the studies of tests lie on a server, and what needs a file is skipped.
ON_SERVER = os.environ.get("MIO_FIDELITY_TEST_DATABASE") == "postgresql"
# What opens a study of tests, in either place.
WORDS = PASSWORD if ON_SERVER else PASSPHRASE
CHEAP = Cost(64, 1, 1)
# What a coder must never see, and nobody may find in a file of the study.
CLIENT, ARM, COUNSELOR, SITE, NUMBER = "QZX7", "arm-qzxj", "KQZX8", "site-qzxj", 5417
SECRETS = (CLIENT, ARM, COUNSELOR, SITE, str(NUMBER), "qzxj-file", "production")


@dataclass
class OpenStudy:
    """An open study and the ids of what is in it."""

    project: Project
    people: dict[str, str]
    instrument_id: str
    session_id: str
    rating_id: str
    recording: Path

    @property
    def folder(self) -> Path:
        return self.project.folder

    def do(self, verb: Callable[Concatenate[Db, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """What the verb returned."""
        return self.project.do(verb, *args, **kwargs).value

    def ask(self, question: Callable[Concatenate[Db, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        return self.project.ask(question, *args, **kwargs)

    def desk(self) -> desk.Desk:
        return self.project.ask(desk.desk, self.rating_id)

    def answer(self, scale: str, dimension: str) -> Answer:
        return self.desk().answers.get((scale, dimension), Answer())

    def set(self, scale: str, dimension: str, answer: Answer) -> rate.Change:
        return self.do(rate.set_answer, self.rating_id, scale, dimension, answer)

    def sign_in(self, code: str) -> None:
        self.project.sign_in(self.people[code])

    def assign(self, code: str, purpose: Purpose = Purpose.PRODUCTION) -> str:
        """Give the session to somebody, as S1 does; the rating's id."""
        whom = self.people[code]
        return self.do_as_supervisor(assign.assign, self.session_id, whom, self.instrument_id, purpose)

    def use_instrument(self, instrument: Instrument) -> str:
        """Take an instrument into the study, as S1 does; the edition's id."""
        return self.do_as_supervisor(assign.use_instrument, instrument)

    def do_as_supervisor(self, verb: Callable[Concatenate[Db, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """As `do`, by S1; who was at work goes on."""
        who = self.project.person_id
        self.sign_in("S1")
        try:
            return self.do(verb, *args, **kwargs)
        finally:
            self.project._person_id = who

    def answer_all(self, value: int = 4) -> None:
        """Give every slot that is open the point ``value``."""
        self.do(_answer_all, self.rating_id, value)

    def submit(self, value: int = 4) -> None:
        """Answer everything and close the rating."""
        self.do(rate.begin, self.rating_id)
        self.answer_all(value)
        self.do(rate.submit, self.rating_id, little_heard=True)

    def reopen(self) -> None:
        """Close the study and open it again, with the same person signed in."""
        who = self.project.person_id
        self.project.close()
        self.project = Project.open(self.folder, WORDS)
        if who:
            self.project.sign_in(who)

    def sql(self, statement: str, **values: Any) -> list[Any]:
        """Run a statement on the database itself, past every verb."""
        if ON_SERVER and statement.startswith("DROP TRIGGER "):
            # There a rule is a function; its trigger goes with it.
            statement = f"DROP FUNCTION {statement.split()[2]} CASCADE"
        with self.project._engine.begin() as connection:
            result = connection.execute(text(statement), values)
            return list(result.all()) if result.returns_rows else []

    def rules(self) -> list[Any]:
        """What the database itself refuses, as it says it."""
        if ON_SERVER:
            return self.sql(
                "SELECT tgname, tgenabled, pg_get_triggerdef(pg_trigger.oid), prosrc FROM pg_trigger"
                " JOIN pg_proc ON pg_proc.oid = tgfoid WHERE NOT tgisinternal ORDER BY tgname"
            )
        return self.sql("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name")

    def audit(self) -> list[Any]:
        """All lines of the audit trail, the oldest first."""
        # A server would give moments and changes as values.
        return self.sql(
            "SELECT id, CAST(at AS TEXT) AS at, person_id, verb, table_name, row_id, action,"
            " CAST(changes AS TEXT) AS changes, package_id, chain FROM audit ORDER BY id"
        )


def _answer_all(db: Db, rating_id: str, value: int) -> None:
    while open_slots := desk.desk(db, rating_id).open_slots:
        rate.set_answer(db, rating_id, *open_slots[0], rated(value))
        db.flush()


@pytest.fixture(scope="session", autouse=True)
def _programs_that_start_fast(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Where nothing compiled may be kept, every program the tests start would compile everything anew."""
    with pytest.MonkeyPatch.context() as patch:
        if os.environ.get("PYTHONDONTWRITEBYTECODE"):
            patch.delenv("PYTHONDONTWRITEBYTECODE")
            patch.setenv("PYTHONPYCACHEPREFIX", str(tmp_path_factory.mktemp("compiled")))
        yield


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out of the second pass what touches no study: it would be the same test again."""
    if not ON_SERVER:
        return
    pure = {item for item in items if isinstance(item, pytest.Function) and not _has_a_place(item)}
    config.hook.pytest_deselected(items=pure)
    items[:] = [item for item in items if item not in pure]


def _has_a_place(item: pytest.Function) -> bool:
    """Whether a test, or one of its fixtures, has a folder, without which there is no study."""
    wanted = set(item.fixturenames) - {"tmp_path_factory", "_programs_that_start_fast"}
    asked = (definition.argnames for name in wanted for definition in _definitions(item, name))
    return "tmp_path" in wanted or any({"tmp_path", "tmp_path_factory"} & set(names) for names in asked)


def _definitions(item: pytest.Function, name: str) -> Sequence[Any]:
    found: Sequence[Any] = item._fixtureinfo.name2fixturedefs.get(name, ())
    return found


@cache
def running() -> Postgres:
    """The server of this run."""
    return Postgres.start_new()


def pytest_sessionfinish() -> None:
    """Leave no server behind."""
    if running.cache_info().currsize:
        running().throw_away()


@cache
def empty_tables() -> str:
    """A database of this run with the tables of a study, to be copied: making them takes seconds."""
    name = running().new_database()
    with TemporaryDirectory() as place, empty_database(running().place(Path(place), name), PASSWORD):
        pass
    return name


def new_study(folder: Path) -> Project:
    """A new, empty study, open; in the second pass on the server, with ``folder`` leading there."""
    if ON_SERVER:
        running().place(folder, running().new_database(empty_tables()))
        (folder / "recordings").mkdir()
    return Project.create(folder, WORDS, "A study of tests", CHEAP)


@pytest.fixture(scope="session")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three seconds of sound."""
    return media_factory.make(tmp_path_factory.mktemp("media") / "qzxj-file.wav", 3, "wav")


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Python collects garbage itself again once the tests of windows, which see to it, are over."""
    if "gui" not in item.path.parts:
        gc.enable()


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory, recording: Path) -> Made:
    """A closed study to copy from, and its ids."""
    folder = tmp_path_factory.mktemp("made") / "study"
    with new_study(folder) as project:
        roles = {"R1": Role.CODER, "R2": Role.CODER, "S1": Role.SUPERVISOR}
        members = {code: project.do(people.add_person, code, role).value for code, role in roles.items()}
        instrument_id = project.do(assign.use_instrument, shipped_instrument()).value
        facts = recordings.SessionFacts(CLIENT, NUMBER, ARM, COUNSELOR, SITE)
        inside = folder / "recordings" / recording.name
        shutil.copyfile(recording, inside)
        found = examine(inside)
        session_id = project.do(recordings.add_session, facts, [(str(inside), found)], folder).value
        project.peaks.write(found.sha256, found.peaks.to_bytes())
        rating_id = project.do(
            assign.assign, session_id, members["R1"], instrument_id, Purpose.PRODUCTION
        ).value
    return folder, {
        "people": members,
        "instrument_id": instrument_id,
        "session_id": session_id,
        "rating_id": rating_id,
        "recording": recording,
    }


def copy_study(folder: Path, place: Path) -> None:
    """Copy a closed study, in the second pass with its database."""
    shutil.copytree(folder, place)
    if ON_SERVER:
        running().place(place, running().new_database(database_of(folder)))


def copy_of(made: Made, place: Path) -> OpenStudy:
    """A copy of the study in ``place``, open, with R1 signed in."""
    folder, ids = made
    copy_study(folder, place / "study")
    # A test that adds somebody adds to its own people.
    opened = OpenStudy(Project.open(place / "study", WORDS), **deepcopy(ids))
    opened.sign_in("R1")
    return opened


@pytest.fixture
def study(tmp_path: Path, made: Made) -> Iterator[OpenStudy]:
    """The study, open, with R1 signed in."""
    opened = copy_of(made, tmp_path)
    yield opened
    opened.project.close()
    if ON_SERVER:
        running().drop(database_of(opened.project.place))


@pytest.fixture
def server() -> Postgres:
    """A server that may be stopped; it runs again afterwards."""
    return running()


@pytest.fixture
def remote(server: Postgres, tmp_path: Path, recording: Path) -> Iterator[OpenStudy]:
    """A study on it, open, with R1 signed in."""
    # It is built of what stands here.
    from tests.store.on_server import study_on

    with study_on(server, tmp_path / "remote", recording) as study:
        yield study
