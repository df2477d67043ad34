"""One slot of keys.json: a pair of keys whose private half a pass phrase opens.

The data key is sealed to the public half. So whoever has a new data key can seal it for everybody who stays,
without knowing their pass phrases.
"""

import json
import os
import unicodedata
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

Slot = dict[str, Any]
# Each key that seals a data key serves once.
_ONCE = bytes(12)
# Bytes of each field, with the 16 by which AES-GCM vouches for it.
_LENGTHS = {"salt": 16, "nonce": 12, "private": 48, "public": 32, "sender": 32, "sealed": 48, "wrapped": 48}


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


class DamagedError(Exception):
    """A slot holds what no slot can hold."""


class Stretcher:
    """Stretches one pass phrase, once for each salt and cost."""

    def __init__(self, passphrase: str) -> None:
        # Surrogates stand for bytes of the environment that are no UTF-8.
        self._words = unicodedata.normalize("NFKC", passphrase).encode(errors="surrogatepass")
        self._known: dict[tuple[bytes, Cost], bytes] = {}

    def stretched(self, salt: bytes, cost: Cost) -> bytes:
        """32 bytes made of the pass phrase by argon2id."""
        if (salt, cost) not in self._known:
            kdf = Argon2id(
                salt=salt, length=32, iterations=cost.passes, lanes=cost.lanes, memory_cost=cost.memory_kib
            )
            self._known[salt, cost] = kdf.derive(self._words)
        return self._known[salt, cost]


def is_old(slot: Mapping[str, Any]) -> bool:
    """Whether it is of format 1: the data key wrapped by the pass phrase itself."""
    return "wrapped" in slot


def new_slot(data_key: bytes, phrase: Stretcher, name: str, first: bool, salt: bytes, cost: Cost) -> Slot:
    """A slot that ``phrase`` opens.

    Args:
        data_key: The 32 bytes it holds.
        phrase: Its pass phrase.
        name: Whose it is.
        first: Whether the pass phrase is to be changed by whoever uses it first.
        salt: 16 bytes, the same for all slots of a study, so that one stretch tries them all.
        cost: Work per guess.
    """
    private = X25519PrivateKey.generate()
    slot = {
        "name": name,
        "first": first,
        "kdf": "argon2id",
        **asdict(cost),
        **_written(salt=salt, nonce=os.urandom(12), public=private.public_key().public_bytes_raw()),
    }
    wrapped = _wrapping(phrase, slot).encrypt(
        _bytes(slot, "nonce"), private.private_bytes_raw(), _bound(slot)
    )
    return sealed_for(slot | _written(private=wrapped), data_key)


def sealed_for(slot: Slot, data_key: bytes) -> Slot:
    """The slot with another data key in it; takes no pass phrase.

    Raises:
        DamagedError: its public key is none.
    """
    sender = X25519PrivateKey.generate()
    public = _bytes(slot, "public")
    try:
        shared = sender.exchange(X25519PublicKey.from_public_bytes(public))
    except ValueError as error:
        raise DamagedError from error
    own = sender.public_key().public_bytes_raw()
    sealed = AESGCM(_once(shared, own, public)).encrypt(_ONCE, data_key, _name(slot))
    return slot | _written(sender=own, sealed=sealed)


def opened(slot: Slot, phrase: Stretcher) -> bytes | None:
    """The data key in a slot; None when ``phrase`` does not open it.

    Raises:
        DamagedError: the slot cannot be one, or its pass phrase opens it and there is no data key.
    """
    wrapping, nonce = _wrapping(phrase, slot), _bytes(slot, "nonce")
    field = "wrapped" if is_old(slot) else "private"
    try:
        inside = wrapping.decrypt(nonce, _bytes(slot, field), _bound(slot))
    except InvalidTag:
        return None
    if is_old(slot):
        return inside
    sender, sealed = _bytes(slot, "sender"), _bytes(slot, "sealed")
    private = X25519PrivateKey.from_private_bytes(inside)
    try:
        shared = private.exchange(X25519PublicKey.from_public_bytes(sender))
        key = _once(shared, sender, _bytes(slot, "public"))
        return AESGCM(key).decrypt(_ONCE, sealed, _name(slot))
    except (InvalidTag, ValueError) as error:
        raise DamagedError from error


def cost_of(slot: Mapping[str, Any]) -> Cost:
    """Work per guess at a slot's pass phrase.

    Raises:
        DamagedError: it is absurd.
    """
    try:
        cost = Cost(int(slot["memory_kib"]), int(slot["passes"]), int(slot["lanes"]))
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise DamagedError from error
    if not cost.acceptable():
        raise DamagedError
    return cost


def salt_of(slot: Mapping[str, Any]) -> bytes:
    """The salt of a slot's pass phrase."""
    return _bytes(slot, "salt")


def _wrapping(phrase: Stretcher, slot: Mapping[str, Any]) -> AESGCM:
    stretched = phrase.stretched(salt_of(slot), cost_of(slot))
    # Of its own for each slot, though the salt is shared.
    return AESGCM(stretched if is_old(slot) else _derived(stretched, b"slot " + _name(slot)))


def _bound(slot: Mapping[str, Any]) -> bytes:
    """What the wrapping vouches for beside the key, so that no slot can be renamed, weakened or mixed."""
    cost = cost_of(slot)
    known = [str(slot.get("name")), cost.memory_kib, cost.passes, cost.lanes]
    if not is_old(slot):
        known += [slot.get("first") is True, b64encode(_bytes(slot, "public")).decode()]
    return json.dumps(known).encode()


def _once(shared: bytes, sender: bytes, public: bytes) -> bytes:
    return _derived(shared, b"sealed " + sender + public)


def _derived(key: bytes, use: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"mio-fidelity " + use).derive(key)


def _name(slot: Mapping[str, Any]) -> bytes:
    return str(slot.get("name")).encode(errors="surrogatepass")


def _written(**fields: bytes) -> dict[str, str]:
    return {field: b64encode(value).decode() for field, value in fields.items()}


def _bytes(slot: Mapping[str, Any], field: str) -> bytes:
    try:
        found = b64decode(slot[field], validate=True)
    except (KeyError, TypeError, ValueError) as error:
        raise DamagedError from error
    if len(found) != _LENGTHS[field]:
        raise DamagedError
    return found
