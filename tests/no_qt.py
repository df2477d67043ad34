"""A pytest plugin under which PySide6 and VLC do not exist: ``pytest -p no:pytest-qt -p tests.no_qt``."""

import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from types import ModuleType

import pytest

BLOCKED = frozenset({"PySide6", "shiboken6", "vlc"})


class Blocker(MetaPathFinder):
    """Finds nothing, and lets nobody else find the blocked packages."""

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> None:
        if name.partition(".")[0] in BLOCKED:
            raise ModuleNotFoundError(f"No module named {name!r} (blocked by tests/no_qt.py)", name=name)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Know the settings of the absent pytest-qt, which pytest would otherwise warn about."""
    for name in ("qt_api", "qt_log_level_fail", "qt_log_ignore"):
        parser.addini(name, "a setting of pytest-qt, without effect here")


loaded = sorted(BLOCKED & {name.partition(".")[0] for name in sys.modules})
if loaded:
    raise pytest.UsageError(f"{', '.join(loaded)} was imported before it could be blocked.")
sys.meta_path.insert(0, Blocker())
