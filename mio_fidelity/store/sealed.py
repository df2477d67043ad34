"""A folder of encrypted files, for what can be made again: the pictures of recordings."""

import hashlib
import hmac
import os
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from mio_fidelity.store.durable import write_durably


class SealedFolder:
    """Files under names that tell nothing, with contents that only the study's key opens.

    Reading and writing touch no database and may happen on any thread.
    """

    def __init__(self, folder: Path, key: bytes) -> None:
        self._folder = folder
        self._key = key

    def write(self, name: str, content: bytes) -> None:
        """Keep ``content`` under ``name``.

        Raises:
            OSError: the file could not be written.
        """
        called, sealed = self.sealed(name, content)
        self._folder.mkdir(exist_ok=True)
        write_durably(self._folder / called, sealed)

    def sealed(self, name: str, content: bytes) -> tuple[str, bytes]:
        """What `write` would keep: the name of the file, and what is in it."""
        nonce = os.urandom(12)
        return self._path(name).name, nonce + AESGCM(self._key).encrypt(nonce, content, name.encode())

    def read(self, name: str) -> bytes | None:
        """What was kept under ``name``; None when nothing was, or when it can no longer be trusted."""
        try:
            content = self._path(name).read_bytes()
            return AESGCM(self._key).decrypt(content[:12], content[12:], name.encode())
        except (OSError, InvalidTag, ValueError):
            return None

    def forget(self, name: str) -> None:
        """Remove what was kept under ``name``, if anything was.

        Raises:
            OSError: it could not be removed.
        """
        self._path(name).unlink(missing_ok=True)

    def _path(self, name: str) -> Path:
        return self._folder / hmac.new(self._key, name.encode(), hashlib.sha256).hexdigest()[:32]
