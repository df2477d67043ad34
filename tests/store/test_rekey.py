"""Another key for a study: who stays opens it without doing anything, who goes does not, and all is there."""

import json
import os
import shutil
from pathlib import Path

import pytest

from mio_fidelity.coding import access, people, staff
from mio_fidelity.errors import UserError
from mio_fidelity.store import Project
from mio_fidelity.store.keys import RECOVERY, SHARED, subkey, unlock
from mio_fidelity.store.rekey import finish_rekey
from mio_fidelity.store.salvage import salvage
from mio_fidelity.store.sealed import SealedFolder
from mio_fidelity.store.verify import verify_study
from tests.conftest import OpenStudy

OWN = {"S1": "the supervisors own", "R1": "the coders own", "R2": "another coders own"}


@pytest.fixture
def lab(study: OpenStudy) -> OpenStudy:
    """Everybody has a pass phrase of her own; S1 opened it with hers."""
    for code, phrase in OWN.items():
        study.project.ring.add_slot(study.people[code], phrase)
    study.project.ring.remove_slot(SHARED)
    study.project.close()
    study.project = Project.open(study.folder, OWN["S1"])
    return study


def without(lab: OpenStudy, code: str) -> None:
    keep = {lab.people[each] for each in OWN if each != code} | {RECOVERY}
    lab.project.rekey(keep, staff.leave, lab.people[code])


def test_who_stays_opens_it_and_who_goes_does_not(lab: OpenStudy) -> None:
    before = lab.ask(people.study_facts)
    without(lab, "R2")
    assert lab.ask(people.study_facts) == before
    lab.project.close()
    for code in ("S1", "R1"):
        with Project.open(lab.folder, OWN[code]) as project:
            assert project.holder == project.person_id == lab.people[code]
            assert project.sound()
    with pytest.raises(UserError, match="does not open"):
        Project.open(lab.folder, OWN["R2"])


def test_the_old_key_opens_nothing_of_the_new_study(lab: OpenStudy, tmp_path: Path) -> None:
    old = lab.project.opened.data_key
    old_keys = shutil.copyfile(lab.folder / "keys.json", tmp_path / "keys.json")
    sha256 = lab.sql("SELECT sha256 FROM recording")[0][0]
    picture = lab.project.peaks.read(sha256)
    without(lab, "R2")
    assert lab.project.opened.data_key != old
    assert lab.project.peaks.read(sha256) == picture
    assert picture is not None
    assert SealedFolder(lab.folder / "peaks", subkey(old, "peaks")).read(sha256) is None
    lab.project.close()
    shutil.copyfile(old_keys, lab.folder / "keys.json")
    with pytest.raises(UserError, match="cannot be read with this study's key"):
        Project.open(lab.folder, OWN["R2"])


def test_what_is_changed_with_it_is_on_record_once_and_the_trail_goes_on(lab: OpenStudy) -> None:
    before = len(lab.audit())
    without(lab, "R2")
    line = lab.audit()[before]
    assert (line.verb, line.row_id, line.person_id) == ("leave", lab.people["R2"], lab.people["S1"])
    lab.project.close()
    with Project.open(lab.folder, OWN["S1"]) as project:
        assert project.remarks == ()


def test_a_refused_change_leaves_the_old_key(lab: OpenStudy) -> None:
    old = lab.project.opened
    with pytest.raises(UserError, match="only supervisor"):
        lab.project.rekey({lab.people["R1"]}, staff.leave, lab.people["S1"])
    assert lab.project.opened == old
    assert lab.project.sound()
    lab.project.close()
    for phrase in OWN.values():
        Project.open(lab.folder, phrase).close()
    assert not list(lab.folder.glob("rekeying*"))


def test_nobody_left_to_open_it_is_refused(lab: OpenStudy) -> None:
    lab.project.ring.new_recovery_key()
    with pytest.raises(UserError, match="Nobody could open"):
        lab.project.rekey({RECOVERY}, staff.leave, lab.people["R2"])
    assert lab.project.sound()


def test_the_recovery_key_goes_on_opening_it(lab: OpenStudy) -> None:
    key = lab.project.ring.new_recovery_key()
    without(lab, "R2")
    assert lab.project.unlock(key).name == RECOVERY


def test_nobody_reads_or_writes_meanwhile(lab: OpenStudy) -> None:
    lab.project.put_away()
    with pytest.raises(UserError, match="new key"):
        lab.ask(people.roster)
    lab.project._gate.open()
    with lab.project._gate.passed(), pytest.raises(UserError, match="in the background"):
        lab.project.put_away()
    with lab.project.file.copying, pytest.raises(UserError, match="backup"):
        lab.project.put_away()
    assert lab.ask(people.roster)


def test_a_slot_that_nobody_with_the_key_put_there_gets_no_new_key(lab: OpenStudy) -> None:
    keys = lab.folder / "keys.json"
    found = json.loads(keys.read_bytes())
    found["slots"][1] = found["slots"][1] | {"public": found["slots"][0]["public"]}
    for change in ({}, {"format": 1}, {"seal": ""}, {"seal": None}):
        keys.write_text(json.dumps(found | change))
        with pytest.raises(UserError, match="changed by something else"):
            without(lab, "R2")
    assert unlock(lab.folder, OWN["S1"]).data_key == lab.project.opened.data_key


@pytest.mark.parametrize("moved", range(5))
def test_an_interrupted_move_is_finished_at_the_next_opening(
    lab: OpenStudy, moved: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = iter(range(100))
    real = Path.rename

    def power_cut(self: Path, target: Path) -> Path:
        if "rekeying" in self.parts[-2:-1] and next(steps) >= moved:
            raise OSError(5, "Input/output error")
        return real(self, target)

    monkeypatch.setattr("mio_fidelity.store.rekey.os.replace", lambda a, b: power_cut(Path(a), Path(b)))
    monkeypatch.setattr(Path, "rename", power_cut)
    if moved < 4:
        with pytest.raises(UserError, match="goes on from there"):
            without(lab, "R2")
        with pytest.raises(UserError, match="new key"):
            lab.ask(people.roster)
    else:
        without(lab, "R2")
    lab.project.close()
    monkeypatch.undo()
    with Project.open(lab.folder, OWN["R1"]) as project:
        assert project.sound()
        assert lab.people["R2"] not in {each.id for each in project.ask(people.roster)}
    assert not list(lab.folder.glob("rekeying*"))


def test_what_was_not_ready_is_thrown_away(lab: OpenStudy) -> None:
    lab.project.close()
    (lab.folder / "rekeying.tmp").mkdir()
    (lab.folder / "rekeying.tmp" / "study.db").write_bytes(b"half")
    finish_rekey(lab.folder)
    assert not (lab.folder / "rekeying.tmp").exists()
    Project.open(lab.folder, OWN["S1"]).close()


def test_an_interrupted_move_is_finished_before_a_study_is_verified_or_saved(
    lab: OpenStudy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.replace

    def power_cut(source: Path, target: Path) -> None:
        # The database has its new key by then, and keys.json has not.
        if Path(target) == lab.folder / "keys.json":
            raise OSError(5, "Input/output error")
        real(source, target)

    monkeypatch.setattr("mio_fidelity.store.rekey.os.replace", power_cut)
    with pytest.raises(UserError, match="goes on from there"):
        without(lab, "R2")
    lab.project.close()
    monkeypatch.undo()
    for name in ("verified", "saved"):
        shutil.copytree(lab.folder, tmp_path / name)
    assert all(each.fits for each in verify_study(tmp_path / "verified", OWN["S1"]) if each.key != "backups")
    found = salvage(tmp_path / "saved", OWN["S1"], tmp_path / "new", lambda _: None, lambda: False)
    assert all(tally.whole for tally in found.tables)


def test_who_shares_a_pass_phrase_gives_no_new_key_before_signing_in(study: OpenStudy) -> None:
    study.project.ring.add_slot(study.people["S1"], OWN["S1"])
    study.reopen()
    study.project._person_id = None
    with pytest.raises(UserError, match="Nobody has signed in"):
        study.project.rekey({SHARED}, lambda _: None)
    with pytest.raises(UserError, match="Nobody has signed in"):
        access.removing(study.project, study.people["S1"])
    study.sign_in("R1")
    assert study.ask(people.roster)
