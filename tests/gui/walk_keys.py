"""The lock, what the start page asks about pass phrases, and their dialogs, for the walk."""

from collections.abc import Iterator
from typing import Any

from PySide6.QtWidgets import QWidget

from mio_fidelity.gui.access_dialog import AccessDialog
from mio_fidelity.gui.passphrase_dialog import first_passphrase_dialog, own_passphrase_dialog
from mio_fidelity.gui.recovery_dialog import RecoveryDialog
from mio_fidelity.gui.rekey_dialog import end_shared_dialog, new_key_dialog, remove_dialog


def pages(coder: Any) -> Iterator[tuple[str, QWidget]]:
    """The steps that ask for a new pass phrase, and the lock."""
    start, lock = coder.window.start, coder.window.lock
    start.ask_own()
    yield "a pass phrase of one's own", start
    start.ask_recovery((("S1", coder.study.people["S1"]),))
    yield "a new pass phrase by the recovery key", start
    lock.lock()
    yield "locked", lock.page
    lock._resume()


def dialogs(coder: Any) -> dict[str, Any]:
    """What makes each dialog; those of a supervisor are made as one."""
    window, bench, who = coder.window, coder.window._bench, coder.study.people["R2"]
    return {
        "pass phrases": lambda: supervised(coder, lambda: AccessDialog(bench, window)),
        "recovery key": lambda: supervised(coder, lambda: RecoveryDialog(bench, window)),
        "my pass phrase": lambda: own_passphrase_dialog(bench, window),
        "somebody's pass phrase": lambda: first_passphrase_dialog(bench, who, "R2", window),
        "leaves the study, with a new key": lambda: remove_dialog(bench, who, "R2", window),
        "end the shared pass phrase": lambda: end_shared_dialog(bench, "R1, R2", window),
        "a new key": lambda: new_key_dialog(bench, window),
    }


def supervised(coder: Any, make: Any) -> QWidget:
    """A dialog made while S1 is signed in."""
    before = coder.study.project.person_id
    coder.study.sign_in("S1")
    made: QWidget = make()
    coder.study.project.sign_in(before)
    return made
