"""How far the audit trail went when the study was last closed or backed up, sealed beside the database."""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from mio_fidelity.store.durable import write_durably

FILE = "study.head"


@dataclass(frozen=True, slots=True)
class Head:
    """The last line of an audit trail: its number, and the chain that vouches for all before it."""

    line: int = 0
    chain: str = ""


def head_of(connection: Any) -> Head:
    """The head of the trail that a connection or cursor reads; before version 0005 there are no chains."""
    columns = {row[1] for row in connection.execute("PRAGMA table_info(audit)").fetchall()}
    chain = "chain" if "chain" in columns else "''"
    found = connection.execute(f"SELECT id, {chain} FROM audit ORDER BY id DESC LIMIT 1").fetchone()
    return Head(int(found[0]), str(found[1])) if found else Head()


def keep_head(folder: Path, key: bytes, head: Head) -> None:
    """Write ``head`` beside the database.

    Raises:
        OSError: it could not be written.
    """
    write_durably(folder / FILE, sealed(key, head))


def sealed(key: bytes, head: Head) -> bytes:
    """``head``, readable and writable with the key alone."""
    nonce = os.urandom(12)
    return nonce + AESGCM(key).encrypt(nonce, json.dumps([head.line, head.chain]).encode(), FILE.encode())


def kept_head(folder: Path, key: bytes) -> Head | None:
    """What was kept; None when nothing was.

    Raises:
        ValueError: what lies there was not written with this key.
    """
    try:
        content = (folder / FILE).read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise ValueError("unreadable") from error
    try:
        line, chain = json.loads(AESGCM(key).decrypt(content[:12], content[12:], FILE.encode()))
    except InvalidTag as error:
        raise ValueError("forged or damaged") from error
    return Head(int(line), str(chain))
