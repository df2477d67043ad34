"""Making a study and adding recordings through the dialogs, and every way in which that is refused."""

import re
import shutil

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit, QScrollArea

from mio_fidelity import paths
from mio_fidelity.coding import people, recordings
from mio_fidelity.coding.desk import queue
from mio_fidelity.gui.recovery_dialog import RecoveryDialog
from mio_fidelity.gui.study_dialogs import AddRecordingDialog, NewStudyDialog
from mio_fidelity.store import Project, Role
from mio_fidelity.store.keys import RECOVERY
from tests import media_factory
from tests.conftest import CLIENT, PASSPHRASE
from tests.gui.front import QUIET, button, front_window, press, write

pytestmark = QUIET
Key = Qt.Key


@pytest.fixture
def main(settings, qtbot, qapp):
    return front_window(settings, qtbot, qapp)


@pytest.fixture
def new(main):
    main.start.new_button.click()
    return main.findChild(NewStudyDialog)


def fill(dialog, folder, phrase=PASSPHRASE, again=PASSPHRASE, supervisor="S1", coders="R1, R2"):
    dialog.folder.setText(str(folder))
    dialog.phrase.setText(phrase)
    dialog.again.setText(again)
    dialog.supervisor.setText(supervisor)
    dialog.coders.setText(coders)


def refused(dialog):
    """The sentence that is in sight after pressing the button."""
    button(dialog, "Make the study").click()
    assert dialog.isVisible()
    assert dialog.complaint.isVisible()
    return dialog.complaint.text()


def test_a_study_is_made_by_keyboard_and_somebody_works_in_it(new, main, tmp_path, settings, qtbot):
    for text in (str(tmp_path / "trial"), None, "Our trial", None, PASSPHRASE, PASSPHRASE):
        if text is not None:
            write(text)
        press(Key.Key_Tab)
    press(Key.Key_Return)
    asks = main.findChild(RecoveryDialog)
    qtbot.waitUntil(lambda: QApplication.activeWindow() is asks)
    assert QApplication.focusWidget() is asks.group
    write("not the group")
    press(Key.Key_Return)
    assert asks.isVisible()
    write(asks.key.split("-")[asks._asked].lower())
    press(Key.Key_Return)
    assert not asks.isVisible()
    names = [each.code for each in main.current_project().ask(people.roster)]
    assert names == ["R1", "R2", "S1"]
    assert main.current_project().ask(people.study_facts).title == "Our trial"
    assert main.pages.currentWidget() is main.queue
    assert settings.text("last_study") == str(tmp_path / "trial")
    main.close()
    with Project.open(tmp_path / "trial", PASSPHRASE) as project:
        assert project.sound()
        assert len(project.ring.names()) == 2
    with Project.open(tmp_path / "trial", asks.key) as project:
        assert project.opened.name == RECOVERY


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"folder": ""}, "Choose a folder for the study."),
        ({"again": "something else"}, "The two pass phrases differ."),
        ({"phrase": "short", "again": "short"}, "The pass phrase has fewer than"),
        ({"supervisor": "", "coders": " , "}, "Give the supervisor a code"),
        ({"supervisor": ""}, "Give the supervisor a code"),
        ({"coders": "Margaret"}, "An id looks like a name"),
        ({"coders": "R1, R1"}, "Two people are called R1"),
        ({"coders": "R1@x.org"}, "An id looks like an e-mail address"),
    ],
)
def test_what_is_in_the_way_is_said_and_nothing_is_made(new, tmp_path, values, sentence):
    fill(new, **{"folder": tmp_path / "trial", **values})
    assert refused(new).startswith(sentence)
    assert not (tmp_path / "trial").exists()


def test_what_was_in_the_way_can_be_mended(new, tmp_path):
    fill(new, tmp_path / "trial", again="something else")
    refused(new)
    new.again.setText(PASSPHRASE)
    button(new, "Make the study").click()
    assert (tmp_path / "trial" / "study.db").is_file()


def test_a_folder_with_something_in_it_is_left_alone(new, tmp_path):
    (tmp_path / "trial").mkdir()
    (tmp_path / "trial" / "mine.txt").write_text("mine")
    fill(new, tmp_path / "trial")
    assert "something in this place already" in refused(new)
    assert [path.name for path in (tmp_path / "trial").iterdir()] == ["mine.txt"]


def test_the_labs_own_instrument_is_used(new, main, tmp_path):
    fill(new, tmp_path / "trial")
    new.instrument.setText(str(paths.coding_manual() / "example_5_point.toml"))
    button(new, "Make the study").click()
    with_titles = (
        main.current_project()._engine.connect().exec_driver_sql("SELECT key FROM instrument_edition")
    )
    assert with_titles.scalars().all() == ["example_5_point"]
    with_titles.close()


def test_each_fault_of_an_instrument_file_is_named_with_its_line(new, tmp_path):
    shutil.copytree(paths.coding_manual() / "practice", tmp_path / "own")
    text = (paths.coding_manual() / "practice.toml").read_text(encoding="utf-8")
    (tmp_path / "own.toml").write_text(re.sub(r"(?m)^title = .*$", "title = 3", text), encoding="utf-8")
    fill(new, tmp_path / "trial")
    new.instrument.setText(str(tmp_path / "own.toml"))
    said = refused(new).splitlines()
    assert len(said) > 10
    assert all(re.match(r"own\.toml, line \d+: ", line) for line in said[:10])
    assert not (tmp_path / "trial").exists()
    area = new.complaint.parent().parent()
    assert isinstance(area, QScrollArea)
    assert area.verticalScrollBar().maximum() > 0, "all of it can be read"
    assert new.height() < 768


def test_the_pass_phrase_stays_in_the_dialog(new, main, tmp_path, settings, capfd):
    assert {new.phrase.echoMode(), new.again.echoMode()} == {QLineEdit.EchoMode.Password}
    fill(new, tmp_path / "trial")
    button(new, "Make the study").click()
    main.close()
    kept = settings._path.read_text() + "".join(capfd.readouterr())
    assert PASSPHRASE not in kept
    assert all(PASSPHRASE.encode() not in path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())


def test_cancel_makes_nothing(new, main, tmp_path):
    fill(new, tmp_path / "trial")
    press(Key.Key_Escape)
    assert not new.isVisible()
    assert not (tmp_path / "trial").exists()
    assert main.start.which.isVisible()


# Adding a recording


@pytest.fixture
def at_work(main, study):
    """The supervisor at her list."""
    main.show_project(study.project)
    main.start.signed_in.emit(study.people["S1"])
    return main


@pytest.fixture
def add(at_work, study):
    """The dialog, filled in but for the files."""
    at_work.queue.add.click()
    dialog = at_work.findChild(AddRecordingDialog)
    dialog.client.setText("C99")
    dialog.number.setValue(4)
    dialog.arm.setText("MIO")
    dialog.site.setText("North")
    dialog.counselor.setText("K9")
    boxes = {member.code: box for member, box in dialog.given_to.items()}
    boxes["R2"].setChecked(True)
    return dialog


@pytest.fixture(scope="session")
def sound(tmp_path_factory):
    return media_factory.make(tmp_path_factory.mktemp("sound") / "talk.mp3", 4, "mp3_cbr")


def check(dialog, *files):
    dialog.files.setText("; ".join(str(file) for file in files))
    button(dialog, "Check and add").click()


def answer(dialog, qtbot):
    """The sentence that follows."""
    qtbot.waitUntil(dialog.report.isVisible, timeout=10_000)
    assert not dialog.progress.isVisible()
    assert dialog.report.height() >= dialog.report.heightForWidth(dialog.report.width())
    return dialog.report.text()


def sessions(study):
    return study.sql("SELECT count(*) FROM treatment_session")[0][0]


def test_an_added_session_is_in_the_queue_of_whom_it_was_given_to(add, at_work, study, sound, qtbot):
    check(add, sound)
    qtbot.waitUntil(lambda: sessions(study) == 2, timeout=10_000)
    study.sign_in("R2")
    rows = study.ask(queue)
    assert len(rows) == 1
    assert rows[0].duration_ms == pytest.approx(4000, abs=100)
    medium = study.ask(recordings.media_of, rows[0].rating_id, study.folder)[0]
    assert study.project.peaks.read(medium.sha256)
    at_work.start.signed_in.emit(study.people["R2"])
    assert at_work.queue.model.rowCount() == 1
    shown = [str(at_work.queue.model.index(0, column).data()) for column in range(5)]
    assert not any(word in " ".join(shown) for word in ("C99", "talk", "MIO", "North", "K9"))


def test_several_files_are_the_parts_of_one_session(add, study, sound, tmp_path, qtbot):
    second = media_factory.make(tmp_path / "semi; colon.wav", 2, "wav")
    add._chosen = (str(sound), str(second))
    check(add, sound, second)
    qtbot.waitUntil(lambda: sessions(study) == 2, timeout=10_000)
    study.sign_in("R2")
    row = study.ask(queue)[0]
    assert row.duration_ms == pytest.approx(6000, abs=100)
    media = study.ask(recordings.media_of, row.rating_id, study.folder)
    assert [medium.path for medium in media] == [sound, second]


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (media_factory.zero_bytes, "The file is empty (0 bytes)"),
        (media_factory.text_as, "This file holds no sound"),
        (media_factory.garbage, "This file holds no sound"),
        (lambda path: path, "not found|does not exist|is not there|cannot be"),
    ],
    ids=["empty", "text", "garbage", "missing"],
)
def test_a_file_without_sound_is_refused(add, study, tmp_path, spoil, sentence, qtbot):
    check(add, spoil(tmp_path / "talk.mp3"))
    said = answer(add, qtbot)
    assert re.search(re.escape(sentence) if "|" not in sentence else sentence, said), said
    assert sessions(study) == 1
    assert not add.knowingly.isVisible()


def test_the_part_that_is_bad_is_named(add, sound, tmp_path, qtbot):
    check(add, sound, media_factory.text_as(tmp_path / "second.mp3"))
    assert answer(add, qtbot).startswith("Part 2: This file holds no sound")


def test_a_truncated_file_is_taken_in_only_knowingly(add, study, tmp_path, qtbot):
    whole = media_factory.make(tmp_path / "cut.wav", 4, "wav")
    check(add, media_factory.truncated(whole, 0.5))
    assert "cut short" in answer(add, qtbot)
    assert add.knowingly.isVisible()
    button(add, "Check and add").click()
    assert "taken in as it is" in add.report.text()
    assert sessions(study) == 1
    add.knowingly.click()
    button(add, "Check and add").click()
    assert sessions(study) == 2
    problems = [row.problems for row in study.sql("SELECT problems FROM recording ORDER BY problems")]
    assert problems[0] == ""
    assert "cut short" in problems[1]


def test_another_file_takes_the_consent_back(add, sound, tmp_path, qtbot):
    whole = media_factory.make(tmp_path / "cut.wav", 4, "wav")
    check(add, media_factory.truncated(whole, 0.5))
    answer(add, qtbot)
    add.knowingly.click()
    add.files.setText(str(sound))
    assert not add.knowingly.isVisible()
    assert not add.knowingly.isChecked()


@pytest.mark.parametrize(
    ("field", "text", "sentence"),
    [
        ("client", "Margaret", "An id looks like a name"),
        ("client", "2019-05-04", "An id looks like a date"),
        ("counselor", "Jonathan", "An id looks like a name"),
        ("client", "", "An id looks like a name"),
        ("site", "x" * 30, "This is not a label"),
    ],
)
def test_an_id_that_could_be_a_name_is_refused(add, study, sound, field, text, sentence, qtbot):
    getattr(add, field).setText(text)
    check(add, sound)
    assert answer(add, qtbot).startswith(sentence)
    assert sessions(study) == 1
    getattr(add, field).setText("C98" if field != "site" else "North")
    button(add, "Check and add").click()
    assert sessions(study) == 2


def test_a_session_that_is_there_already_leaves_nothing_half_done(add, study, sound, qtbot):
    before = [study.sql(f"SELECT count(*) FROM {table}") for table in ("recording", "rating", "counselor")]
    add.client.setText(CLIENT)
    add.site.setText("")
    add.number.setValue(999)
    study.sql("UPDATE treatment_session SET number = 999")
    check(add, sound)
    assert "has a session 999 already" in answer(add, qtbot)
    after = [study.sql(f"SELECT count(*) FROM {table}") for table in ("recording", "rating", "counselor")]
    assert before == after


def test_the_same_recording_is_not_added_twice(add, study, qtbot):
    check(add, next((study.folder / "recordings").iterdir()))
    assert "in the study already" in answer(add, qtbot)
    assert sessions(study) == 1


def test_a_picture_that_cannot_be_kept_does_not_lose_the_session(add, study, sound, qtbot):
    shutil.rmtree(study.folder / "peaks")
    (study.folder / "peaks").write_text("in the way")
    check(add, sound)
    qtbot.waitUntil(lambda: sessions(study) == 2, timeout=10_000)


@pytest.fixture(scope="session")
def long_sound(tmp_path_factory):
    return media_factory.make(tmp_path_factory.mktemp("hour") / "long.mp3", 30, "mp3_cbr")


def test_checking_shows_progress_can_be_stopped_and_the_window_lives(add, study, long_sound, qtbot):
    shown = []
    add.progress.valueChanged.connect(shown.append)
    check(add, *[long_sound] * 30)
    qtbot.waitUntil(lambda: len(shown) > 2, timeout=10_000)
    assert add.progress.isVisible()
    add.arm.setFocus()
    write(" typed meanwhile")
    assert add.arm.text() == "MIO typed meanwhile"
    press(Key.Key_Escape)
    assert answer(add, qtbot) == "Stopped; nothing was added."
    assert add.isVisible()
    assert shown == sorted(shown)
    assert sessions(study) == 1
    press(Key.Key_Escape)
    assert not add.isVisible()


def test_closing_the_window_stops_the_checking(add, at_work, study, long_sound, qtbot):
    check(add, *[long_sound] * 30)
    at_work.close()
    qtbot.wait(300)
    assert not at_work._bench.has_project
    with Project.open(study.folder, PASSPHRASE) as project:
        assert project._engine.connect().exec_driver_sql("SELECT count(*) FROM recording").scalar() == 1


def test_no_file_is_chosen(add):
    check(add)
    assert add.report.text() == "Choose the recording first."


def test_a_coder_cannot_add_a_recording(main, study):
    main.show_project(study.project)
    main.start.signed_in.emit(study.people["R1"])
    assert not main.queue.add.isVisible()


def test_a_coder_who_gets_at_the_dialog_is_refused(add, study, sound, qtbot):
    study.sign_in("R1")
    check(add, sound)
    assert "Only a supervisor" in answer(add, qtbot)
    assert sessions(study) == 1


def test_a_clinician_is_not_offered_other_peoples_sessions(at_work, study):
    study.do(people.add_person, "M1", Role.CLINICIAN)
    at_work.queue.add.click()
    offered = [member.code for member in at_work.findChild(AddRecordingDialog).given_to]
    assert offered == ["R1", "R2", "S1"]
