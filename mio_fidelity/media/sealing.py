"""A recording enciphered piece by piece, into whatever file takes the pieces."""

import hashlib
import os
from collections.abc import Iterator
from typing import BinaryIO

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from mio_fidelity.errors import UserError
from mio_fidelity.media.vault import CHUNK_BYTES, MAGIC, _bound, _nonce

_SALT_BYTES = 16


def sealed_pieces(plain: BinaryIO, key: bytes, sha256: str) -> Iterator[bytes]:
    """What `vault.seal` would write, without a file of its own: `vault.Unsealed` reads it.

    Args:
        plain: The recording.
        key: From `vault.new_key`, fresh for this use.
        sha256: Its fingerprint, compared once all is read.

    Raises:
        UserError: it is another recording.
        OSError: it cannot be read.
    """
    salt, cipher, digest = os.urandom(_SALT_BYTES), AESGCM(key), hashlib.sha256()
    yield MAGIC + salt
    chunk, nth, last = plain.read(CHUNK_BYTES), 0, False
    while not last:
        following = plain.read(CHUNK_BYTES)
        last = not following
        digest.update(chunk)
        yield cipher.encrypt(_nonce(nth), chunk, _bound(salt, nth, last=last))
        chunk, nth = following, nth + 1
    if digest.hexdigest() != sha256:
        raise UserError(
            "A recording is not the one that was added: its content differs. Locate the right file first."
        )
