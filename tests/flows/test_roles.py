"""What a coder reaches of the study: every verb and question of the program, tried as a coder.

Found by looking, so that no new one can be forgotten: whatever takes a study and may be called from a window
or a command refuses a coder, or stands in `OPEN`. What stands there gives her nothing of anybody else's.
"""

import ast
import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import mio_fidelity
from mio_fidelity import analysis, coding
from mio_fidelity.answer import rated
from mio_fidelity.coding import certification, desk, retention
from mio_fidelity.errors import UserError
from mio_fidelity.instrument import shipped_instrument
from mio_fidelity.store import Db, Project, Purpose, Role
from mio_fidelity.store.keys import SHARED
from tests.conftest import ON_SERVER, PASSPHRASE, Made
from tests.flows import canaries
from tests.flows.canaries import ME, OTHER_PEOPLE, PEER, CanaryStudy
from tests.store.on_server import open_under_own_name

PROGRAM = Path(mio_fidelity.__file__).parent
OWN = "a pass phrase of my own"
# Where windows and commands reach verbs and questions from.
ENTRIES = ("gui", "cli", "report", "exchange", "demo.py", "selftest.py")
# What coders may call. Of a rating that is not theirs they get nothing: these refuse, or look at no rating.
OPEN = {
    "coding.access.change_own": "her own pass phrase",
    "coding.access.recover": "needs the recovery key",
    "coding.certification.own_certificate": "her own",
    "coding.certification.required": "a setting of the study",
    "coding.certification.rule": "the rule that coders are held to",
    "coding.decisions.decisions": "what was decided about the manual",
    "coding.decisions.decisions_for": "of a rating of hers",
    "coding.decisions.newest_instrument": "the manual",
    "coding.decisions.newest_words": "the manual",
    "coding.desk.again": "a rating of hers",
    "coding.desk.desk": "a rating of hers",
    "coding.desk.queue": "her ratings",
    "coding.editions.latest_instrument": "the manual",
    "coding.exemplars.clip": "sounds that were made examples for all",
    "coding.exemplars.exemplars": "sounds that were made examples for all",
    "coding.offline.stood": "of a rating of hers",
    "coding.outgoing.handed_out": "ids of ratings that are out",
    "coding.overview.overview": "how many there are of what",
    "coding.own_calibration.coders_see_own": "a setting of the study",
    "coding.own_calibration.own_calibration": "her own figures",
    "coding.people.roster": "who can sign in",
    "coding.people.study_facts": "the title",
    "coding.recordings.media_of": "of a rating of hers",
    "coding.recordings.relocate": "takes nothing but the very same recording",
    "coding.recordings.was_taken_away": "whether a recording was removed",
    "coding.retention.retention": "a setting of the study",
    "coding.returning.handed": "her own work",
    "coding.returning.is_package": "whether this is a package",
    "coding.returning.return_work": "her own work",
    "coding.returning.note_returned": "her own work",
    "coding.training.comparison": "of a training session of hers",
    "coding.training.comparison_media": "of a training session of hers",
    "coding.training.own_training": "her own",
    "coding.vault.ailing": "how many recordings are damaged",
    "coding.vault.for_new_ones": "a setting of the study",
    "coding.vault.places": "names that tell nothing",
    **dict.fromkeys(
        (
            f"coding.rate.{verb}"
            for verb in ("amend", "begin", "edit_mark", "hear", "keep_place", "mark_evidence", "remove_mark")
        ),
        "of a rating of hers",
    ),
    **dict.fromkeys(
        (f"coding.rate.{verb}" for verb in ("set_answer", "set_notes", "submit")), "of a rating of hers"
    ),
}


def functions() -> Iterator[tuple[str, Callable[..., Any]]]:
    """Every public function of coding and analysis that takes a study, by its name."""
    for package in (coding, analysis):
        for found in pkgutil.iter_modules(package.__path__):
            module = importlib.import_module(f"{package.__name__}.{found.name}")
            for word, function in vars(module).items():
                if word.startswith("_") or not inspect.isfunction(function):
                    continue
                takes = set(inspect.signature(function).parameters)
                if function.__module__ == module.__name__ and takes & {"db", "project"}:
                    yield f"{package.__name__.rpartition('.')[2]}.{found.name}.{word}", function


@cache
def reached() -> frozenset[str]:
    """Names of the functions that windows and commands mention."""
    found = set()
    for entry in ENTRIES:
        place = PROGRAM / entry
        for path in place.rglob("*.py") if place.is_dir() else [place]:
            found |= set(mentioned(ast.parse(path.read_text(encoding="utf-8"))))
    return frozenset(found)


def mentioned(tree: ast.AST) -> Iterator[str]:
    """Full names, without the program's, of what a module takes from coding and analysis."""
    modules = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(
            ("mio_fidelity.coding", "mio_fidelity.analysis")
        ):
            for name in node.names:
                full = f"{node.module}.{name.name}".removeprefix("mio_fidelity.")
                modules[name.asname or name.name] = full
                yield full
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in modules:
            yield f"{modules[node.value.id]}.{node.attr}"


def to_be_refused() -> list[Any]:
    return [
        pytest.param(function, id=name)
        for name, function in functions()
        if name in reached() and name not in OPEN
    ]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Made, dict[str, str]]:
    return canaries.build(tmp_path_factory.mktemp("canaries"))


@pytest.fixture(scope="module", params=["signed in", "with her own pass phrase"])
def coder(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    built: tuple[Made, dict[str, str]],
) -> Iterator[CanaryStudy]:
    """The study as R1 has it open: chosen from the list, or by her own pass phrase."""
    made = canaries.copy(built, tmp_path_factory.mktemp("coder"))
    study = made.study
    if request.param == "with her own pass phrase":
        if ON_SERVER:
            study.sign_in(canaries.LEADER)
            open_under_own_name(study, ME)
        else:
            study.project.ring.add_slot(study.people[canaries.LEADER], PASSPHRASE * 2)
            study.project.ring.add_slot(study.people[ME], OWN)
            study.project.ring.remove_slot(SHARED)
            study.project.close()
            study.project = Project.open(study.folder, OWN)
        assert study.project.holder == study.people[ME]
    else:
        study.sign_in(ME)
    yield made
    study.project.close()


class TakenBackError(Exception):
    """Ends a verb that was let pass, so that nothing of it is stored."""


def tried(made: CanaryStudy, function: Callable[..., Any], place: Path) -> Any:
    """What a coder gets who calls it with what belongs to somebody else."""
    wanted = inspect.signature(function).parameters
    known = belongings(made, place)
    given = {
        name: known.get(name, "")
        for name, each in wanted.items()
        if name not in ("db", "project") and (each.default is each.empty or name in ("rating_id",))
    }
    if "project" in wanted:
        return function(made.study.project, **given)
    answers: list[Any] = []

    def verb(db: Db) -> None:
        answers.append(function(db, **given))
        db.flush()
        raise TakenBackError

    with pytest.raises(TakenBackError):
        made.study.do(verb)
    return answers[0]


def belongings(made: CanaryStudy, place: Path) -> dict[str, Any]:
    """Something real for each argument: the peer's rating, her mark, a meeting, and so on."""
    study = made.study

    def first(statement: str) -> str:
        return str(study.sql(statement)[0][0])

    peer = study.people[PEER]
    theirs = first(f"SELECT id FROM rating WHERE person_id = '{peer}' AND submitted_at IS NOT NULL")
    mine = study.ask(desk.queue)[0].rating_id
    return {
        **dict.fromkeys(("rating_id", "other_id"), theirs),
        **{name: date(2026, 3, 3) for name in ("today", "since", "held_on")},
        **dict.fromkeys(("study_folder", "folder"), study.folder),
        **{name: place / name for name in ("target", "file", "path")},
        **{name: [peer] for name in ("person_ids", "participants")},
        **dict.fromkeys(("passphrase", "old", "new"), OWN),
        "rating_ids": [theirs],
        "known": replace(study.ask(desk.desk, mine), rating_id=theirs),
        "changed": {"score"},
        "session_id": study.session_id,
        "session_ids": [study.session_id],
        "person_id": peer,
        "mark_id": first(f"SELECT id FROM evidence_mark WHERE rating_id = '{theirs}'"),
        "meeting_id": first("SELECT id FROM meeting"),
        "topic_id": first("SELECT id FROM discussion"),
        "consensus_id": first("SELECT id FROM rating WHERE purpose = 'consensus'"),
        "recording_id": first("SELECT id FROM recording"),
        "client_id": first("SELECT id FROM client"),
        "instrument_id": study.instrument_id,
        "instrument": shipped_instrument(),
        "purpose": Purpose.RELIABILITY,
        "counselor": canaries.COUNSELORS[0],
        "role": Role.SUPERVISOR,
        "scale": "warm_regard",
        "dimension": "fidelity",
        "answer": rated(7),
        "answers": {"fidelity": rated(7)},
        "key": "assignments",
        "one": certification.Rule(),
        "on": True,
        "chosen": retention.Retention(),
    }


def test_what_is_open_to_coders_exists():
    assert set(OPEN) <= {name for name, _ in functions()}


def test_windows_and_commands_reach_most_of_what_there_is():
    names = {name for name, _ in functions()}
    assert len(names & reached()) > 120


@pytest.mark.parametrize("function", to_be_refused())
def test_what_is_not_for_coders_refuses_a_coder(coder, function, tmp_path):
    with pytest.raises(UserError, match="supervisor"):
        tried(coder, function, tmp_path)


@pytest.mark.parametrize("name", sorted(OPEN))
def test_what_is_open_to_a_coder_says_nothing_of_anybody_else(coder, name, tmp_path):
    function = dict(functions())[name]
    before = coder.study.sql("SELECT count(*) FROM audit")
    try:
        told = repr(tried(coder, function, tmp_path))
    except UserError as error:
        told = str(error)
    words = [*canaries.CANARIES, repr(rated(6)).lower()]
    # Codes of people are no secret where somebody signs in.
    words += [] if name == "coding.people.roster" else OTHER_PEOPLE
    assert [word for word in words if word in canaries.readable(told.lower())] == []
    assert [theirs_id for theirs_id in theirs(coder) if theirs_id in told] == []
    assert coder.study.sql("SELECT count(*) FROM audit")[0][0] - before[0][0] <= 1


def theirs(made: CanaryStudy) -> list[str]:
    """Ids of ratings of others."""
    mine = made.study.people[ME]
    return [row[0] for row in made.study.sql("SELECT id FROM rating WHERE person_id != :me", me=mine)]
