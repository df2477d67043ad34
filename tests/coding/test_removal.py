"""Recordings are removed with their keys, pictures and words; the scores and the trail stay, and hold."""

import shutil
from datetime import date, timedelta
from pathlib import Path

import pytest

from mio_fidelity.coding import assign, exemplars, rate, recordings, removal, retention
from mio_fidelity.coding.listings import listing
from mio_fidelity.coding.removal import Words
from mio_fidelity.errors import UserError
from mio_fidelity.gui.removal_work import Removed, Wanted, look, remove
from mio_fidelity.media.probe import examine
from mio_fidelity.store import Project, Purpose
from mio_fidelity.store.backups import back_up, list_backups
from mio_fidelity.store.erasure import erase
from mio_fidelity.store.models import Base
from mio_fidelity.store.restore import keys_for, restore
from tests import media_factory
from tests.coding.vaulted import never, quiet, take_all
from tests.conftest import CLIENT, PASSPHRASE, OpenStudy
from tests.store.test_chain import broken_at, lines

CANARIES = ("qzxj-mark", "qzxj-gone", "qzxj-note", "qzxj-file")
ALL = frozenset(Words)
EVERYTHING = Wanted(ALL)


@pytest.fixture
def written(study: OpenStudy) -> OpenStudy:
    """With words about the session: on a mark, on one that was taken back, and on the whole, submitted."""
    study.do(rate.begin, study.rating_id)
    study.do(rate.mark_evidence, study.rating_id, "warm_regard", 700, "qzxj-mark")
    gone = study.do(rate.mark_evidence, study.rating_id, "warm_regard", 900, "qzxj-gone")
    study.do(rate.remove_mark, gone)
    study.do(rate.set_notes, study.rating_id, "qzxj-note")
    study.submit()
    study.sign_in("S1")
    return study


def removed(study: OpenStudy, wanted: Wanted = EVERYTHING, *sessions: str) -> Removed:
    """Remove the recording of the session, or those of others."""
    study.sign_in("S1")
    found, _ = look(study.project, sessions or (study.session_id,), quiet, never)
    return remove(study.project, found, wanted, quiet, never)


def everywhere(study: OpenStudy) -> str:
    """All that the database holds, as text."""
    found = []
    for table in Base.metadata.tables:
        found += [str(tuple(row)) for row in study.sql(f"SELECT * FROM {table}")]
    # A server gives values where a file gives JSON.
    return "\n".join(found).replace("'", '"')


def outside(study: OpenStudy, place: Path, number: int = 7) -> str:
    """A session whose recording lies outside the study folder; its id."""
    path = media_factory.make(place, 1 + number / 100, "wav")
    facts = recordings.SessionFacts(CLIENT, number)
    study.sign_in("S1")
    return study.do(recordings.add_session, facts, [(str(path), examine(path))], study.folder)


@pytest.mark.parametrize("vaulted", [False, True])
def test_file_key_picture_and_words_are_gone_and_the_scores_stay(written: OpenStudy, vaulted: bool) -> None:
    if vaulted:
        take_all(written)
    scores = written.sql("SELECT scale, dimension, value FROM score ORDER BY id")
    told = removed(written)
    assert (told.recordings, told.deleted, told.stuck, told.absent) == (1, 1, (), ())
    assert [path for name in ("vault", "recordings") for path in (written.folder / name).glob("*")] == []
    assert list((written.folder / "peaks").iterdir()) == []
    assert written.sql("SELECT count(*) FROM vault_key") == [(0,)]
    assert not [word for word in CANARIES if word in everywhere(written)]
    assert written.sql("SELECT scale, dimension, value FROM score ORDER BY id") == scores
    assert written.sql("SELECT count(*) FROM evidence_mark") == [(1,)]
    written.sign_in("R1")
    assert written.ask(recordings.media_of, written.rating_id, written.folder) == ()
    assert written.ask(recordings.was_taken_away, written.rating_id)
    assert written.desk().duration_ms == 3000


def test_the_trail_still_holds_and_tells_who_removed_what(written: OpenStudy) -> None:
    before = len(lines(written.project))
    removed(written)
    found = lines(written.project)
    assert len(found) > before, "no line goes"
    assert broken_at(found) is None
    last = [line for line in found if line["verb"] == "remove" and line["table_name"] == "recording"]
    assert last[0]["person_id"] == written.people["S1"]
    assert last[0]["changes"]["removed_at"][1]
    written.reopen()
    assert written.project.remarks == ()
    assert written.project.sound()


def test_a_line_that_lost_its_words_cannot_be_given_others(written: OpenStudy) -> None:
    removed(written)
    found = lines(written.project)
    nth = next(nth for nth, line in enumerate(found) if "notes" in line["changes"])
    found[nth]["changes"] = {"notes": [None, "invented"]}
    assert broken_at(found) == nth


def test_nothing_tells_what_a_digest_stood_for(written: OpenStudy) -> None:
    """The same words twice leave different digests, and what would let one try is gone."""
    other = outside(written, written.folder.parent / "b.wav")
    for session in (written.session_id, other):
        rating = written.do_as_supervisor(
            assign.assign, session, written.people["R2"], written.instrument_id, Purpose.TRAINING
        )
        written.sign_in("R2")
        written.do(rate.set_notes, rating, "the same")
        written.sign_in("S1")
    removed(written, Wanted(ALL, outside=True), written.session_id, other)
    digests = [
        line["changes"]["notes"][1]["sha256"]
        for line in lines(written.project)
        if line["table_name"] == "rating" and isinstance((line["changes"].get("notes") or [0, 0])[1], dict)
    ]
    assert len(digests) == len(set(digests)) == 3
    assert not any(
        "salt" in line["changes"] for line in lines(written.project) if line["table_name"] == "rating"
    )


def test_what_keeps_ratings_and_trail_is_back_in_force(written: OpenStudy) -> None:
    rules = written.rules()
    removed(written)
    assert written.rules() == rules
    for statement in ("UPDATE audit SET verb = 'x'", "UPDATE rating SET notes = 'x'"):
        with pytest.raises(Exception, match=r"append-only|does not change"):
            written.sql(statement)


def test_an_erasure_that_fails_leaves_everything_as_it_was(written: OpenStudy) -> None:
    before, rules = everywhere(written), written.rules()

    def half(db: object) -> None:
        erase(db, {"rating": {written.rating_id}})  # type: ignore[arg-type]
        raise UserError("no")

    with pytest.raises(UserError, match="no"):
        written.do(half)
    assert everywhere(written) == before
    assert written.rules() == rules


def test_words_stay_when_that_is_wanted_and_can_go_later(written: OpenStudy) -> None:
    removed(written, Wanted())
    assert [word for word in CANARIES if word in everywhere(written)] == list(CANARIES[:3])
    removed(written, Wanted(frozenset({Words.NOTES})))
    assert [word for word in CANARIES if word in everywhere(written)] == list(CANARIES[:2])
    removed(written, Wanted(frozenset({Words.MARKS})))
    assert not [word for word in CANARIES if word in everywhere(written)]


def test_files_outside_stay_unless_asked_for(study: OpenStudy, tmp_path: Path) -> None:
    session = outside(study, tmp_path / "a.wav")
    told = removed(study, Wanted(), session)
    assert [file.path for file in told.left] == [tmp_path / "a.wav"]
    assert (tmp_path / "a.wav").is_file()
    other = outside(study, tmp_path / "b.wav", 8)
    assert removed(study, Wanted(outside=True), other).deleted == 1
    assert not (tmp_path / "b.wav").exists()


def test_a_file_that_cannot_be_deleted_keeps_its_session_due(study: OpenStudy) -> None:
    (plain,) = (study.folder / "recordings").iterdir()
    plain.unlink()
    plain.mkdir()
    told = removed(study)
    assert len(told.stuck) == 1
    assert told.recordings == 0
    assert study.sql("SELECT removed_at FROM recording") == [(None,)]


def test_a_file_that_is_not_there_is_said(study: OpenStudy) -> None:
    (plain,) = (study.folder / "recordings").iterdir()
    plain.unlink()
    told = removed(study)
    assert (len(told.absent), told.recordings) == (1, 1)


def test_open_assignments_and_examples_are_taken_back(study: OpenStudy) -> None:
    study.sign_in("S1")
    found, _ = look(study.project, [study.session_id], quiet, never)
    assert (found.open_ratings, found.submitted) == (1, 0)
    removed(study)
    assert study.sql("SELECT count(*) FROM rating WHERE withdrawn_at IS NULL") == [(0,)]
    with pytest.raises(UserError, match="was removed"):
        study.assign("R2")


@pytest.mark.on_folder
def test_older_backups_go_only_when_asked_and_after_a_new_one(written: OpenStudy) -> None:
    assert back_up(written.project.file)
    removed(written, Wanted(ALL))
    assert len(list_backups(written.folder)) == 1
    other = outside(written, written.folder.parent / "c.wav")
    told = removed(written, Wanted(ALL, True, backups=True), other)
    assert told.backups == 1
    (kept,) = list_backups(written.folder)
    assert kept.keys.exists()


@pytest.mark.on_folder
def test_the_log_of_a_damaged_copy_goes_with_it(written: OpenStudy, tmp_path: Path) -> None:
    assert back_up(written.project.file)
    written.assign("R2")
    crashed = tmp_path / "crashed"
    shutil.copytree(written.folder, crashed, ignore=shutil.ignore_patterns("study.lock", "study.holder"))
    written.project.close()
    (backup,) = list_backups(crashed)
    kept = restore(crashed, backup, keys_for(crashed, backup, PASSPHRASE)[0])
    assert kept
    assert kept.log.stat().st_size
    written.project = Project.open(crashed, PASSPHRASE)
    orphan = kept.path.with_name("study-20200101T000000Z-damaged.db-wal")
    orphan.write_bytes(kept.log.read_bytes())
    removed(written, Wanted(ALL, backups=True))
    (newest,) = list_backups(crashed)
    assert set(newest.path.parent.glob("study-*")) == {newest.path, newest.keys}


@pytest.mark.on_folder
def test_the_log_keeps_nothing_back(written: OpenStudy) -> None:
    removed(written)
    log = written.folder / "study.db-wal"
    assert not log.exists() or log.stat().st_size == 0


def test_nothing_of_a_client_is_heard_once_consent_is_withdrawn(study: OpenStudy) -> None:
    study.sign_in("S1")
    ((client,),) = study.sql("SELECT id FROM client")
    with pytest.raises(UserError, match="not come yet"):
        study.do(removal.withdraw_consent, client, date.today() + timedelta(days=1))
    assert study.do(removal.withdraw_consent, client, date.today()) == (study.session_id,)
    study.sign_in("R1")
    assert study.ask(recordings.media_of, study.rating_id, study.folder) == ()
    study.sign_in("S1")
    due = study.ask(listing, "removal", date.today())
    assert [(row[due.at("client")], row[due.at("why")]) for row in due.rows] == [(CLIENT, retention.CONSENT)]
    study.do(removal.give_consent_back, client)
    assert study.ask(listing, "removal", date.today()).rows == []
    study.do(removal.withdraw_consent, client, date.today())
    removed(study)
    assert study.ask(listing, "removal", date.today()).rows == []
    with pytest.raises(UserError, match="removed already"):
        study.do(removal.give_consent_back, client)


@pytest.mark.parametrize(
    ("rule", "held_on", "due_on"),
    [
        (retention.Retention(years=5), date(2020, 2, 29), date(2025, 3, 1)),
        (retention.Retention(years=4), date(2020, 2, 29), date(2024, 3, 1)),
        (retention.Retention(until=date(2023, 6, 30)), None, date(2023, 7, 1)),
    ],
)
def test_a_session_is_due_when_its_time_is_over(
    study: OpenStudy, rule: retention.Retention, held_on: date | None, due_on: date
) -> None:
    study.sql("UPDATE treatment_session SET held_on = :day", day=held_on)
    study.sign_in("S1")
    assert study.ask(listing, "removal", date(2100, 1, 1)).rows == []
    study.do(retention.set_retention, rule)
    assert study.ask(retention.retention) == rule
    assert study.ask(listing, "removal", due_on - timedelta(days=1)).rows == []
    due = study.ask(listing, "removal", due_on)
    assert due.ids == [study.session_id]
    assert due.rows[0][due.at("why")] == retention.TIME_OVER


def test_a_session_without_a_date_counts_from_when_it_was_added(study: OpenStudy) -> None:
    study.sign_in("S1")
    study.do(retention.set_retention, retention.Retention(years=1))
    today = date.today()
    assert study.ask(listing, "removal", today).rows == []
    assert study.ask(listing, "removal", today.replace(year=today.year + 2)).ids == [study.session_id]


@pytest.mark.parametrize(
    ("months", "held_on", "last"),
    [
        (6, date(2020, 1, 31), date(2020, 7, 31)),
        (1, date(2020, 1, 31), date(2020, 2, 29)),
        (11, date(2020, 2, 1), date(2021, 1, 1)),
        (11, date(9999, 5, 1), date.max),
    ],
)
def test_months_end_on_the_same_day_or_the_last_of_the_month(
    study: OpenStudy, months: int, held_on: date, last: date
) -> None:
    study.sql("UPDATE treatment_session SET held_on = :day", day=held_on)
    study.sign_in("S1")
    study.do(retention.set_retention, retention.Retention(years=0, months=months))
    told = study.ask(listing, "recordings", date.today())
    assert told.rows[0][told.at("keep_until")] == last
    with pytest.raises(UserError, match="from 0 to 11"):
        study.do(retention.set_retention, retention.Retention(years=1, months=12))


def test_a_day_of_its_own_goes_before_the_rule_until_it_is_taken_back(study: OpenStudy) -> None:
    study.sql("UPDATE treatment_session SET held_on = '2020-01-15'")
    study.sign_in("S1")
    day = date(2020, 3, 1)
    assert study.ask(retention.own_day, [study.session_id]) is None
    assert study.do(retention.keep, [study.session_id], day) == 1
    assert study.ask(retention.own_day, [study.session_id]) == day
    study.do(retention.set_retention, retention.Retention(years=5))
    assert study.ask(listing, "removal", day).rows == []
    due = study.ask(listing, "removal", day + timedelta(days=1))
    assert (due.ids, due.rows[0][due.at("since")]) == ([study.session_id], day)
    assert "keep" in {line.verb for line in study.audit()}
    study.do(retention.keep, [study.session_id], None)
    assert study.ask(listing, "removal", date(2025, 1, 15)).rows == []
    assert study.ask(listing, "removal", date(2025, 1, 16)).ids == [study.session_id]


def test_a_session_is_kept_as_long_as_the_last_of_its_parts(study: OpenStudy) -> None:
    study.sign_in("S1")
    study.do(retention.keep, [study.session_id], date(2020, 1, 1))
    columns = (
        "location, sha256, byte_size, kind, container, codec, duration_ms, packet_errors, problems, added_at"
    )
    study.sql(
        f"INSERT INTO recording (id, session_id, part, keep_until, {columns})"
        f" SELECT 'two', session_id, 2, '2020-02-01', {columns} FROM recording"
    )
    assert study.ask(retention.own_day, [study.session_id]) is None, "they differ"
    assert study.ask(listing, "removal", date(2020, 2, 1)).rows == []
    assert study.ask(listing, "removal", date(2020, 2, 2)).ids == [study.session_id]


def test_what_was_removed_gets_no_day(study: OpenStudy) -> None:
    removed(study)
    assert study.do(retention.keep, [study.session_id], date(2030, 1, 1)) == 0
    told = study.ask(listing, "recordings", date.today())
    assert told.rows[0][told.at("keep_until")] is None


def test_only_supervisors(study: OpenStudy) -> None:
    study.sign_in("R1")
    ((client,),) = study.sql("SELECT id FROM client")
    for call in (
        lambda: study.ask(removal.preview, [study.session_id], study.folder),
        lambda: study.do(removal.remove, [study.session_id], ALL),
        lambda: study.do(removal.withdraw_consent, client, date.today()),
        lambda: study.do(removal.give_consent_back, client),
        lambda: study.ask(removal.sessions_of, []),
        lambda: study.do(retention.set_retention, retention.Retention()),
        lambda: study.do(retention.keep, [study.session_id], None),
        lambda: study.ask(retention.own_day, [study.session_id]),
        lambda: study.ask(listing, "removal", date.today()),
    ):
        with pytest.raises(UserError, match="Only a supervisor"):
            call()


def test_hundreds_are_removed_at_once(study: OpenStudy) -> None:
    study.sign_in("S1")
    sessions = []
    example = examine(study.recording)
    for nth in range(300):
        place = study.folder / "recordings" / f"{nth}"
        place.write_bytes(b"x")
        object.__setattr__(example, "sha256", f"{nth:064}")
        facts = recordings.SessionFacts(CLIENT, nth + 1)
        sessions.append(study.do(recordings.add_session, facts, [(str(place), example)], study.folder))
    told = removed(study, Wanted(ALL), *sessions)
    assert (told.recordings, told.deleted) == (300, 300)
    assert len(list((study.folder / "recordings").iterdir())) == 1


def test_an_example_of_a_removed_session_is_taken_back(study: OpenStudy) -> None:
    study.sign_in("S1")
    study.sql("UPDATE treatment_session SET for_training = TRUE")
    study.sign_in("R1")
    mark = study.do(rate.mark_evidence, study.rating_id, "warm_regard", 700, "")
    study.sign_in("S1")
    study.sql(
        "INSERT INTO exemplar (id, mark_id, dimension, point, note, person_id, added_at)"
        " VALUES ('e', :mark, 'fidelity', 5, 'qzxj-note', :who, '2026-01-01')",
        mark=mark,
        who=study.people["S1"],
    )
    assert len(study.ask(exemplars.exemplars)) == 1
    removed(study)
    assert study.ask(exemplars.exemplars) == ()


def test_a_project_that_was_erased_from_opens_again(written: OpenStudy) -> None:
    removed(written)
    written.reopen()
    assert isinstance(written.project, Project)
    assert written.project.sound()
