"""What a package holds, what it does not, and every file that is no package."""

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mio_fidelity.coding import (
    decisions,
    desk,
    merging,
    packages,
    people,
    rate,
    recordings,
    return_file,
    returning,
    training,
)
from mio_fidelity.coding.outgoing import handed_out
from mio_fidelity.coding.package_content import contents_of
from mio_fidelity.coding.returned import read_returned
from mio_fidelity.errors import UserError
from mio_fidelity.media.fingerprint import fingerprint
from mio_fidelity.media.progress import Cancelled, Progress
from mio_fidelity.store import Project, Purpose, Role
from mio_fidelity.store.parcel import MAGIC, is_parcel, unpack
from tests.coding.packed import LAPTOP, QUIETLY, Laptop, add_session, give, hand_out, take_in
from tests.conftest import ARM, CHEAP, CLIENT, COUNSELOR, NUMBER, PASSPHRASE, SITE, copy_of

CANARIES = (CLIENT, ARM, COUNSELOR, SITE, str(NUMBER), "qzxj-", "QZX", "R2", "S1", "R77")


@pytest.fixture
def laptop(study, tmp_path):
    """R1's, with a session of her own, one coded twice, and a rating of hers begun at home."""
    study.sign_in("S1")
    study.do(people.add_person, "R77", Role.CODER)
    study.double = give(study, add_session(study, 11), "R1", "R2")[0]
    study.sign_in("R1")
    study.do(rate.begin, study.double)
    study.do(rate.keep_place, study.double, 700, 1.25)
    return Laptop(hand_out(study, tmp_path), tmp_path / "laptop")


def everything(folder):
    """All that stands in the database of a package, in plain: every page, and every value of every table."""
    with Project.open(folder, LAPTOP) as project:
        connection = project._engine.raw_connection()
        cursor = connection.cursor()
        plain = folder.with_name("plain.db")
        cursor.execute("ATTACH DATABASE ? AS plain KEY ''", (str(plain),))
        cursor.execute("SELECT sqlcipher_export('plain')")
        cursor.execute("DETACH DATABASE plain")
        connection.close()
    content = plain.read_bytes()
    with closing(sqlite3.connect(plain)) as pages:
        for (key,) in pages.execute("SELECT key FROM vault_key"):
            content = content.replace(key, b"")
    plain.unlink()
    return content


def test_the_package_tells_nothing_that_a_coder_must_not_know(laptop):
    # A code among the digits of ids, digests and moments is luck, as it is in the bytes of keys.
    content = re.sub(rb"[0-9a-f]{32,}|\.[0-9]{6}", b"", everything(laptop.folder))
    assert b"S-" in content, "it was really read"
    for canary in CANARIES:
        assert canary.encode() not in content, canary
    for purpose in set(Purpose) - {Purpose.PRODUCTION}:
        assert not re.search(rb"(?<![a-z])%s(?![a-z])" % purpose.encode(), columns_of_ratings(laptop.folder))
    names = " ".join(path.name for path in laptop.folder.rglob("*"))
    assert not [canary for canary in CANARIES if canary in names]


def columns_of_ratings(folder):
    with Project.open(folder, LAPTOP) as project:
        connection = project._engine.raw_connection()
        rows = connection.cursor().execute("SELECT * FROM rating").fetchall()
        lines = (
            connection.cursor().execute("SELECT changes FROM audit WHERE table_name = 'rating'").fetchall()
        )
        connection.close()
    return repr((rows, lines)).encode()


def test_no_id_of_home_but_the_ratings_own_is_in_it(study, laptop):
    content = everything(laptop.folder)
    others = [
        row[0]
        for table in ("client", "treatment_session", "counselor", "site", "recording", "assignment_plan")
        for row in study.sql(f"SELECT id FROM {table}")
    ]
    others += [
        row[0] for row in study.sql("SELECT id FROM rating WHERE person_id != :me", me=study.people["R1"])
    ]
    others += [study.people[code] for code in ("R2", "S1")]
    assert others
    assert not [each for each in others if each.encode() in content]


def test_all_sessions_look_alike(laptop):
    with laptop.open() as project:
        rows = (
            project._engine.raw_connection()
            .cursor()
            .execute(
                "SELECT DISTINCT purpose, occasion, role, plan_id, recalibration_id, assigned_at FROM rating"
            )
            .fetchall()
        )
    assert len(rows) == 1
    assert rows[0][:5] == ("production", 1, "coder", None, None)


def test_she_finds_her_queue_and_her_place_again(study, laptop):
    study.sign_in("R1")
    home = study.ask(desk.queue)
    with laptop.open() as project:
        there = project.ask(desk.queue)
        assert {(row.rating_id, row.blind_code, row.progress, row.due_on) for row in there} == {
            (row.rating_id, row.blind_code, row.progress, row.due_on) for row in home
        }
        found = project.ask(desk.desk, study.double)
        assert (found.position_ms, found.speed) == (700, 1.25)
        assert project.ask(contents_of, [study.double]) == study.ask(contents_of, [study.double])


def test_the_recordings_are_in_it_enciphered_and_whole(study, laptop):
    with laptop.open() as project:
        for rating_id in (study.rating_id, study.double):
            (medium,) = project.ask(recordings.media_of, rating_id, laptop.folder)
            assert fingerprint(medium.source) == medium.sha256
            assert project.peaks.read(medium.sha256)
    assert b"RIFF" not in b"".join(path.read_bytes()[:4096] for path in (laptop.folder / "vault").iterdir())


def test_without_recordings_she_locates_her_own(study, tmp_path):
    laptop = Laptop(hand_out(study, tmp_path, with_recordings=False), tmp_path / "laptop")
    with laptop.open() as project:
        (medium,) = project.ask(recordings.media_of, study.rating_id, laptop.folder)
        assert not medium.source.is_there()
        project.do(recordings.relocate, medium.recording_id, study.recording, medium.sha256, laptop.folder)
        (medium,) = project.ask(recordings.media_of, study.rating_id, laptop.folder)
        assert fingerprint(medium.source) == medium.sha256


def test_a_hidden_recode_waits_for_another_package(study, tmp_path):
    study.sign_in("S1")
    again = study.assign("R1", Purpose.PRODUCTION)
    laptop = Laptop(hand_out(study, tmp_path), tmp_path / "laptop")
    with laptop.open() as project:
        assert [row.rating_id for row in project.ask(desk.queue)] == [study.rating_id]
    study.sign_in("R1")
    assert again not in study.ask(handed_out)


def test_what_may_not_be_heard_is_not_handed_out(study, tmp_path):
    study.sql("UPDATE client SET withdrew_on = '2026-01-01'")
    with pytest.raises(UserError, match="no open session"):
        hand_out(study, tmp_path)


def test_only_chosen_ratings_go_along(study, tmp_path):
    (wanted,) = give(study, add_session(study, 11), "R1")
    laptop = Laptop(hand_out(study, tmp_path, rating_ids=[wanted]), tmp_path / "laptop")
    with laptop.open() as project:
        assert [row.rating_id for row in project.ask(desk.queue)] == [wanted]
    with pytest.raises(UserError, match="handed out already"):
        hand_out(study, tmp_path, rating_ids=[wanted])


def test_a_decision_goes_along_without_who_made_it(study, tmp_path):
    study.sign_in("S1")
    study.sql(
        "INSERT INTO decision (id, text, since, person_id, made_at)"
        " VALUES (:id, 'Count humour as warmth.', '2020-01-01', :who, '2020-01-01 00:00:00.000000')",
        id="d" * 32,
        who=study.people["S1"],
    )
    laptop = Laptop(hand_out(study, tmp_path), tmp_path / "laptop")
    with laptop.open() as project:
        (found,) = project.ask(decisions.decisions_for, study.rating_id)
        assert found.text == "Count humour as warmth."


def test_the_coder_is_no_supervisor_of_her_package(study, laptop):
    with laptop.open() as project:
        assert [member.role for member in project.ask(people.roster)] == [Role.CODER]
        with pytest.raises(UserError, match="supervisor"):
            project.do(people.add_person, "S9", Role.SUPERVISOR)
        assert project.ask(training.own_training) == ()


def test_coders_hand_nothing_out(study, tmp_path):
    for deed in (
        lambda: packages.make_package(study.project, study.people["R1"], tmp_path / "x", LAPTOP, cost=CHEAP),
        lambda: packages.preview(study.project, study.people["R1"]),
        lambda: study.do(packages.revoke, "0" * 32),
    ):
        with pytest.raises(UserError, match="supervisor"):
            deed()
    assert not (tmp_path / "x").exists()


def test_stopping_leaves_nothing(study, tmp_path):
    add_session(study, 11)
    before = study.audit()
    place = tmp_path / "out"
    place.mkdir()
    with pytest.raises(Cancelled):
        packages.make_package(
            study.project,
            study.people["R1"],
            place / "x.miopack",
            LAPTOP,
            cost=CHEAP,
            progress=Progress(None, lambda: True),
        )
    assert list(place.iterdir()) == []
    assert study.audit() == before


def test_who_stops_too_late_has_the_package(study, tmp_path):
    target = tmp_path / "p.miopack"
    progress = Progress(None, target.exists)
    study.sign_in("S1")
    made = packages.make_package(
        study.project, study.people["R1"], target, LAPTOP, progress=progress, cost=CHEAP
    )
    assert is_parcel(target)
    assert study.sql("SELECT id FROM package") == [(made.package_id,)]


def test_a_recording_that_is_gone_or_another_is_said(study, tmp_path):
    place = next((study.folder / "recordings").iterdir())
    content = place.read_bytes()
    for damage, words in (
        (lambda: place.write_bytes(content[:-2] + b"zz"), "content differs"),
        (lambda: place.write_bytes(content + b"z"), "differs"),
        (place.unlink, "not there any more"),
    ):
        damage()
        with pytest.raises(UserError, match=words):
            hand_out(study, tmp_path)
    assert not list(tmp_path.glob("*.miopack"))
    assert not list(tmp_path.glob("*.tmp"))


def test_a_study_that_is_no_package_returns_nothing(study, tmp_path):
    assert study.ask(returning.handed) is None
    with pytest.raises(UserError, match="no coder package"):
        returning.return_work(study.project, tmp_path / "x.mioback")


def test_what_was_returned_is_told_on_the_laptop(study, laptop):
    laptop.work(study.rating_id, submit=True)
    with laptop.open() as project:
        before = project.ask(returning.handed)
    laptop.give_back()
    with laptop.open() as project:
        after = project.ask(returning.handed)
    assert (before.submitted, before.begun, before.untouched, before.fresh) == (1, 1, 0, 1)
    assert (after.fresh, before.returned_at) == (0, None)
    assert after.returned_at


def test_the_returned_file_tells_nothing_without_its_key(study, laptop):
    laptop.work(study.rating_id, notes="a secret thought")
    content = laptop.give_back().read_bytes()
    assert b"secret thought" not in content
    assert b"notes" not in content


def test_a_foreign_study_refuses_the_work(study, laptop, made, tmp_path):
    laptop.work(study.rating_id)
    (tmp_path / "other").mkdir()
    other = copy_of(made, tmp_path / "other")
    try:
        with pytest.raises(UserError, match="another study"):
            take_in(other, laptop.give_back())
    finally:
        other.project.close()


def test_work_of_another_package_cannot_be_passed_off(study, laptop, tmp_path):
    """The id of the package is bound into what is sealed."""
    laptop.work(study.rating_id)
    file = laptop.give_back()
    content = file.read_bytes()
    give(study, add_session(study, 12), "R2")
    hand_out(study, tmp_path, "R2")
    (other,) = [row[0] for row in study.sql("SELECT id FROM package") if row[0].encode() not in content[:60]]
    at = content.index(b"\n") + 1
    file.write_bytes(content[:at] + other.encode() + content[at + 32 :])
    with pytest.raises(UserError, match="damaged"):
        take_in(study, file)


@pytest.fixture(scope="module")
def files(made, tmp_path_factory):
    """A study, a package and a return of it, for whoever wants to damage them."""
    place = tmp_path_factory.mktemp("files")
    study = copy_of(made, place)
    package = hand_out(study, place, with_recordings=False)
    laptop = Laptop(package, place / "laptop")
    laptop.work(study.rating_id, submit=True)
    back = laptop.give_back()
    study.sign_in("S1")
    yield study, package.read_bytes(), back.read_bytes(), place
    study.project.close()


WITHOUT_FIXTURES = {"deadline": None, "suppress_health_check": [HealthCheck.function_scoped_fixture]}
DAMAGE = st.one_of(
    st.tuples(st.just("cut"), st.integers(0, 10**9), st.just(b"")),
    st.tuples(st.just("put"), st.integers(0, 10**9), st.binary(min_size=1, max_size=40)),
    st.tuples(st.just("add"), st.just(0), st.binary(min_size=1, max_size=40)),
)


def damaged(content, damage):
    how, at, piece = damage
    at %= len(content)
    if how == "cut":
        return content[:at]
    return content + piece if how == "add" else content[:at] + piece + content[at + len(piece) :]


@settings(max_examples=150, **WITHOUT_FIXTURES)
@given(damage=DAMAGE)
def test_damaged_work_is_refused_and_nothing_is_taken_in(files, damage):
    study, _, back, place = files
    bad = damaged(back, damage)
    if bad == back:
        return
    file, before = place / "bad.mioback", len(study.audit())
    file.write_bytes(bad)
    with pytest.raises(UserError):
        merging.merge(study.project, file)
    assert len(study.audit()) == before


@settings(max_examples=100, **WITHOUT_FIXTURES)
@given(
    content=st.one_of(
        st.binary(max_size=300), st.binary(max_size=300).map(lambda tail: b"MIO return 1\n" + tail)
    )
)
def test_anything_at_all_is_refused_as_work(files, content):
    study, _, _, place = files
    file = place / "any.mioback"
    file.write_bytes(content)
    with pytest.raises(UserError):
        merging.look(study.project, file)


@settings(max_examples=150, **WITHOUT_FIXTURES)
@given(damage=DAMAGE)
def test_a_damaged_package_is_refused_and_nothing_is_unpacked(files, damage):
    _, package, _, place = files
    bad = damaged(package, damage)
    if bad == package:
        return
    file, target = place / "bad.miopack", place / "unpacked"
    file.write_bytes(bad)
    with pytest.raises(UserError):
        unpack(file, target, QUIETLY)
    assert not target.exists()
    assert not list(place.glob("new-study-*"))


ENTRY = st.tuples(
    st.sampled_from(
        ["study.db", "keys.json", "../evil", "/tmp/evil", "vault/../../x", "peaks/" + "a" * 32, "x"]
    ),
    st.integers(0, 2**64 - 1) | st.integers(0, 50),
    st.binary(max_size=50),
)


@settings(max_examples=150, **WITHOUT_FIXTURES)
@given(entries=st.lists(ENTRY, max_size=5), ends=st.binary(max_size=20))
def test_a_made_up_package_writes_nothing_anywhere(files, entries, ends):
    place = files[3]
    content = MAGIC
    for name, size, piece in entries:
        content += len(name).to_bytes(2, "big") + size.to_bytes(8, "big") + name.encode() + piece
    file, target = place / "made.miopack", place / "made"
    file.write_bytes(content + ends)
    before = {path.name for path in place.iterdir()}
    with pytest.raises(UserError):
        unpack(file, target, QUIETLY)
    assert {path.name for path in place.iterdir()} == before
    assert not Path("/tmp/evil").exists()


def taken_in_and_taken_back(db, returned):
    merging.take_in(db, returned, QUIETLY)
    raise UserError("that was all")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=300, **WITHOUT_FIXTURES)
@given(data=st.data())
def test_whoever_has_the_key_still_cannot_say_just_anything(files, data):
    """One value of genuine work is replaced by something else, and sealed as it should be."""
    study, _, back, place = files
    package_id = return_file.package_of_file(back)
    ((contents,),) = study.sql("SELECT CAST(contents AS TEXT) FROM package WHERE id = :id", id=package_id)
    key = bytes.fromhex(re.search(r'"key": "([0-9a-f]{64})"', contents)[1])
    told = return_file.unsealed(back, key)
    where = told
    while isinstance(where, dict | list) and where:
        keys = sorted(where) if isinstance(where, dict) else range(len(where))
        at = data.draw(st.sampled_from(list(keys)))
        if not isinstance(where[at], dict | list) or not where[at] or data.draw(st.booleans()):
            before = where[at]
            where[at] = data.draw(JSON)
            break
        where = where[at]
    if where[at] == before:
        return
    file, lines = place / "forged.mioback", len(study.audit())
    file.write_bytes(return_file.sealed(told, package_id, key))
    with pytest.raises(UserError):
        study.do(taken_in_and_taken_back, read_returned(study.project, file))
    assert len(study.audit()) == lines


def test_a_file_of_a_newer_program_says_so(files, tmp_path):
    study, package, back, _ = files
    file = tmp_path / "new"
    file.write_bytes(back.replace(b"MIO return 1\n", b"MIO return 2\n", 1))
    with pytest.raises(UserError, match="newer version"):
        merging.look(study.project, file)
    file.write_bytes(package.replace(b"MIO package 1\n", b"MIO package 2\n", 1))
    assert is_parcel(file)
    with pytest.raises(UserError, match="newer version"):
        unpack(file, tmp_path / "there", QUIETLY)


def test_a_package_is_not_unpacked_over_something(files, tmp_path):
    file = tmp_path / "p.miopack"
    file.write_bytes(files[1])
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine").touch()
    with pytest.raises(UserError, match="something in this place"):
        unpack(file, tmp_path / "full", QUIETLY)
    (tmp_path / "empty").mkdir()
    unpack(file, tmp_path / "empty", QUIETLY)
    with pytest.raises(UserError, match="does not open"):
        Project.open(tmp_path / "empty", PASSPHRASE)
