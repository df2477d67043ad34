"""Words about a session are found wherever they stand: reasons, minutes, work that came back."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from mio_fidelity.answer import rated
from mio_fidelity.coding import conflicts, discuss, meetings, rate, removal
from mio_fidelity.coding.conflicts import Choice
from mio_fidelity.coding.merging import Kind, Why
from mio_fidelity.coding.removal import Words
from mio_fidelity.gui.removal_work import Wanted, look
from mio_fidelity.store.verify import verify_study
from tests.coding.packed import Laptop, add_session, give, hand_out, take_in, work
from tests.coding.test_removal import ALL, everywhere, removed
from tests.coding.vaulted import never, quiet
from tests.conftest import WORDS, OpenStudy
from tests.store.test_chain import broken_at, lines

OURS, THEIRS, WHY = "qzxj-ours", "qzxj-theirs", "qzxj-because"


def faulty(study: OpenStudy) -> list[str]:
    """What `verify` finds; the study is closed."""
    study.project.close()
    return [check.key for check in verify_study(study.folder, WORDS) if not check.fits]


def preview(study: OpenStudy, *sessions: str) -> removal.Preview:
    study.sign_in("S1")
    return look(study.project, sessions or (study.session_id,), quiet, never)[0]


def conflicting(study: OpenStudy, place: Path) -> Laptop:
    """Notes and marks of both sides about the session, in a conflict."""
    laptop = Laptop(hand_out(study, place), place / "laptop")
    study.sign_in("R1")
    work(study.project, study.rating_id, 2, notes=OURS)
    laptop.work(study.rating_id, value=6, notes=THEIRS)
    take_in(study, laptop.give_back("first"))
    assert len(study.ask(conflicts.waiting)) == 1
    return laptop


@pytest.mark.parametrize("settled", [None, Choice.OURS, Choice.THEIRS])
def test_both_sides_of_a_conflict_and_their_lines_lose_their_words(
    study: OpenStudy, tmp_path: Path, settled: Choice | None
) -> None:
    conflicting(study, tmp_path)
    if settled:
        study.do(conflicts.settle, study.ask(conflicts.waiting)[0].id, settled)
    assert preview(study).words[Words.RETURNED] == 1
    before = everywhere(study)
    assert (OURS in before, THEIRS in before) == (True, True)
    removed(study)
    left = everywhere(study)
    assert [word for word in (OURS, THEIRS) if word in left] == []
    assert broken_at(lines(study.project)) is None
    if settled is None:
        study.sign_in("S1")
        (found,) = study.ask(conflicts.waiting)
        slot = next(iter(found.theirs.answers))
        assert (found.theirs.answers[slot], found.theirs.notes) == (rated(6), "")
        assert found.why is Why.CHANGED
    assert faulty(study) == []


def test_conflicts_about_other_sessions_keep_their_words(study: OpenStudy, tmp_path: Path) -> None:
    other = add_session(study, 31)
    conflicting(study, tmp_path)
    removed(study, Wanted(ALL), other)
    assert THEIRS in everywhere(study)


def test_words_in_conflicts_stay_when_that_is_wanted(study: OpenStudy, tmp_path: Path) -> None:
    conflicting(study, tmp_path)
    removed(study, Wanted(ALL - {Words.RETURNED}))
    assert THEIRS in everywhere(study)
    removed(study, Wanted(frozenset({Words.RETURNED})))
    assert THEIRS not in everywhere(study)


def test_what_comes_back_after_the_removal_brings_no_words(study: OpenStudy, tmp_path: Path) -> None:
    laptop = Laptop(hand_out(study, tmp_path), tmp_path / "laptop")
    laptop.work(study.rating_id, notes=THEIRS, submit=True)
    with laptop.open() as project:
        project.do(rate.amend, study.rating_id, "warm_regard", {"fidelity": rated(5)}, WHY)
    removed(study)
    told = take_in(study, laptop.give_back())
    assert [(row.kind, row.why) for row in told.rows] == [(Kind.CONFLICT, Why.REMOVED)]
    left = everywhere(study)
    assert [word for word in (THEIRS, WHY) if word in left] == []
    assert '"value": 5' in left, "answers are looked at by a person"


def test_why_a_rating_was_amended_goes_when_wanted(study: OpenStudy) -> None:
    study.submit()
    study.do(rate.amend, study.rating_id, "warm_regard", {"fidelity": rated(5)}, WHY)
    assert preview(study).words[Words.AMENDMENTS] == 1
    removed(study, Wanted(ALL - {Words.AMENDMENTS}))
    assert WHY in everywhere(study)
    removed(study, Wanted(frozenset({Words.AMENDMENTS})))
    assert WHY not in everywhere(study)
    ((old, new),) = study.sql("SELECT old, new FROM amendment")
    assert (old, new) != ("", ""), "what was changed, by whom and when stays"
    with pytest.raises(Exception, match="append-only"):
        study.sql("UPDATE amendment SET why = 'x'")
    assert faulty(study) == []


@pytest.mark.parametrize("by", ["session", "topic"])
def test_minutes_go_whole_when_wanted_and_those_of_other_meetings_stay(study: OpenStudy, by: str) -> None:
    study.sign_in("S1")
    held, other = (study.do(meetings.hold, date(2026, 1, day)) for day in (5, 6))
    tell_of(study, held, by)
    for wording in (WHY, f"{WHY} again"):
        study.do(meetings.set_notes, held, wording)
    study.do(meetings.set_notes, other, "qzxj-other")
    assert preview(study).words[Words.MEETINGS] == 1
    removed(study, Wanted(ALL - {Words.MEETINGS}))
    assert WHY in everywhere(study)
    removed(study, Wanted(ALL))
    left = everywhere(study)
    assert WHY not in left
    assert "qzxj-other" in left
    assert faulty(study) == []


def tell_of(study: OpenStudy, meeting: str, by: str) -> None:
    """Let the session be talked about at a meeting."""
    if by == "session":
        study.do(meetings.set_sessions, meeting, [study.session_id])
        return
    topic = study.do(discuss.put, study.session_id, None, "qzxj-topic")
    study.do(discuss.take_up, meeting, [topic])


def test_consent_withdrawn_and_every_box_ticked_leaves_no_word(study: OpenStudy, tmp_path: Path) -> None:
    """Through everything people can write about a session."""
    conflicting(study, tmp_path)
    (double,) = give(study, study.session_id, "R2")
    study.sign_in("R2")
    study.do(rate.mark_evidence, double, "warm_regard", 700, "qzxj-mark")
    work(study.project, double, 3, submit=True)
    study.do(rate.amend, double, "warm_regard", {"fidelity": rated(5)}, WHY)
    study.sign_in("S1")
    study.do(discuss.put, study.session_id, "warm_regard", "qzxj-topic")
    ((client,),) = study.sql("SELECT id FROM client")
    sessions: Any = study.do(removal.withdraw_consent, client, date(2026, 1, 5))
    removed(study, Wanted(frozenset(Words)), *sessions)
    left = everywhere(study)
    found = [word for word in (OURS, THEIRS, WHY, "qzxj-mark", "qzxj-topic") if word in left]
    assert found == []
    assert faulty(study) == []
