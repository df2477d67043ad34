"""Preferences: what is damaged counts as the default, and nothing stops the work."""

import json
from pathlib import Path
from typing import Any

import pytest

from mio_fidelity.settings import SETTINGS, Settings


def test_what_is_set_is_there_the_next_time(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "settings.json"
    settings = Settings(path)
    settings["volume"] = 30
    settings["colors"] = "dark"
    settings["advance_after_rating"] = True
    settings["last_study"] = "\udcff ä"
    again = Settings(path)
    assert again.number("volume") == 30
    assert again.text("colors") == "dark"
    assert again["advance_after_rating"] is True
    assert again["last_study"] == "\udcff ä"
    assert again["player"] == "qt"
    assert [each.name for each in path.parent.iterdir()] == ["settings.json"]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xff\xfe",
        b'{"volume": 500, "colors": "pink", "player": 3, "text_percent": true}',
        b'{"volume": "80", "advance_after_rating": 1, "text_percent": null, "keys": {}}',
        b'{"volume": NaN, "text_percent": Infinity, "unknown": 1}',
    ],
)
def test_a_damaged_file_counts_as_the_defaults(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "settings.json"
    path.write_bytes(content)
    settings = Settings(path)
    assert {key: settings[key] for key in SETTINGS} == {key: each.default for key, each in SETTINGS.items()}
    settings["volume"] = 10
    assert Settings(path).number("volume") == 10


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("volume", 101),
        ("volume", -1),
        ("volume", True),
        ("volume", "80"),
        ("volume", float("nan")),
        ("colors", "pink"),
        ("colors", 1),
        ("advance_after_rating", 1),
    ],
)
def test_a_value_that_makes_no_sense_is_refused(tmp_path: Path, key: str, value: Any) -> None:
    settings = Settings(tmp_path / "settings.json")
    with pytest.raises(ValueError, match=key):
        settings[key] = value
    assert settings[key] == SETTINGS[key].default
    assert list(tmp_path.iterdir()) == []


def test_a_setting_nobody_declared_is_a_bug(tmp_path: Path) -> None:
    settings = Settings(tmp_path / "settings.json")
    with pytest.raises(KeyError):
        settings["speling"]
    with pytest.raises(KeyError):
        settings["speling"] = 1


def test_preferences_that_cannot_be_kept_hold_until_the_program_ends(tmp_path: Path) -> None:
    (tmp_path / "in_the_way").write_text("a file")
    settings = Settings(tmp_path / "in_the_way" / "settings.json")
    settings["volume"] = 30
    assert settings.number("volume") == 30
    (tmp_path / "folder.json").mkdir()
    settings = Settings(tmp_path / "folder.json")
    settings["volume"] = 30
    assert settings.number("volume") == 30
    assert sorted(each.name for each in tmp_path.iterdir()) == ["folder.json", "in_the_way"]


def test_every_default_is_one_the_setting_accepts() -> None:
    for setting in SETTINGS.values():
        assert setting.accepts(setting.default)
        assert setting.help
        assert json.loads(json.dumps(setting.default)) == setting.default
