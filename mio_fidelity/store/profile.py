"""Where the database of a study on a server is, and as whom: a small file, never with a password in it."""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from platformdirs import user_config_path

from mio_fidelity.errors import UserError
from mio_fidelity.store.durable import write_durably

FILE = "server.json"
# From what is encrypted when possible to what proves that it is the right server.
SSL_MODES = ("prefer", "require", "verify-ca", "verify-full")


@dataclass(frozen=True, slots=True)
class Profile:
    """How to reach the database of a study.

    Attributes:
        host: Name or address of the server.
        database: The database's name on it.
        user: The database role.
        port: Where the server listens.
        sslmode: How the connection is protected; one of `SSL_MODES`.
        root_certificate: A file with the certificate that vouches for the server; empty for the system's.
        files: The folder that holds the recordings, where that is not the folder of this profile.
    """

    host: str
    database: str
    user: str
    port: int = 5432
    sslmode: str = "require"
    root_certificate: str = ""
    files: str = ""


def is_on_server(folder: Path) -> bool:
    """Whether ``folder`` leads to a study on a server."""
    # Unlike Path.is_file, a name no system allows counts as absent.
    return os.path.isfile(folder / FILE)


def read_profile(folder: Path) -> Profile:
    """The profile kept in ``folder``.

    Raises:
        UserError: it cannot be read.
    """
    try:
        found = json.loads((folder / FILE).read_bytes())
        profile = Profile(**found)
    except (OSError, ValueError, TypeError, RecursionError) as error:
        raise _unreadable() from error
    texts = (profile.host, profile.database, profile.user, profile.root_certificate, profile.files)
    sound = all(isinstance(text, str) for text in texts) and isinstance(profile.port, int)
    if not sound or profile.sslmode not in SSL_MODES:
        raise _unreadable()
    return profile


def keep_profile(folder: Path, profile: Profile) -> None:
    """Write ``profile`` into ``folder``, which is made when it is missing.

    Raises:
        UserError: it cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_durably(folder / FILE, json.dumps(asdict(profile), indent=1).encode())
    except OSError as error:
        raise UserError(
            "The connection could not be kept: {reason}. Choose a folder that you may write in.",
            reason=error.strerror or "the disk refused",
        ) from error


def profiles(root: Path | None = None) -> tuple[Path, ...]:
    """The folders of all connections kept on this computer, the one used last first."""
    root = root or default_root()
    found = [path.parent for path in root.glob(f"*/{FILE}")] if root.is_dir() else []
    return tuple(sorted(found, key=lambda folder: (folder / FILE).stat().st_mtime, reverse=True))


def default_root() -> Path:
    """Where connections are kept when no other place is named."""
    return user_config_path("mio-fidelity", appauthor=False) / "servers"


def _unreadable() -> UserError:
    return UserError("server.json cannot be read. Connect to the server anew; nothing on it was changed.")
