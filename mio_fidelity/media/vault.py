"""A recording kept enciphered, read from any place without deciphering the rest.

The file is a header and chunks of 64 KiB, each sealed by itself (AES-256-GCM). A chunk vouches for its place
and for whether it is the last, so that pieces cannot be swapped, repeated or cut off unseen.
"""

import hashlib
import io
import os
import secrets
from pathlib import Path
from typing import Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from mio_fidelity.errors import UserError
from mio_fidelity.media.progress import Progress
from mio_fidelity.media.reading import said_plainly

MAGIC = b"MIO vault 1\n"
CHUNK_BYTES = 1 << 16
TAG_BYTES = 16
SALT_BYTES = 16
HEADER_BYTES = len(MAGIC) + SALT_BYTES
# Read ahead and kept deciphered, so that small reads do not open a chunk each time.
_KEPT_CHUNKS = 4
_READ_BYTES = 1 << 20
_SEALING_SHARE = 0.6


def new_key() -> bytes:
    """A key for one recording: 32 random bytes, used for one file and never again."""
    return secrets.token_bytes(32)


def sealed_bytes(plain_bytes: int) -> int:
    """The size of the enciphered file of a recording."""
    return HEADER_BYTES + plain_bytes + TAG_BYTES * max(1, -(-plain_bytes // CHUNK_BYTES))


def seal(source: Path, target: Path, key: bytes, progress: Progress) -> None:
    """Write ``source`` enciphered to ``target``, whole or not at all.

    Args:
        source: The recording.
        target: Where the enciphered file goes; it does not exist yet.
        key: From `new_key`, fresh for this file.
        progress: Told the share done; stops the work when cancelled, and leaves nothing behind.

    Raises:
        UserError: ``source`` cannot be read.
        OSError: ``target`` cannot be written.
        Cancelled: the person asked to stop.
    """
    scratch = target.with_name(f"{target.name}.{secrets.token_hex(4)}.tmp")
    try:
        with _Plain(source) as plain, scratch.open("xb") as sealed:
            total = max(plain.size, 1)
            salt, cipher, done = os.urandom(SALT_BYTES), AESGCM(key), 0
            sealed.write(MAGIC + salt)
            chunk = plain.piece()
            for nth in range(1 << 40):
                following = plain.piece()
                sealed.write(cipher.encrypt(nonce(nth), chunk, bound(salt, nth, last=not following)))
                done += len(chunk)
                progress.at(min(done / total, 1.0))
                if not following:
                    break
                chunk = following
            sealed.flush()
            os.fsync(sealed.fileno())
        os.replace(scratch, target)
    finally:
        scratch.unlink(missing_ok=True)


class _Plain:
    """A recording read piece by piece; what the system says of reading it becomes a sentence."""

    def __init__(self, path: Path) -> None:
        self._path = path
        with said_plainly(path):
            self._file = path.open("rb")
            self.size = os.fstat(self._file.fileno()).st_size

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def piece(self) -> bytes:
        # One byte more than there was at first: a file that goes on growing ends too, and is found out.
        with said_plainly(self._path):
            return self._file.read(min(CHUNK_BYTES, self.size + 1 - self._file.tell()))


def seal_checked(source: Path, target: Path, key: bytes, sha256: str, progress: Progress) -> None:
    """As `seal`, and read back: what ``target`` holds is the recording with this fingerprint.

    Raises:
        UserError: ``source`` is another recording, or the disk gave back something else. Nothing is left.
        OSError: ``target`` cannot be written.
        Cancelled: the person asked to stop.
    """
    try:
        seal(source, target, key, progress.part(0.0, _SEALING_SHARE))
        digest, reading = hashlib.sha256(), progress.part(_SEALING_SHARE, 1.0)
        with Unsealed(target, key) as back:
            while piece := back.read(_READ_BYTES):
                digest.update(piece)
                reading.at(back.tell() / max(back.size, 1))
        if digest.hexdigest() != sha256:
            raise UserError(
                "The file in this place is not the recording that was added: its content differs. Locate the "
                "right file first."
            )
    except BaseException:
        target.unlink(missing_ok=True)
        raise
    reading.at(1.0)


class Unsealed(io.RawIOBase):
    """An enciphered recording as a file of its plain bytes; nothing plain is ever written anywhere.

    One thread at a time may read.

    Args:
        path: The enciphered file.
        key: The one it was sealed with.

    Raises:
        UserError: it is no such file, it is cut short, or the key is another's.
        OSError: it cannot be read.
    """

    def __init__(self, path: Path, key: bytes) -> None:
        super().__init__()
        self._file = path.open("rb")
        try:
            header = self._file.read(HEADER_BYTES)
            body = os.fstat(self._file.fileno()).st_size - HEADER_BYTES
            if len(header) < HEADER_BYTES or header[: len(MAGIC)] != MAGIC or body < TAG_BYTES:
                raise _spoilt()
            self._salt, self._cipher = header[len(MAGIC) :], AESGCM(key)
            self._chunks = -(-body // (CHUNK_BYTES + TAG_BYTES))
            self._size = body - self._chunks * TAG_BYTES
            self._kept: dict[int, bytes] = {}
            self._at = 0
            # The last chunk vouches for the length.
            self._chunk(self._chunks - 1)
        except BaseException:
            self._file.close()
            raise

    @property
    def size(self) -> int:
        """Plain bytes."""
        return self._size

    def readable(self) -> bool:
        """Yes."""
        return True

    def seekable(self) -> bool:
        """Yes."""
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Stand elsewhere; the new place."""
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._size}[whence]
        self._at = max(0, base + offset)
        return self._at

    def tell(self) -> int:
        """The place in plain bytes."""
        return self._at

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        """Fill ``buffer`` from here on.

        Raises:
            UserError: the file was damaged or changed.
        """
        room = memoryview(buffer).cast("B")
        done = 0
        while done < len(room) and self._at < self._size:
            nth, within = divmod(self._at, CHUNK_BYTES)
            piece = self._chunk(nth)[within : within + len(room) - done]
            room[done : done + len(piece)] = piece
            done += len(piece)
            self._at += len(piece)
        return done

    def close(self) -> None:
        """Give the file back."""
        self._file.close()
        self._kept = {}
        super().close()

    def _chunk(self, nth: int) -> bytes:
        if nth not in self._kept:
            self._file.seek(HEADER_BYTES + nth * (CHUNK_BYTES + TAG_BYTES))
            sealed = self._file.read(CHUNK_BYTES + TAG_BYTES)
            last = nth == self._chunks - 1
            try:
                plain = self._cipher.decrypt(nonce(nth), sealed, bound(self._salt, nth, last=last))
            except (InvalidTag, ValueError):
                raise _spoilt() from None
            while len(self._kept) >= _KEPT_CHUNKS:
                del self._kept[next(iter(self._kept))]
            self._kept[nth] = plain
        return self._kept[nth]


def nonce(nth: int) -> bytes:
    """Of a chunk: its number, as a key serves one file alone."""
    return nth.to_bytes(12, "big")


def bound(salt: bytes, nth: int, *, last: bool) -> bytes:
    """What a chunk vouches for beside its bytes: its file, its place, and whether it is the last."""
    return MAGIC + salt + nth.to_bytes(8, "big") + bytes([last])


def _spoilt() -> UserError:
    return UserError(
        "The encrypted recording is damaged, cut short or not this study's. Bring it back from a copy of "
        "the study folder, or locate the original recording."
    )
