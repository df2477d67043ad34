"""What supervisors write for coders to read: it must not say whose session it is about."""

import re

from sqlalchemy import select

from mio_fidelity.errors import UserError
from mio_fidelity.store import Db
from mio_fidelity.store.models import Client


def refuse_clients(db: Db, text: str) -> None:
    """Let only words pass that name no client of the study.

    Codes without a letter or without a digit are let pass: they are numbers and words as well.

    Raises:
        UserError: the code of a client is in ``text``.
    """
    lower = text.casefold()
    for code in db.scalars(select(Client.code)):
        one = code.casefold()
        telling = any(map(str.isdigit, one)) and any(map(str.isalpha, one))
        if telling and one in lower and re.search(rf"(?<!\w){re.escape(one)}(?!\w)", lower):
            raise UserError(
                "Coders read this, and {code} is a client of the study. Say it without the client.", code=code
            )
