"""The engine of a study on a PostgreSQL server, and the sentences for what goes wrong on the way."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from socket import SHUT_RDWR, socket
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import QueuePool

from mio_fidelity.errors import UserError
from mio_fidelity.store.profile import Profile

CONNECT_S = 5
# Whoever writes holds the whole study, as in a file; somebody else's import may take a while.
WAIT_S = 20
# Who rates does not wait that long: what she did goes into the journal, and is told to the server later.
RATING = {"wait_ms": 2_000}
# Any number will do, as long as every program takes the same one.
WRITERS = 0x4D494F
_OPTIONS = (
    f"-c timezone=UTC -c lock_timeout={WAIT_S}s -c idle_in_transaction_session_timeout=120s"
    # Whatever the server is set to: what is read after the lock has to be what the last one stored.
    " -c default_transaction_isolation=read\\ committed"
)
# A read-only view of one moment.
ASKING = {"asking": True, "isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
_KEEPALIVE = {
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 2,
    "tcp_user_timeout": 6_000,
}


def server_engine(profile: Profile, password: str) -> Engine:
    """An engine on the database that ``profile`` names; nothing is connected before it is used.

    The password is in no address and no error. Verbs run one after another: each takes a lock for its
    transaction, which keeps the audit chain whole and lets a verb see all that was stored before it.

    Args:
        profile: Which database, as whom.
        password: Of the database role.
    """
    psycopg = _driver()
    # Its warnings name the host, the database and the person.
    logging.getLogger("psycopg").setLevel(logging.ERROR)

    def connect() -> Any:
        return psycopg.connect(
            host=profile.host,
            port=profile.port,
            dbname=profile.database,
            user=profile.user,
            password=password,
            sslmode=profile.sslmode,
            sslrootcert=profile.root_certificate or _system_certificates(profile.sslmode),
            connect_timeout=CONNECT_S,
            application_name="mio-fidelity",
            options=_OPTIONS,
            # A server that asks for the password itself is not to be had.
            require_auth="!password",
            **_KEEPALIVE,
        )

    engine = create_engine(
        "postgresql+psycopg://",
        creator=connect,
        poolclass=QueuePool,
        pool_size=1,
        max_overflow=3,
        hide_parameters=True,
    )
    event.listen(engine, "begin", _begin)
    return engine


def _begin(connection: Connection) -> None:
    options = connection.get_execution_options()
    if options.get("asking", False):
        return
    wait_ms = options.get("wait_ms", WAIT_S * 1000)
    connection.execute(
        text(f"SELECT set_config('lock_timeout', '{wait_ms}ms', true), pg_advisory_xact_lock({WRITERS})")
    )


def _system_certificates(sslmode: str) -> str | None:
    return "system" if sslmode == "verify-full" else None


def _driver() -> Any:
    try:
        import psycopg
    except ImportError as error:
        raise UserError(
            'The part that talks to servers is not installed. Install it with: pip install "psycopg[binary]"'
        ) from error
    return psycopg


def is_away(error: BaseException | None) -> bool:
    """Whether ``error`` says that the server cannot be reached, and not that it refused something."""
    if not isinstance(error, DBAPIError):
        return False
    state = getattr(error.orig, "sqlstate", None)
    if state is None:
        return type(error.orig).__name__ in ("OperationalError", "ConnectionTimeout") and not _refusal(error)
    return str(state).startswith("08") or state in ("57P01", "57P02", "57P03", "53300", "25P03")


class Patience:
    """Ends a wait for a server that has stopped answering without a word; for what can go on without it.

    Args:
        engine: Used on one thread alone.
    """

    def __init__(self, engine: Engine) -> None:
        self._in_use: Any = None
        event.listen(engine, "checkout", self._take)

    def _take(self, connection: Any, *_: Any) -> None:
        self._in_use = connection

    @contextmanager
    def for_s(self, seconds: float) -> Iterator[None]:
        """Hang up when what is done within takes longer; it then fails as when the network breaks."""
        timer = threading.Timer(seconds, self._hang_up)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def _hang_up(self) -> None:
        if self._in_use is None or self._in_use.closed:
            return
        line = socket(fileno=self._in_use.fileno())
        with suppress(OSError):
            line.shutdown(SHUT_RDWR)
        # It is the driver's, and closed by that.
        line.detach()


def is_busy(error: BaseException | None) -> bool:
    """Whether ``error`` says that somebody else was storing something all the time."""
    return isinstance(error, DBAPIError) and getattr(error.orig, "sqlstate", None) == "55P03"


def _refusal(error: DBAPIError) -> bool:
    """Errors on connecting carry no code, only words; these will not mend themselves."""
    words = str(error.orig).lower()
    return any(sign in words for sign, _ in _SENTENCES if sign not in _PASSING)


def what_to_do_there(error: Exception) -> UserError:
    """The sentence for a server that cannot be reached, or that refuses."""
    words = str(getattr(error, "orig", error)).lower()
    for sign, template in _SENTENCES:
        if sign in words:
            return UserError(template)
    return UserError(
        "The server did not do this, and nothing was changed. Try again; if it happens again, tell whoever "
        "looks after the server."
    )


_UNKNOWN = (
    "No computer of this name is known here, so the server was not reached. Check the name, and whether the "
    "network or the VPN is on."
)
_AWAY = "The server cannot be reached. Check the network or the VPN; nothing that was stored is lost."
_REFUSED = (
    "The computer answers, but no database server does. Check the port, and whether the database server runs."
)
_CERTIFICATE = (
    "The server could not prove that it is the right one, so no password was sent. Check the certificate "
    "file and the server's name with whoever looks after the server."
)
_SENTENCES = (
    ("could not translate host name", _UNKNOWN),
    ("failed to resolve host", _UNKNOWN),
    ("name or service not known", _UNKNOWN),
    ("nodename nor servname", _UNKNOWN),
    (
        "password authentication failed",
        "The server does not accept this name with this password. Look at Caps Lock, and try again.",
    ),
    (
        "no password supplied",
        "The server wants a password. Type the one that belongs to your name on the server.",
    ),
    (
        "is not permitted to log in",
        "This name may not sign in on the server. Ask whoever looks after the server.",
    ),
    ("certificate", _CERTIFICATE),
    (
        "does not support ssl",
        "The server offers no encrypted connection, so no password was sent. Ask whoever looks after it to "
        "turn encryption on, or choose another protection knowingly.",
    ),
    (
        "no pg_hba.conf entry",
        "The server does not let this name in from this computer. Ask whoever looks after the server.",
    ),
    (
        "authentication method requirement",
        "The server asks for the password in a way that would give it away, so it was not sent. Ask whoever "
        "looks after the server to use scram-sha-256.",
    ),
    ("role ", "The server does not know this name, or it lacks a right. Ask whoever looks after the server."),
    (
        "permission denied",
        "Your name on the server may not do this. Ask whoever looks after the server for the right to read "
        "and write the tables of the study.",
    ),
    (
        "must be owner",
        "Only the owner of the tables may lift what keeps submitted ratings as they are. Do this under a "
        "name that belongs to the owner; whoever looks after the server knows which.",
    ),
    ('database "', "There is no such database on the server. Check its name, or have it made there."),
    (
        "lock timeout",
        "Somebody else is storing something large, so this was not stored. Do it again in a moment.",
    ),
    (
        "nul (0x00)",
        "The text holds a character that cannot be stored. Type it, or paste it as plain text.",
    ),
    ("disk full", "The server's disk is full, so this was not stored. Tell whoever looks after the server."),
    ("no space left", "The server's disk is full, so this was not stored. Tell whoever looks after it."),
    ("read-only transaction", "The server takes no changes now, so this was not stored. Try again later."),
    ("too many", "Too many programs are connected to the server. Try again in a moment."),
    ("starting up", "The server is just starting. Try again in a moment."),
    ("connection refused", _REFUSED),
    ("timeout", _AWAY),
    ("no route", _AWAY),
    ("unreachable", _AWAY),
    ("terminating connection", _AWAY),
    ("server closed the connection", _AWAY),
    ("connection is closed", _AWAY),
    ("connection is lost", _AWAY),
    ("connection to server", _AWAY),
    ("consuming input failed", _AWAY),
    ("shutting down", _AWAY),
)
# Of these the server may be back in a moment.
_PASSING = {
    *("could not translate host name", "failed to resolve host", "name or service not known"),
    *("nodename nor servname", "too many", "starting up", "connection refused", "timeout", "no route"),
    *("unreachable", "terminating connection", "server closed the connection", "connection is closed"),
    *("connection is lost", "connection to server", "consuming input failed", "shutting down"),
    *("lock timeout", "disk full", "no space left"),
}
