"""A recording enciphered piece by piece, into whatever file takes the pieces."""

import hashlib
import os
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import BinaryIO

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from mio_fidelity.errors import UserError
from mio_fidelity.media.vault import CHUNK_BYTES, MAGIC, SALT_BYTES, TAG_BYTES, bound, nonce

Piece = bytes | memoryview
_CHUNKS = 16
_BLOCK_BYTES = _CHUNKS * CHUNK_BYTES


def sealed_pieces(plain: BinaryIO, size: int, key: bytes, sha256: str | None) -> Generator[Piece]:
    """What `vault.seal` would write, without a file of its own: `vault.Unsealed` reads it.

    All pieces live in the same memory: one is gone when the next is asked for.

    Args:
        plain: The recording, open for as long as pieces are asked for.
        size: How many bytes it has.
        key: From `vault.new_key`, fresh for this use.
        sha256: Its fingerprint, compared once all is read; None where what it is read from vouches for it.

    Raises:
        UserError: it is another recording.
        OSError: it cannot be read.
    """
    salt, cipher, digest = os.urandom(SALT_BYTES), AESGCM(key), hashlib.sha256()
    sealed = memoryview(bytearray(_CHUNKS * (CHUNK_BYTES + TAG_BYTES)))
    last, nth = max(1, -(-size // CHUNK_BYTES)) - 1, 0
    yield MAGIC + salt
    for block in _blocks(plain, size, digest.update if sha256 else lambda _: None):
        end = 0
        for at in range(0, len(block) or 1, CHUNK_BYTES):
            chunk = block[at : at + CHUNK_BYTES]
            piece = cipher.encrypt(nonce(nth), chunk, bound(salt, nth, last=nth == last))
            sealed[end : end + len(piece)] = piece
            end, nth = end + len(piece), nth + 1
        yield sealed[:end]
    if sha256 and digest.hexdigest() != sha256:
        raise UserError(
            "A recording is not the one that was added: its content differs. Locate the right file first."
        )


def _blocks(plain: BinaryIO, size: int, told: Callable[[memoryview], object]) -> Iterator[memoryview]:
    """The recording, whole chunks at a time; the next block is read and told while one is used."""
    free, coming = (memoryview(bytearray(_BLOCK_BYTES)) for _ in range(2))

    def read(into: memoryview) -> memoryview:
        block = into[: plain.readinto(into)]  # type: ignore[attr-defined]
        told(block)
        return block

    with ThreadPoolExecutor(1) as beside:
        reading = beside.submit(read, coming)
        while True:
            block = reading.result()
            if len(block) != min(size, _BLOCK_BYTES):
                raise _of_another_size()
            free, coming, size = coming, free, size - len(block)
            reading = beside.submit(read, coming)
            yield block
            if not size:
                break
        if reading.result():
            raise _of_another_size()


def _of_another_size() -> UserError:
    return UserError(
        "A recording is not the one that was added: its size differs. Locate the right file first."
    )
