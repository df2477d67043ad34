"""Recordings go into the vault through the window, are rated from there, and are copied out of it."""

from typing import Any

import pytest
from PySide6.QtCore import Qt

from mio_fidelity.coding import recordings, vault
from mio_fidelity.gui import places
from mio_fidelity.gui.copy_out_dialog import CopyOutDialog
from mio_fidelity.gui.intake_dialog import IntakeDialog
from mio_fidelity.gui.vault_dialog import VaultDialog
from mio_fidelity.media.fingerprint import fingerprint
from mio_fidelity.media.vault import CHUNK_BYTES, HEADER_BYTES
from tests.conftest import OpenStudy
from tests.gui.conftest import QUIET, Coder
from tests.gui.front import button, press, write

pytestmark = QUIET


def study_page(window: Coder, table: str = "recordings") -> Any:
    """The study page of S1 with a table read."""
    window.window.start.signed_in.emit(window.study.people["S1"])
    window.window.go(places.STUDY)
    page: Any = window.window.pages.currentWidget()
    page.show_table(table)
    window.wait(lambda: page._job is None and table in page._found, 10_000)
    return page


def in_front(window: Coder, page: Any, kind: type) -> Any:
    """The dialog that was opened, once it knows what there is."""
    window.wait(lambda: any(each.isVisible() for each in page.findChildren(kind)))
    (found,) = [each for each in page.findChildren(kind) if each.isVisible()]
    window.wait(lambda: not found.busy, 10_000)
    window.wait(found.isActiveWindow)
    return found


def take_in(window: Coder) -> Any:
    """Everything, by the keyboard alone; the page."""
    page = study_page(window)
    button(page, "Take into the vault").setFocus()
    press(Qt.Key.Key_Space)
    dialog = in_front(window, page, VaultDialog)
    assert "Plain recordings: 1 (" in dialog.state.text()
    press(Qt.Key.Key_Return)
    window.wait(lambda: not dialog.busy and "✔" in dialog.report.text(), 20_000)
    assert "Everything is in the vault" in dialog.state.text()
    press(Qt.Key.Key_Escape)
    window.wait(lambda: not dialog.isVisible())
    window.window.activateWindow()
    window.wait(window.window.isActiveWindow)
    return page


def media(study: OpenStudy) -> recordings.Medium:
    study.sign_in("R1")
    (found,) = study.ask(recordings.media_of, study.rating_id, study.folder)
    return found


def test_the_keyboard_takes_everything_in_and_it_is_rated_from_there(window: Coder) -> None:
    page = take_in(window)
    window.wait(lambda: page._job is None and page.view.model.listing is not None, 10_000)
    kept = page.view.model.listing.at("kept")
    window.wait(lambda: page.view.model.index(0, kept).data() == "in the vault", 10_000)
    assert not list((window.study.folder / "recordings").iterdir())
    window.window.start.signed_in.emit(window.study.people["R1"])
    window.open()
    window.player.play()
    window.wait(lambda: window.player.position_ms > 300, 10_000)
    window.player.seek(20_000)
    window.wait(lambda: window.player.position_ms > 20_200, 10_000)
    window.player.pause()
    assert window.desk.heard
    assert window.page.waveform._scene.message == ""


def test_the_picture_is_made_again_from_the_vault(window: Coder) -> None:
    take_in(window)
    for path in (window.study.folder / "peaks").iterdir():
        path.unlink()
    window.window.start.signed_in.emit(window.study.people["R1"])
    window.open()
    window.wait(lambda: list((window.study.folder / "peaks").iterdir()), 20_000)


def test_damage_in_the_vault_is_a_sentence_at_the_form(window: Coder) -> None:
    take_in(window)
    (path,) = (window.study.folder / "vault").iterdir()
    content = bytearray(path.read_bytes())
    content[HEADER_BYTES + 30 * (CHUNK_BYTES + 16) + 5] ^= 4
    path.write_bytes(content)
    window.window.start.signed_in.emit(window.study.people["R1"])
    window.open()
    window.wait(lambda: "damaged" in window.page.card.remark.text(), 10_000)


@pytest.mark.parametrize("wanted", [True, False])
def test_plain_files_stay_unless_they_are_to_go(window: Coder, wanted: bool) -> None:
    page = study_page(window)
    page.row_actions._take_into_vault()
    dialog = in_front(window, page, VaultDialog)
    dialog.delete.setChecked(wanted)
    dialog.accept()
    window.wait(lambda: not dialog.busy and "✔" in dialog.report.text(), 20_000)
    assert bool(list((window.study.folder / "recordings").iterdir())) is not wanted
    if not wanted:
        assert "left behind" in dialog.state.text()
        dialog.delete.setChecked(True)
        button(dialog, "Delete the plain files").click()
        window.wait(lambda: not list((window.study.folder / "recordings").iterdir()), 10_000)
        window.wait(lambda: not dialog.busy)


def test_what_cannot_be_taken_in_is_listed(window: Coder) -> None:
    (plain,) = (window.study.folder / "recordings").iterdir()
    plain.write_bytes(plain.read_bytes()[:-10])
    page = study_page(window)
    page.row_actions._take_into_vault()
    dialog = in_front(window, page, VaultDialog)
    dialog.accept()
    window.wait(lambda: dialog.refused.isVisible(), 10_000)
    window.wait(lambda: not dialog.busy)
    assert "not the recording" in dialog.refused.item(0).text()
    assert plain.is_file()


def test_a_study_that_wants_it_is_asked_after_recordings_were_added(window: Coder) -> None:
    page = study_page(window)
    for wanted in (False, True):
        window.study.do(vault.set_for_new_ones, wanted)
        page._open_dialog("awaited")
        in_front(window, page, IntakeDialog).close()
        assert bool(page.findChildren(VaultDialog)) is wanted
    in_front(window, page, VaultDialog).close()


def test_copies_leave_by_the_keyboard_and_the_trail_knows(window: Coder, tmp_path: Any) -> None:
    page = take_in(window)
    target = tmp_path / "out"
    target.mkdir()
    window.wait(lambda: page._job is None, 10_000)
    page.view.table.selectRow(0)
    button(page, "Copy out").setFocus()
    press(Qt.Key.Key_Space)
    dialog = in_front(window, page, CopyOutDialog)
    assert not dialog.go.isEnabled()
    window.wait(dialog.folder.hasFocus)
    write(str(target))
    press(Qt.Key.Key_Return)
    window.wait(lambda: not dialog.busy and "✔" in dialog.report.text(), 20_000)
    (copy,) = target.iterdir()
    dialog.close()
    assert fingerprint(copy) == media(window.study).sha256
    assert "note_copied_out" in {line.verb for line in window.study.audit()}


def test_a_coder_has_none_of_it(window: Coder) -> None:
    window.window.start.signed_in.emit(window.study.people["R1"])
    assert not window.window.places.isVisible()
    assert not window.window.findChildren(VaultDialog)
