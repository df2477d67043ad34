"""Rows of a package that stand for what stays at home: nothing in them tells of whose session it is."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from mio_fidelity.media.source import Source
from mio_fidelity.store.models import Base, Client, Recording, TreatmentSession, VaultKey, new_id
from mio_fidelity.store.whereabouts import VAULT

# New rows by kind, in the order in which they may be written: clients, sessions, ratings, recordings, what
# belongs to a rating or a recording, examples.
Rows = tuple[list[Client], list[TreatmentSession], list[Any], list[Recording], list[Base], list[Any]]


@dataclass(frozen=True, slots=True)
class Sound:
    """A recording that goes along, or that the coder has already.

    Attributes:
        source: Where its bytes come from at home.
        key: Enciphers it in the package; None when it is not in it.
        facts: Columns of its row that tell nothing of whose it is.
        keep_until: The last day on which it is kept at home; None for ever. It tells of the session.
        id: Of its row in the package, and its name in the vault there.
    """

    source: Source = field(repr=False)
    key: bytes | None = field(repr=False)
    facts: dict[str, Any]
    keep_until: date | None = None
    id: str = field(default_factory=new_id)


def placeholder(code: str, *, for_training: bool) -> tuple[Client, TreatmentSession]:
    """A session of a client of its own."""
    client = Client(id=new_id(), code=code)
    return client, TreatmentSession(id=new_id(), client_id=client.id, number=1, for_training=for_training)


def recordings_of(
    sounds: Iterable[Sound], session_id: str, made_at: datetime, keep_until: date | None
) -> list[Recording]:
    """The rows of a session's recordings.

    Args:
        sounds: In order.
        session_id: The placeholder's.
        made_at: When they were added.
        keep_until: The last day for all that goes along.
    """
    return [
        Recording(
            id=sound.id,
            session_id=session_id,
            part=nth,
            location=f"{VAULT}/{sound.id}" if sound.key else f"recordings/{sound.id}",
            added_at=made_at,
            keep_until=keep_until,
            **sound.facts,
        )
        for nth, sound in enumerate(sounds, start=1)
    ]


def keys_of(sounds: Iterable[Sound]) -> list[Base]:
    """The rows of their keys."""
    return [VaultKey(recording_id=sound.id, key=sound.key) for sound in sounds if sound.key]
