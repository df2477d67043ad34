"""Preferences of this computer, in one table. Of a study only its place is kept, of a person nothing."""

import json
import os
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_config_path, user_data_path

Value = bool | int | float | str


@dataclass(frozen=True, slots=True)
class Setting:
    """One preference.

    Attributes:
        key: Its name in the file.
        default: Its value on a new computer; fixes the type.
        help: What it does, for the preferences window.
        low: Smallest value of a number.
        high: Largest value of a number.
        choices: The values a text may have; empty when any will do.
    """

    key: str
    default: Value
    help: str
    low: float = 0
    high: float = 0
    choices: tuple[str, ...] = ()

    def accepts(self, value: object) -> bool:
        """Whether ``value`` has the right type and lies in range."""
        if isinstance(self.default, bool) or isinstance(value, bool):
            return isinstance(self.default, bool) and isinstance(value, bool)
        if isinstance(self.default, int | float):
            return isinstance(value, int | float) and self.low <= value <= self.high
        return isinstance(value, str) and (not self.choices or value in self.choices)


SETTINGS = {
    setting.key: setting
    for setting in (
        Setting("player", "qt", "Playback engine", choices=("qt", "vlc")),
        Setting("resume_jump_ms", 2000, "Jump back when playback resumes", 0, 10_000),
        Setting("mark_lead_ms", 3000, "How long before now a new mark is set", 0, 30_000),
        Setting("volume", 80, "Volume", 0, 100),
        Setting("colors", "system", "Colours", choices=("system", "light", "dark")),
        Setting("text_percent", 100, "Size of text, compared with the system's", 80, 250),
        Setting("advance_after_rating", False, "Go to the next rating as soon as one is given"),
        Setting("lock_minutes", 10, "Lock the window when nobody has been there for", 1, 60),
        Setting("language", "", "Language"),
        Setting("last_study", "", "The folder opened last"),
        Setting("places_accepted", "[]", "Folders whose risk was accepted, as JSON: fingerprints of places"),
        Setting("keys", "{}", "Keys that were changed, as JSON: command to key"),
    )
}


class Settings:
    """The preferences in effect; a damaged file or value counts as the default.

    Args:
        path: The file they are kept in; None for the place this system keeps such files.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path or user_config_path("mio-fidelity", appauthor=False) / "settings.json"
        self._values = _read(self._path)

    def __getitem__(self, key: str) -> Value:
        return self._values.get(key, SETTINGS[key].default)

    def number(self, key: str) -> int:
        """The whole number kept under ``key``."""
        return int(self[key])

    def text(self, key: str) -> str:
        """The text kept under ``key``."""
        return str(self[key])

    def __setitem__(self, key: str, value: Value) -> None:
        """Keep ``value``.

        Raises:
            ValueError: it is not one the setting accepts.
        """
        if not SETTINGS[key].accepts(value):
            raise ValueError(f"{key} cannot be {value!r}")
        if self[key] == value:
            return
        self._values[key] = value
        _write(self._path, self._values)


def default_demo_folder() -> Path:
    """Where the demo study is made when no other place is named."""
    return user_data_path("mio-fidelity", appauthor=False) / "demo-study"


def _read(path: Path) -> dict[str, Value]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    if not isinstance(found, Mapping):
        return {}
    return {key: value for key, value in found.items() if key in SETTINGS and SETTINGS[key].accepts(value)}


def _write(path: Path, values: Mapping[str, Value]) -> None:
    """Replace the file in one step; preferences that cannot be kept must not stop the work."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix="settings-")
    except OSError:
        return
    with suppress(OSError):
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(values, file, indent=1, sort_keys=True)
        os.replace(name, path)
        return
    with suppress(OSError):
        os.unlink(name)
