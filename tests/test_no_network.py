"""Nothing reaches for the network but what connects to the database that somebody named."""

import ast
import os
import socket
from pathlib import Path

import pytest

import mio_fidelity
from tests.offline import VARIABLE

PROGRAM = Path(mio_fidelity.__file__).parent
# What can open a connection, of Python and of Qt.
NETWORK = {
    *(
        "socket",
        "socketserver",
        "ssl",
        "select",
        "selectors",
        "asyncio",
        "urllib",
        "http",
        "ftplib",
        "smtplib",
    ),
    *("poplib", "imaplib", "telnetlib", "nntplib", "xmlrpc", "wsgiref", "webbrowser", "multiprocessing"),
    *("requests", "httpx", "aiohttp", "urllib3", "websockets", "paramiko", "psycopg"),
}
OF_QT = {
    "QtNetwork",
    "QtNetworkAuth",
    "QtWebSockets",
    "QtWebEngineCore",
    "QtWebEngineWidgets",
    "QtHttpServer",
}
# Opening an address in a browser is a way out, too; folders on this computer are shown with it.
ADDRESSES = ("http://", "https://", "ftp://", "rtsp://")
# The socket is that of the connection, shut when the server hangs.
MAY = {"store/server_engine.py": {"psycopg", "socket"}}


def imported(tree: ast.AST) -> set[str]:
    """First words of what is imported, and the parts of Qt."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [name.name for name in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or "", *(f"{node.module}.{name.name}" for name in node.names)]
        else:
            continue
        for name in names:
            first, _, rest = name.partition(".")
            found.add(rest.partition(".")[0] if first == "PySide6" else first)
    return found


def modules() -> list[Path]:
    return sorted(PROGRAM.rglob("*.py"))


@pytest.mark.parametrize("path", modules(), ids=lambda path: path.relative_to(PROGRAM).as_posix())
def test_a_module_imports_nothing_that_reaches_for_the_network(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    allowed = MAY.get(path.relative_to(PROGRAM).as_posix(), set())
    assert imported(ast.parse(text)) & (NETWORK | OF_QT) <= allowed
    asked = [
        node.value
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.startswith(ADDRESSES)
    ]
    assert asked == []


def test_the_only_module_that_may_is_there() -> None:
    assert all("psycopg" in imported(ast.parse((PROGRAM / name).read_text())) for name in MAY)


@pytest.mark.skipif(VARIABLE not in os.environ, reason="the network is not shut off; see start.py")
def test_the_network_is_shut_off_while_the_suite_runs() -> None:
    assert [name for _, name in socket.if_nameindex()] == ["lo"]
