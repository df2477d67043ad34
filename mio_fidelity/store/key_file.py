"""The file ``keys.json``: how the slots of a study lie in it, and how it is known that they are genuine.

Format 2::

    {"format": 2, "slots": [...], "seal": HMAC-SHA256 of the slots under a key derived from the data key}

A slot (`store/slots.py`) is named by the id of a person, or "study" for a pass phrase that all share, or
"recovery". It holds an X25519 pair whose private half is wrapped by argon2id of the pass phrase, and the data
key sealed to the public half: a new data key is sealed for all who stay without their pass phrases. All slots
share one salt, so that one stretch tries them all; a guess then counts against everybody, which makes it at
most as many times cheaper as there are people.

Format 1 had slots that wrap the data key itself. They are read, and become slots of format 2 when their pass
phrase is next used. Opening does not look at the seal, so that a damaged slot of one person locks nobody else
out; whatever writes the file does, so that nobody without the data key can slip a slot in.
"""

import hashlib
import hmac
import json
from collections.abc import Sequence
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from mio_fidelity.errors import UserError
from mio_fidelity.store.slots import Slot, is_old

FILE = "keys.json"


def slots_of(path: Path) -> list[Slot]:
    """The slots in a file, whoever wrote them.

    Raises:
        UserError: it is missing, unreadable or damaged.
    """
    try:
        found = json.loads(path.read_bytes())
        slots = found["slots"]
    except FileNotFoundError as error:
        raise UserError(
            "This folder has no keys.json, without which its study cannot be opened. Copy the whole study "
            "folder, or bring keys.json back from its backups folder."
        ) from error
    except OSError as error:
        raise UserError(
            "keys.json cannot be read. Check that you may open the files in this folder."
        ) from error
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise damaged_file() from error
    if not isinstance(slots, list) or not slots or not all(isinstance(slot, dict) for slot in slots):
        raise damaged_file()
    return slots


def checked(path: Path, data_key: bytes) -> list[Slot]:
    """The slots in a file, written by somebody who had the data key.

    Raises:
        UserError: it is missing, unreadable or damaged, or was changed by something else.
    """
    slots = slots_of(path)
    found = json.loads(path.read_bytes())
    # A file of format 1 has no seal, and no public keys that somebody could have put there.
    sealed = found.get("format") != 1 or not all(map(is_old, slots))
    if sealed and not hmac.compare_digest(
        str(found.get("seal")).encode(errors="replace"), _seal(slots, data_key).encode()
    ):
        raise UserError(
            "keys.json was changed by something else than this program, so it is not used for new pass "
            "phrases. Bring it back from the study's backups folder."
        )
    return slots


def names_in(content: bytes) -> tuple[str, ...]:
    """Whose slots there are in a keys.json that this program wrote."""
    return tuple(str(slot.get("name")) for slot in json.loads(content)["slots"])


def content_of(slots: Sequence[Slot], data_key: bytes) -> bytes:
    """What a file with these slots holds, its seal included."""
    return json.dumps({"format": 2, "slots": slots, "seal": _seal(slots, data_key)}, indent=1).encode()


def subkey(data_key: bytes, use: str) -> bytes:
    """A 32-byte key for one ``use``, so that no key serves two purposes (HKDF, RFC 5869)."""
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=f"mio-fidelity {use}".encode()).derive(
        data_key
    )


def damaged_file() -> UserError:
    """The sentence for a file that cannot be understood."""
    return UserError(
        "keys.json is damaged, so the study cannot be opened. Bring it back from the study's backups folder; "
        "the ratings themselves are untouched."
    )


def _seal(slots: Sequence[Slot], data_key: bytes) -> str:
    told = json.dumps(slots, sort_keys=True).encode()
    return hmac.new(subkey(data_key, "slots"), told, hashlib.sha256).hexdigest()
