"""The dialogs of the vault and of removal, for the walk through the program."""

from typing import Any

from PySide6.QtWidgets import QWidget

from mio_fidelity.coding import vault
from mio_fidelity.gui.check_dialog import CheckDialog
from mio_fidelity.gui.copy_out_dialog import CopyOutDialog
from mio_fidelity.gui.removal_dialog import RemovalDialog
from mio_fidelity.gui.retention_dialogs import ConsentDialog, KeepDialog, RetentionDialog
from mio_fidelity.gui.vault_dialog import VaultDialog
from mio_fidelity.gui.vault_work import VaultTally
from mio_fidelity.media.condition import Condition
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
        "the check": lambda: supervised(coder, lambda: _faulty(coder)),
        "how long": lambda: RetentionDialog(bench),
        "kept until": lambda: supervised(coder, lambda: KeepDialog(bench, [study.session_id])),
        "consent": lambda: ConsentDialog(bench, "x", CLIENT),
    }


def _settled(coder: Any, dialog: Any) -> QWidget:
    dialog.show()
    coder.wait(lambda: not dialog.busy, 10_000)
    made: QWidget = dialog
    return made


def _faulty(coder: Any) -> QWidget:
    """With every fault there is."""
    made: Any = _settled(coder, CheckDialog(coder.window._bench))
    kept, *_ = coder.study.ask(vault.kept, coder.study.folder)
    made._tally.faults = [(kept, told) for told in Condition]
    made._tell(stopped=True)
    shown: QWidget = made
    return shown


def _stopped(coder: Any) -> QWidget:
    made: Any = _settled(coder, VaultDialog(coder.window._bench))
    made._tally = VaultTally(3, 1)
    made._take_run(stopped=True)
    return _settled(coder, made)
