"""Recordings are read whole through the window: what is wrong with each is said, and it can be stopped."""

from typing import Any

from PySide6.QtCore import Qt

from mio_fidelity.gui.check_dialog import CheckDialog, CheckTally, check
from mio_fidelity.media.progress import Cancelled
from mio_fidelity.media.vault import CHUNK_BYTES, HEADER_BYTES
from tests.coding.packed import add_session
from tests.coding.vaulted import quiet, take_all
from tests.gui.conftest import QUIET, Coder
from tests.gui.front import button, press
from tests.gui.test_vault_dialog import in_front, study_page

pytestmark = QUIET


def opened(window: Coder, page: Any) -> CheckDialog:
    """The dialog, with everything read."""
    button(page, "Check").setFocus()
    press(Qt.Key.Key_Space)
    found: CheckDialog = in_front(window, page, CheckDialog)
    window.wait(lambda: not found.busy and found.report.text() != "", 20_000)
    return found


def test_all_is_well_whether_plain_or_in_the_vault(window: Coder) -> None:
    take_all(window.study)
    add_session(window.study, 41)
    dialog = opened(window, study_page(window))
    assert "Read: 2 of 2" in dialog.state.text()
    assert "✔" in dialog.report.text()
    assert not dialog.faults.isVisible()
    press(Qt.Key.Key_Escape)
    window.wait(lambda: not dialog.isVisible())


def test_each_fault_is_listed_as_what_it_is_and_gone_once_it_is_mended(window: Coder) -> None:
    take_all(window.study)
    (sealed,) = (window.study.folder / "vault").iterdir()
    whole = sealed.read_bytes()
    spoilt = bytearray(whole)
    spoilt[HEADER_BYTES + CHUNK_BYTES + 50] ^= 1
    sealed.write_bytes(spoilt)
    for number in (41, 42):
        add_session(window.study, number)
    gone, other = sorted((window.study.folder / "recordings").glob("qzxj-4*.wav"))
    gone.unlink()
    content = other.read_bytes()
    other.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    dialog = opened(window, study_page(window))
    told = [dialog.faults.item(row).text() for row in range(dialog.faults.count())]
    assert sorted(words.split(": ")[1].split(" ")[-1] for words in told) == ["lie", "place", "study's"]
    assert "Not what they were: 3" in dialog.report.text()
    assert not any(path.name in words for path in (gone, other, sealed) for words in told)
    sealed.write_bytes(whole)
    button(dialog, "Check again").click()
    window.wait(lambda: not dialog.busy and "Not what they were: 2" in dialog.report.text(), 20_000)
    dialog.close()


def test_stopped_it_says_what_was_read_until_then(window: Coder) -> None:
    window.study.sign_in("S1")
    tally = CheckTally()
    try:
        check(window.study.project, None, tally, quiet, lambda: True)
    except Cancelled:
        pass
    else:
        raise AssertionError("nobody stopped it")
    assert (tally.files, tally.whole, tally.faults) == (1, 0, [])
    dialog = opened(window, study_page(window))
    dialog._tally = tally
    dialog._tell(stopped=True)
    assert "▲ Stopped" in dialog.report.text()
    dialog.close()


def test_damage_in_the_vault_is_said_when_the_study_is_opened(window: Coder) -> None:
    take_all(window.study)
    care = window.window.care
    with window.qtbot.waitSignal(care.checked, timeout=20_000) as told:
        care.back_up(then_check=True)
    assert told.args == [True]
    (sealed,) = (window.study.folder / "vault").iterdir()
    sealed.unlink()
    window.wait(lambda: not care.busy, 20_000)
    with window.qtbot.waitSignal(care.checked, timeout=20_000) as told:
        care.back_up(then_check=True)
    assert told.args == [False]
    assert any("in the vault that are missing or damaged: 1." in text for text in texts(care.notices))


def texts(widget: Any) -> list[str]:
    from PySide6.QtWidgets import QLabel

    return [each.text() for each in widget.findChildren(QLabel)]
