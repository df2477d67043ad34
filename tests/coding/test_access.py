"""Who opens the study with which pass phrase, and that each change is on record and a supervisor's."""

import json

import pytest

from mio_fidelity.coding import access, people, staff
from mio_fidelity.errors import UserError
from mio_fidelity.store import Project, Role
from mio_fidelity.store.keys import RECOVERY, SHARED
from tests.conftest import PASSPHRASE, OpenStudy

# On a server passwords are the server's.
pytestmark = pytest.mark.on_folder

S1, R1, NEW = "the supervisors own", "a first pass phrase", "chosen by the coder"


@pytest.fixture
def lab(study: OpenStudy) -> OpenStudy:
    """S1 opened it with a pass phrase of her own; the others share one."""
    study.sign_in("S1")
    access.change_own(study.project, PASSPHRASE, S1)
    reopen(study, S1)
    return study


def reopen(study: OpenStudy, phrase: str) -> None:
    study.project.close()
    study.project = Project.open(study.folder, phrase)


def told(study: OpenStudy) -> list[str]:
    """What is on record about pass phrases."""
    lines = [json.loads(line.changes) for line in study.audit() if line.table_name == "setting"]
    return [line["value"][1]["what"] for line in lines if "value" in line]


def test_a_pass_phrase_of_ones_own_says_who_is_working(lab: OpenStudy) -> None:
    assert lab.project.holder == lab.project.person_id == lab.people["S1"]
    with pytest.raises(UserError, match="somebody else's pass phrase"):
        lab.sign_in("R1")
    assert told(lab) == ["pass phrase changed"]


def test_who_holds_the_shared_one_cannot_be_somebody_with_her_own_nor_nobody(lab: OpenStudy) -> None:
    reopen(lab, PASSPHRASE)
    assert lab.project.holder is None
    with pytest.raises(UserError, match="pass phrase of her own"):
        lab.sign_in("S1")
    with pytest.raises(UserError, match="Nobody has signed in"):
        lab.do(people.add_person, "X9", Role.SUPERVISOR)
    for ask in (lab.project.ask, lab.project.ask_elsewhere):
        with pytest.raises(UserError, match="Nobody has signed in"):
            ask(people.only_supervisors)
        assert ask(people.roster)
    lab.sign_in("R1")


def test_a_first_pass_phrase_is_changed_before_anything_else(lab: OpenStudy) -> None:
    person_id = access.add_person(lab.project, "R9", Role.CODER, R1)
    reopen(lab, R1)
    assert lab.project.holder == person_id
    with pytest.raises(UserError, match="choose one of your own"):
        lab.do(staff.set_site, person_id, None)
    with pytest.raises(UserError, match="have already"):
        access.change_own(lab.project, R1, R1)
    access.change_own(lab.project, R1, NEW)
    assert not lab.project.opened.first
    reopen(lab, NEW)
    assert not lab.project.opened.first
    lab.project.close()
    with pytest.raises(UserError, match="does not open"):
        Project.open(lab.folder, R1)


def test_the_old_one_is_asked(lab: OpenStudy) -> None:
    with pytest.raises(UserError, match="does not open"):
        access.change_own(lab.project, "not the right one", NEW)
    with pytest.raises(UserError, match="fewer than"):
        access.change_own(lab.project, S1, "short")
    access.give_passphrase(lab.project, lab.people["R1"], R1)
    with pytest.raises(UserError, match="not your pass phrase"):
        access.change_own(lab.project, R1, NEW)


def test_coders_reach_none_of_it(lab: OpenStudy) -> None:
    access.give_passphrase(lab.project, lab.people["R1"], R1)
    reopen(lab, R1)
    access.change_own(lab.project, R1, NEW)
    before = (lab.folder / "keys.json").read_bytes()
    tries = (
        lambda: access.access(lab.project),
        lambda: access.add_person(lab.project, "X9", Role.SUPERVISOR, NEW),
        lambda: access.give_passphrase(lab.project, lab.people["S1"], NEW),
        lambda: access.new_recovery_key(lab.project),
        lambda: access.removing(lab.project, lab.people["R2"]),
        lambda: access.ending_shared(lab.project),
        lambda: access.rekeying(lab.project),
    )
    for attempt in tries:
        with pytest.raises(UserError, match="Only a supervisor"):
            attempt()
    with pytest.raises(UserError, match="Only the recovery key"):
        access.recover(lab.project, lab.people["S1"], NEW)
    assert (lab.folder / "keys.json").read_bytes() == before


def test_a_reset_is_a_first_pass_phrase_again(lab: OpenStudy) -> None:
    for phrase in (R1, "another first one"):
        access.give_passphrase(lab.project, lab.people["R1"], phrase)
    ways = {way.member.code: (way.own, way.first) for way in access.access(lab.project).ways}
    assert ways == {"R1": (True, True), "R2": (False, False), "S1": (True, False)}
    assert told(lab)[-2:] == ["pass phrase given"] * 2
    with pytest.raises(UserError, match="does not open"):
        lab.project.unlock(R1)


def test_what_is_refused_is_not_on_record(lab: OpenStudy) -> None:
    key = access.new_recovery_key(lab.project)
    reopen(lab, S1)
    file, before = lab.folder / "keys.json", told(lab)
    content = file.read_bytes()
    changed = json.loads(content) | {"seal": "0" * 64}
    file.write_text(json.dumps(changed))
    for attempt in (
        lambda: access.give_passphrase(lab.project, lab.people["R1"], R1),
        lambda: access.use_recovery_key(lab.project, access.fresh_recovery_key(lab.project)),
    ):
        with pytest.raises(UserError, match="changed by something else"):
            attempt()
    reopen(lab, key)
    with pytest.raises(UserError, match="changed by something else"):
        access.recover(lab.project, lab.people["S1"], NEW)
    assert told(lab) == before
    file.write_bytes(content)
    access.recover(lab.project, lab.people["S1"], NEW)
    assert told(lab) == [*before, "recovery key used"]


def test_what_cannot_be_put_on_record_is_not_done(lab: OpenStudy) -> None:
    key = access.new_recovery_key(lab.project)
    before = {path: path.read_bytes() for path in lab.folder.rglob("keys.json")}
    with pytest.raises(UserError, match="does not work in the study"):
        access.give_passphrase(lab.project, "0" * 32, R1)
    lab.sign_in("S1")
    reopen(lab, key)
    with pytest.raises(UserError, match="supervisors alone"):
        access.recover(lab.project, lab.people["R1"], NEW)
    assert {path: path.read_bytes() for path in lab.folder.rglob("keys.json")} == before
    assert not list(lab.folder.glob("*.tmp"))


def test_who_is_removed_is_out_and_her_sessions_are_free(lab: OpenStudy) -> None:
    access.give_passphrase(lab.project, lab.people["R1"], R1)
    assert access.removing(lab.project, lab.people["R1"])() == 1
    assert "R1" not in {each.code for each in lab.ask(people.roster)}
    assert told(lab)[-1] == "new key without a person"
    with pytest.raises(UserError, match="does not open"):
        lab.project.unlock(R1)
    with pytest.raises(UserError, match="cannot remove yourself"):
        access.removing(lab.project, lab.people["S1"])


def test_who_left_before_there_was_a_new_key_does_not_get_in(lab: OpenStudy) -> None:
    access.give_passphrase(lab.project, lab.people["R1"], R1)
    lab.do(staff.leave, lab.people["R1"])
    lab.project.close()
    with pytest.raises(UserError, match="works in the study no more"):
        Project.open(lab.folder, R1)
    lab.project = Project.open(lab.folder, S1)
    access.removing(lab.project, lab.people["R1"])()
    assert lab.people["R1"] not in lab.project.ring.names()


def test_the_shared_one_ends_when_a_supervisor_has_her_own(study: OpenStudy) -> None:
    study.sign_in("S1")
    with pytest.raises(UserError, match="shut yourself out"):
        access.ending_shared(study.project)
    access.change_own(study.project, PASSPHRASE, S1)
    access.ending_shared(study.project)()
    assert SHARED not in study.project.ring.names()
    with pytest.raises(UserError, match="does not open"):
        study.project.unlock(PASSPHRASE)
    assert study.project.unlock(S1).name == study.people["S1"]
    assert told(study)[-1] == "shared pass phrase ended"
    with pytest.raises(UserError, match="first pass phrase"):
        access.add_person(study.project, "R9", Role.CODER, "")


def test_the_recovery_key_gives_a_supervisor_a_new_pass_phrase_and_nothing_else(lab: OpenStudy) -> None:
    key = access.new_recovery_key(lab.project)
    reopen(lab, key.lower())
    assert lab.project.opened.name == RECOVERY
    with pytest.raises(UserError, match="only gives a supervisor"):
        lab.sign_in("S1")
    with pytest.raises(UserError, match="supervisors alone"):
        access.recover(lab.project, lab.people["R1"], NEW)
    access.recover(lab.project, lab.people["S1"], NEW)
    assert lab.project.person_id == lab.people["S1"]
    assert told(lab)[-2:] == ["recovery key made", "recovery key used"]
    newer = access.new_recovery_key(lab.project)
    with pytest.raises(UserError, match="does not open"):
        lab.project.unlock(key)
    assert lab.project.unlock(newer).name == RECOVERY
    reopen(lab, NEW)


def test_a_new_key_for_all_changes_nobodys_pass_phrase(lab: OpenStudy) -> None:
    access.give_passphrase(lab.project, lab.people["R1"], R1)
    before = lab.project.opened.data_key
    access.rekeying(lab.project)()
    assert lab.project.opened.data_key != before
    for phrase in (S1, R1, PASSPHRASE):
        assert lab.project.unlock(phrase).data_key == lab.project.opened.data_key


def test_no_pass_phrase_and_no_key_is_on_record(lab: OpenStudy) -> None:
    access.give_passphrase(lab.project, lab.people["R1"], R1)
    key = access.new_recovery_key(lab.project)
    access.rekeying(lab.project)()
    record = repr(lab.audit()) + repr(lab.sql("SELECT * FROM setting"))
    for secret in (S1, R1, PASSPHRASE, key, lab.project.opened.data_key.hex()):
        assert secret not in record
