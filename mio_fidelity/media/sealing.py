"""A recording enciphered piece by piece, into whatever file takes the pieces."""

import hashlib
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import BinaryIO

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from mio_fidelity.errors import UserError
from mio_fidelity.media.vault import CHUNK_BYTES, MAGIC, _bound, _nonce

_SALT_BYTES = 16
# Whole chunks; hashed on another core while they are enciphered.
_BLOCK_BYTES = 16 * CHUNK_BYTES


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
    block, nth = plain.read(_BLOCK_BYTES), 0
    with ThreadPoolExecutor(1) as beside:
        while True:
            hashed = beside.submit(digest.update, block)
            following = plain.read(_BLOCK_BYTES)
            chunks = [block[at : at + CHUNK_BYTES] for at in range(0, len(block), CHUNK_BYTES)] or [b""]
            ends = nth + len(chunks) - 1 if not following else -1
            yield b"".join(
                cipher.encrypt(_nonce(at), chunk, _bound(salt, at, last=at == ends))
                for at, chunk in enumerate(chunks, start=nth)
            )
            hashed.result()
            if not following:
                break
            block, nth = following, nth + len(chunks)
    if digest.hexdigest() != sha256:
        raise UserError(
            "A recording is not the one that was added: its content differs. Locate the right file first."
        )
