"""Recordings of a study in its vault, as the window takes them in."""

from mio_fidelity.gui.vault_work import VaultTally, look, take_in
from tests.conftest import OpenStudy


def quiet(_share: float) -> None:
    """Nobody watches."""


def never() -> bool:
    """Nobody stops it."""
    return False


def take_all(study: OpenStudy, delete: bool = True) -> VaultTally:
    """Take every plain recording in, as S1, who stays signed in."""
    study.sign_in("S1")
    plain = [each for each in look(study.project, None, quiet, never).recordings if not each.sealed]
    tally = VaultTally(len(plain))
    take_in(study.project, plain, delete, tally, quiet, never)
    return tally
