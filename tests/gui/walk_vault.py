"""The dialogs of the vault and of removal, for the walk through the program."""

from typing import Any

from PySide6.QtWidgets import QWidget

from mio_fidelity.gui.copy_out_dialog import CopyOutDialog
from mio_fidelity.gui.removal_dialog import RemovalDialog
from mio_fidelity.gui.retention_dialogs import ConsentDialog, RetentionDialog
from mio_fidelity.gui.vault_dialog import VaultDialog
from mio_fidelity.gui.vault_work import VaultTally
from tests.conftest import CLIENT
from tests.gui.walk_keys import supervised


def dialogs(coder: Any) -> dict[str, Any]:
    """What makes each dialog."""
    bench, study = coder.window._bench, coder.study
    return {
        "the vault": lambda: supervised(coder, lambda: _settled(coder, VaultDialog(bench))),
        "the vault, stopped": lambda: supervised(coder, lambda: _stopped(coder)),
        "copies": lambda: supervised(coder, lambda: _settled(coder, CopyOutDialog(bench, ()))),
        "removal": lambda: supervised(
            coder, lambda: _settled(coder, RemovalDialog(bench, [study.session_id]))
        ),
        "how long": lambda: RetentionDialog(bench),
        "consent": lambda: ConsentDialog(bench, "x", CLIENT),
    }


def _settled(coder: Any, dialog: Any) -> QWidget:
    dialog.show()
    coder.wait(lambda: not dialog.busy, 10_000)
    made: QWidget = dialog
    return made


def _stopped(coder: Any) -> QWidget:
    made: Any = _settled(coder, VaultDialog(coder.window._bench))
    made._tally = VaultTally(3, 1)
    made._take_run(stopped=True)
    return _settled(coder, made)
