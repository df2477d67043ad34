"""What is kept of a meeting, and who keeps it."""

from datetime import date, timedelta

import pytest

from mio_fidelity.coding import discuss, meetings, staff
from mio_fidelity.coding.meeting_lists import decisions as decision_list
from mio_fidelity.coding.meeting_lists import meetings as meeting_list
from mio_fidelity.errors import UserError
from tests.coding.double_coded import double_coded

DAY = date(2026, 3, 1)
TODAY = date.today()


@pytest.fixture
def held(study):
    """A meeting; S1 is signed in."""
    double_coded(study)
    return study.do(meetings.hold, DAY)


def minutes(study, held):
    return study.ask(meetings.meeting, held)


def rows(study):
    return study.ask(meeting_list, TODAY).rows


def test_an_empty_meeting_says_when_it_was_and_who_entered_it(study, held):
    found = minutes(study, held)
    assert (found.held_on, found.by) == (DAY, "S1")
    assert (found.attended, found.sessions, found.topics, found.decisions, found.notes) == (
        {},
        {},
        (),
        (),
        "",
    )
    assert rows(study) == [(DAY, 0, 0, 0, None, "S1")]


def test_who_was_there_is_what_was_last_said(study, held):
    people = study.people
    study.do(meetings.set_attendance, held, [people["S1"], people["R1"]])
    study.do(meetings.set_attendance, held, [people["R2"], people["R1"]])
    assert list(minutes(study, held).attended.values()) == ["R1", "R2"]
    assert [row.action for row in study.audit() if row.table_name == "attendance"].count("delete") == 1


def test_somebody_who_has_left_since_was_still_there(study, held):
    study.do(meetings.set_attendance, held, [study.people["R2"]])
    study.do(staff.leave, study.people["R2"])
    assert list(minutes(study, held).attended.values()) == ["R2"]


def test_a_topic_is_talked_about_settled_and_put_back(study, held):
    topic = study.do(discuss.put, study.session_id, "warm_regard", "where does it begin?")
    study.do(discuss.take_up, held, [topic])
    (taken,) = minutes(study, held).topics
    assert (taken.title, taken.note, taken.by, taken.settled) == (
        "1. Warm regard",
        "where does it begin?",
        "S1",
        False,
    )
    assert [each.meeting_id for each in study.ask(discuss.listing)] == [held]
    study.do(discuss.settle, topic)
    assert minutes(study, held).topics[0].settled
    assert study.ask(discuss.listing) == ()
    study.do(discuss.put_back, topic)
    assert minutes(study, held).topics == ()
    assert [each.meeting_id for each in study.ask(discuss.listing)] == [None]


def test_what_is_settled_is_not_taken_into_another_meeting(study, held):
    topic = study.do(discuss.put, study.session_id)
    study.do(discuss.settle, topic)
    with pytest.raises(UserError, match="off the list"):
        study.do(discuss.take_up, held, [topic])


def test_a_session_is_counted_once_however_it_came_in(study, held):
    study.do(discuss.take_up, held, [study.do(discuss.put, study.session_id, "warm_regard")])
    study.do(discuss.take_up, held, [study.do(discuss.put, study.session_id, "child_mind")])
    study.do(meetings.set_sessions, held, [study.session_id])
    assert minutes(study, held).sessions == {study.session_id: "QZX7-5417"}
    assert rows(study)[0][2] == 1
    study.do(meetings.set_sessions, held, [])
    assert rows(study)[0][2] == 1, "its topics are still there"


def test_a_meeting_that_holds_nothing_can_be_discarded(study, held):
    study.do(meetings.discard, held)
    assert rows(study) == []
    with pytest.raises(UserError, match="not in the study any more"):
        study.do(meetings.set_notes, held, "late")


@pytest.mark.parametrize("what", ["notes", "people", "sessions", "topics", "decisions"])
def test_a_meeting_that_holds_something_stays(study, held, what):
    if what == "notes":
        study.do(meetings.set_notes, held, "talked")
    elif what == "people":
        study.do(meetings.set_attendance, held, [study.people["R1"]])
    elif what == "sessions":
        study.do(meetings.set_sessions, held, [study.session_id])
    elif what == "topics":
        study.do(discuss.take_up, held, [study.do(discuss.put, study.session_id)])
    else:
        study.do(meetings.decide, None, None, "Hear it whole.", DAY, held)
    with pytest.raises(UserError, match="Only an empty one"):
        study.do(meetings.discard, held)


def test_a_meeting_can_be_planned_and_its_day_mended(study, held):
    later = TODAY + timedelta(days=30)
    study.do(meetings.set_day, held, later)
    assert minutes(study, held).held_on == later


@pytest.mark.parametrize("day", [date(206, 3, 1), date(1926, 3, 1), date(TODAY.year + 3, 1, 1)])
def test_a_day_that_cannot_be_meant_is_refused(study, held, day):
    for verb, given in ((meetings.hold, (day,)), (meetings.set_day, (held, day))):
        with pytest.raises(UserError, match="Check the year"):
            study.do(verb, *given)
    with pytest.raises(UserError, match="Check the year"):
        study.do(meetings.decide, None, None, "Words.", day)
    assert minutes(study, held).held_on == DAY


def test_somebody_or_a_session_that_is_not_there_is_refused_and_nothing_is_kept(study, held):
    with pytest.raises(UserError, match="not known"):
        study.do(meetings.set_attendance, held, [study.people["R1"], "nobody"])
    with pytest.raises(UserError, match="not in the study"):
        study.do(meetings.set_sessions, held, ["no session"])
    assert minutes(study, held).attended == {}


def test_the_latest_meeting_comes_first(study, held):
    study.do(meetings.hold, DAY + timedelta(days=7))
    study.do(meetings.set_attendance, held, [study.people["S1"], study.people["R1"]])
    study.do(meetings.decide, "warm_regard", None, "No.", DAY, held)
    assert [row[:5] for row in rows(study)] == [
        (DAY + timedelta(days=7), 0, 0, 0, None),
        (DAY, 2, 0, 1, "R1, S1"),
    ]


def test_neither_table_holds_the_notes(study, held):
    study.do(meetings.set_notes, held, "notes-qzxj")
    study.do(meetings.decide, None, "fidelity", "Hear it whole.", DAY, held)
    for question in (meeting_list, decision_list):
        assert "notes-qzxj" not in repr(study.ask(question, TODAY))


def test_every_change_is_in_the_audit_trail(study, held):
    study.do(meetings.set_notes, held, "talked")
    made = study.do(meetings.decide, "warm_regard", "fidelity", "No.", DAY, held)
    study.do(meetings.withdraw_decision, made)
    lines = [(row.verb, row.table_name, row.action) for row in study.audit()][-3:]
    assert lines == [
        ("set_notes", "meeting", "update"),
        ("decide", "decision", "insert"),
        ("withdraw_decision", "decision", "update"),
    ]


def test_what_was_decided_before_leaves_out_what_a_later_meeting_decided_of_earlier_days(study, held):
    before = study.do(meetings.hold, DAY - timedelta(days=30))
    after = study.do(meetings.hold, DAY + timedelta(days=30))
    long_ago = DAY - timedelta(days=60)
    study.do(meetings.decide, None, None, "of an earlier meeting", long_ago, before)
    study.do(meetings.decide, None, None, "of no meeting", long_ago)
    study.do(meetings.decide, None, None, "of a later meeting", long_ago, after)
    study.do(meetings.decide, None, None, "its own", long_ago, held)
    study.do(meetings.decide, None, None, "still to come", DAY + timedelta(days=1), before)
    texts = {each.text for each in study.ask(meetings.decided_before, held)}
    assert texts == {"of an earlier meeting", "of no meeting"}
    study.sign_in("R1")
    with pytest.raises(UserError, match="supervisor"):
        study.ask(meetings.decided_before, held)
