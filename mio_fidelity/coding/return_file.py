"""The file in which a coder's work comes back: sealed with a key that only the package and the study know.

::

    MIO return 1\\n   id of the package (32 hexadecimal digits)   salt (16 bytes)   AES-256-GCM of JSON

The key was made with the package, lies in it and in the study, and is stretched by the salt to one key per
file. So the study opens it without the coder's pass phrase, and nobody else can read it, or write one.
"""

import json
import os
import re
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from mio_fidelity.errors import UserError

SUFFIX = ".mioback"
FORMAT = 1
MOST_BYTES = 256_000_000
_KIND = b"MIO return "
_BEGIN = re.compile(re.escape(_KIND) + rb"([0-9]{1,6})\n([0-9a-f]{32})")
_SALT_BYTES = 16
# Each key that seals a file serves once.
_ONCE = bytes(12)


def sealed(told: dict[str, Any], package_id: str, key: bytes) -> bytes:
    """The whole content of a return file.

    Args:
        told: What it says; plain values.
        package_id: Of which package.
        key: 32 bytes, the package's.
    """
    header = _KIND + f"{FORMAT}\n{package_id}".encode() + os.urandom(_SALT_BYTES)
    plain = json.dumps(told, separators=(",", ":")).encode()
    return header + AESGCM(_own(key, header[-_SALT_BYTES:])).encrypt(_ONCE, plain, header)


def read_file(path: Path) -> bytes:
    """The content of a file somebody chose.

    Raises:
        UserError: it cannot be read, or is larger than returned work can be.
    """
    try:
        if path.stat().st_size > MOST_BYTES:
            raise _other()
        with path.open("rb") as file:
            return file.read(MOST_BYTES)
    except OSError as error:
        raise UserError(
            "The file cannot be read: {reason}. Copy it to this computer and choose it again.",
            reason=error.strerror or "the disk refused",
        ) from error


def package_of_file(content: bytes) -> str:
    """The id of the package that a return file belongs to; nobody has vouched for it yet.

    Raises:
        UserError: it is no return file, or one of a newer program.
    """
    found = _BEGIN.match(content)
    if found is None:
        raise _other()
    if int(found[1]) > FORMAT:
        raise UserError(
            "This work was returned by a newer version of the program. Install that version here, and take "
            "it in with that."
        )
    return found[2].decode()


def unsealed(content: bytes, key: bytes) -> Any:
    """What a return file says; its shape nobody has looked at yet.

    Raises:
        UserError: it is damaged, cut short or was not made with this package.
    """
    found = _BEGIN.match(content)
    ends = found.end() + _SALT_BYTES if found else 0
    header = content[:ends]
    try:
        plain = AESGCM(_own(key, header[-_SALT_BYTES:])).decrypt(_ONCE, content[ends:], header)
        return json.loads(plain)
    except (InvalidTag, ValueError, RecursionError) as error:
        raise spoilt() from error


def spoilt() -> UserError:
    """The sentence for a file that cannot be trusted."""
    return UserError(
        "The file is damaged, was not copied whole, or was changed, so nothing was taken in. Copy it again, "
        "or let the coder return the work once more."
    )


def _other() -> UserError:
    return UserError(
        "This file holds no returned work. Choose the file that “Return my work” made; its name ends in "
        ".mioback."
    )


def _own(key: bytes, salt: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=salt, info=b"mio-fidelity return").derive(key)
