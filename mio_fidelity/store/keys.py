"""The keys of a study: a random data key, wrapped once for each pass phrase that opens it."""

import json
import os
import secrets
import unicodedata
from base64 import b64decode, b64encode
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from mio_fidelity.errors import UserError
from mio_fidelity.store.durable import write_durably

FILE = "keys.json"
SHORTEST_PASSPHRASE = 10


@dataclass(frozen=True, slots=True)
class Cost:
    """How much work one guess at a pass phrase costs.

    The default is the second recommended option of RFC 9106, section 4: 64 MiB, 3 passes, 4 lanes.
    """

    memory_kib: int = 65_536
    passes: int = 3
    lanes: int = 4

    def acceptable(self) -> bool:
        """Whether it is neither absurd nor a way to exhaust this computer."""
        lanes_fit = 1 <= self.lanes <= 64 and self.memory_kib >= 8 * self.lanes
        return lanes_fit and self.memory_kib <= 1_048_576 and 1 <= self.passes <= 16


def create_keys(folder: Path, passphrase: str, cost: Cost | None = None) -> bytes:
    """Make the study's data key and write it, wrapped, to ``keys.json``.

    Returns:
        The 32-byte data key.

    Raises:
        UserError: the pass phrase is too short.
    """
    _check_length(passphrase)
    data_key = secrets.token_bytes(32)
    slot = _wrap(data_key, passphrase, "study", cost or Cost())
    write_durably(folder / FILE, json.dumps({"format": 1, "slots": [slot]}, indent=1).encode())
    return data_key


def unlock(folder: Path, passphrase: str) -> bytes:
    """The study's data key.

    Raises:
        UserError: no slot opens with ``passphrase``, or the file is missing or damaged.
    """
    for slot in _slots(folder / FILE):
        try:
            return _unwrap(slot, passphrase)
        except InvalidTag:
            continue
    raise UserError(
        "This pass phrase does not open the study. Look at Caps Lock and the keyboard layout, and try again."
    )


def subkey(data_key: bytes, use: str) -> bytes:
    """A 32-byte key for one ``use``, so that no key serves two purposes (HKDF, RFC 5869)."""
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=f"mio-fidelity {use}".encode()).derive(
        data_key
    )


def _check_length(passphrase: str) -> None:
    if len(passphrase) < SHORTEST_PASSPHRASE:
        raise UserError(
            "The pass phrase has fewer than {least} characters. Use a longer one; several words are easy to "
            "remember.",
            least=SHORTEST_PASSPHRASE,
        )


def _stretched(passphrase: str, salt: bytes, cost: Cost) -> AESGCM:
    # Surrogates stand for bytes of the environment that are no UTF-8.
    words = unicodedata.normalize("NFKC", passphrase).encode(errors="surrogatepass")
    kdf = Argon2id(
        salt=salt, length=32, iterations=cost.passes, lanes=cost.lanes, memory_cost=cost.memory_kib
    )
    return AESGCM(kdf.derive(words))


def _bound(name: str, cost: Cost) -> bytes:
    """What the wrapping vouches for beside the key, so that a slot cannot be renamed or weakened."""
    return json.dumps([name, cost.memory_kib, cost.passes, cost.lanes]).encode()


def _wrap(data_key: bytes, passphrase: str, name: str, cost: Cost) -> dict[str, Any]:
    salt, nonce = os.urandom(16), os.urandom(12)
    wrapped = _stretched(passphrase, salt, cost).encrypt(nonce, data_key, _bound(name, cost))
    fields = {"salt": salt, "nonce": nonce, "wrapped": wrapped}
    return {
        "name": name,
        "kdf": "argon2id",
        **asdict(cost),
        **{field: b64encode(value).decode() for field, value in fields.items()},
    }


def _unwrap(slot: dict[str, Any], passphrase: str) -> bytes:
    try:
        cost = Cost(int(slot["memory_kib"]), int(slot["passes"]), int(slot["lanes"]))
        salt, nonce, wrapped = (b64decode(slot[name], validate=True) for name in ("salt", "nonce", "wrapped"))
        name = str(slot["name"])
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise _damaged() from error
    if not cost.acceptable() or (len(salt), len(nonce), len(wrapped)) != (16, 12, 32 + 16):
        raise _damaged()
    return _stretched(passphrase, salt, cost).decrypt(nonce, wrapped, _bound(name, cost))


def _slots(path: Path) -> list[dict[str, Any]]:
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
    except (ValueError, KeyError, TypeError) as error:
        raise _damaged() from error
    if not isinstance(slots, list) or not slots or not all(isinstance(slot, dict) for slot in slots):
        raise _damaged()
    return slots


def _damaged() -> UserError:
    return UserError(
        "keys.json is damaged, so the study cannot be opened. Bring it back from the study's backups folder; "
        "the ratings themselves are untouched."
    )
