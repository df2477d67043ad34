"""Passwords of servers in the system's own keyring, where there is one and the person wants that."""

from typing import Any

from mio_fidelity.store.profile import Profile

SERVICE = "MIO Fidelity"


def can_keep() -> bool:
    """Whether this computer has a keyring that the program can use."""
    keyring = _keyring()
    return keyring is not None and float(keyring.get_keyring().priority) > 0


def kept(profile: Profile) -> str:
    """The password kept for ``profile``; empty when there is none, or the keyring stays shut."""
    keyring = _keyring()
    if keyring is None:
        return ""
    try:
        return str(keyring.get_password(SERVICE, _name(profile)) or "")
    except keyring.errors.KeyringError:
        return ""


def keep(profile: Profile, password: str) -> bool:
    """Keep ``password``, or with an empty one forget it; whether the keyring did that."""
    keyring = _keyring()
    if keyring is None:
        return False
    try:
        if password:
            keyring.set_password(SERVICE, _name(profile), password)
        else:
            keyring.delete_password(SERVICE, _name(profile))
    except keyring.errors.KeyringError:
        return False
    return True


def _name(profile: Profile) -> str:
    return f"{profile.user}@{profile.host}:{profile.port}/{profile.database}"


def _keyring() -> Any:
    try:
        import keyring
        import keyring.errors
    except ImportError:
        return None
    return keyring
