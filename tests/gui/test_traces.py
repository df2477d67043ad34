"""What a whole day leaves on the computer: nothing of what was typed, heard or named, outside the study.

A day is worked in the real program in a process of its own, with a home, preferences and temporary folder of
its own (`traces_day`); then these are looked through, and what the program showed to the desktop.
"""

import json
import subprocess
import sys
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from tests import media_factory
from tests.gui.traces import CODES, LABELS, NEEDLE, WORDS, Places, contents, found_in

ROOT = Path(__file__).resolve().parents[2]
pytestmark = [
    pytest.mark.on_folder,
    pytest.mark.skipif(sys.platform != "linux", reason="folders are found in another way elsewhere"),
]
# What no export has unless somebody asks for it: words that people wrote of a session.
PRIVATE = ("note", "evidence", "amendment", "consensus", "minutes", "topic", "exemplar", "rationale")
# What no export has at all.
NEVER = ("folder", "recording", "tag", "chosen", "column", "cell", "phrase", "search", "refused", "crash")
SEVERAL = """
import json, sys
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from mio_fidelity.__main__ import main

def done(words):
    said, complained = StringIO(), StringIO()
    sys.argv = ["mio-fidelity", *words]
    with redirect_stdout(said), redirect_stderr(complained):
        try:
            code = main()
        except SystemExit as end:
            code = end.code
    return code, said.getvalue(), complained.getvalue()

print(json.dumps([done(words) for words in json.load(sys.stdin)]))
"""


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Places:
    """The computer in the evening."""
    places = Places(tmp_path_factory.mktemp("day"))
    places.make()
    for number in (1, 2):
        path = places.data / f"{WORDS['recording']}-{number}.wav"
        tagged(media_factory.make(path, 1 + number / 2, "wav"))
    (places.root / "untouched.txt").write_text(str(places.scratch.stat().st_mtime_ns), encoding="utf-8")
    people = ("--supervisor", CODES["supervisor"], "--coder", CODES["coder"], "--coder", CODES["peer"])
    assert [
        code for code, *_ in commands(places, ("new", places.study, "--title", LABELS["title"], *people))
    ] == [0]
    done = run(places, "-m", "tests.gui.traces_day", places.root)
    (places.root / "said.txt").write_text(done.stdout + done.stderr, encoding="utf-8")
    assert done.returncode == 0, told(places)["failed"]
    out, study = places.out, places.study
    written = commands(
        places,
        (
            "reliability",
            study,
            "--freeze",
            WORDS["frozen"],
            "--replicates",
            "100",
            "--xlsx",
            out / "a.xlsx",
            "--csv",
            out / "a.csv",
        ),
        ("export", study, "--out", out / "b.xlsx"),
        ("export-plain", study, out / "plain.sqlite"),
        ("export-plain", study, out.with_name("asked for.sqlite"), "--words"),
    )
    assert [code for code, *_ in written] == [0] * 4, written
    return places


def tagged(path: Path) -> None:
    """With a title in the file, as recorders and editors write one."""
    raw, title = path.read_bytes(), WORDS["tag"].encode().ljust(32, b"\0")
    info = b"INFO" + b"INAM" + len(title).to_bytes(4, "little") + title
    raw += b"LIST" + len(info).to_bytes(4, "little") + info
    path.write_bytes(raw[:4] + (len(raw) - 8).to_bytes(4, "little") + raw[8:])


def run(places: Places, *words: object, **more: Any) -> subprocess.CompletedProcess[str]:
    """A process on that computer."""
    environment = places.environment() | {"MIO_FIDELITY_PASSPHRASE": WORDS["phrase"]}
    given = [sys.executable, *map(str, words)]
    return subprocess.run(given, cwd=ROOT, env=environment, capture_output=True, text=True, **more)


def commands(places: Places, *several: tuple[object, ...]) -> list[tuple[int, str, str]]:
    """The exit code of each command, what it printed, and what it complained about."""
    done = run(places, "-c", SEVERAL, input=json.dumps([list(map(str, words)) for words in several]))
    assert done.returncode == 0, done.stderr
    return [tuple(each) for each in json.loads(done.stdout)]


def told(places: Places) -> dict[str, Any]:
    """What the day noted of itself."""
    found: dict[str, Any] = json.loads(places.told.read_text(encoding="utf-8"))
    return found


def words_in(texts: Iterable[str]) -> list[str]:
    return [text for text in texts if NEEDLE in text.lower()]


def test_preferences_caches_logs_and_temporary_files_hold_nothing_but_the_folder_opened_last(
    day: Places,
) -> None:
    settings = day.home / ".config" / "mio-fidelity" / "settings.json"
    kept = json.loads(settings.read_text(encoding="utf-8"))
    assert kept.pop("last_study") == str(day.study)
    settings.write_text(json.dumps(kept), encoding="utf-8")
    for place in (day.home, day.scratch, day.runtime):
        assert found_in(place) == []
    places = {str(path.relative_to(day.home).parts[1]) for path in day.home.glob("*/*")}
    assert "QtProject.conf" not in places


def test_nothing_was_ever_made_among_temporary_files(day: Places) -> None:
    assert not list(day.scratch.iterdir())
    # What was there for a moment would have touched the folder.
    assert str(day.scratch.stat().st_mtime_ns) == (day.root / "untouched.txt").read_text(encoding="utf-8")


def test_an_error_report_says_where_in_the_program_and_nothing_else(day: Places) -> None:
    reports = list(day.home.rglob("error-*.txt"))
    assert reports
    for report in reports:
        head, _, kind, *where = report.read_text(encoding="utf-8").splitlines()
        assert head.startswith("MIO Fidelity ")
        assert kind == "RuntimeError"
        assert where[-1].endswith(" fail")
    crashes = [text for text in told(day)["said"] if "RuntimeError" in text]
    assert len(crashes) == 2
    assert words_in(crashes) == []


def test_what_the_program_prints_holds_no_word(day: Places) -> None:
    said = (day.root / "said.txt").read_text(encoding="utf-8")
    assert "RuntimeError" in said
    assert NEEDLE not in said.lower()


def test_no_title_of_a_window_and_no_name_it_proposes_tells_more_than_for_whom_a_package_is(
    day: Places,
) -> None:
    found = told(day)
    assert {"MIO Fidelity", "Amend", "Remove recordings", "Something went wrong"} <= set(found["titles"])
    assert words_in(found["titles"]) == []
    (package,) = words_in(found["proposed"])
    assert package.startswith(CODES["coder"])
    assert words_in([package.removeprefix(CODES["coder"])]) == []
    assert len(found["proposed"]) > 7


def test_the_process_shows_nothing_to_others(day: Places) -> None:
    found = told(day)
    assert found["clipboard"] == [""] * 3
    assert found["deleted"] == []
    assert found["started"] == []
    assert NEEDLE not in found["cmdline"].lower()


def test_nothing_is_written_but_where_the_study_is_where_asked_and_where_programs_keep_theirs(
    day: Places,
) -> None:
    own = [day.home / ".config" / "mio-fidelity", day.home / ".local" / "state" / "mio-fidelity"]
    places = [*own, *(each for place in own for each in place.parents), day.data, day.out]
    elsewhere = [
        path
        for path in map(Path, told(day)["written"])
        if path not in places and not any(place in path.parents for place in (*own, day.data, day.out))
    ]
    assert elsewhere == []


def test_the_study_its_backups_and_packages_hold_no_word_and_no_name(day: Places) -> None:
    names = {path.name for path in day.study.iterdir()}
    assert {"study.db", "keys.json", "study.head", "study.lock", "backups", "vault", "peaks"} <= names
    assert found_in(day.study) == []
    assert list((day.study / "backups").glob("study-*.db"))
    assert list((day.study / "vault").iterdir())
    sealed = {
        path for path in day.out.rglob("*") if path.is_file() and path.suffix in (".miopack", ".mioback")
    }
    assert len(sealed) == 2
    assert [found for found in found_in(day.out) if "laptop" in found or ".mio" in found] == []


def test_exports_hold_nothing_that_people_wrote_of_a_session_and_no_name_of_a_file(day: Places) -> None:
    kinds = {path.suffix for path in day.out.iterdir()}
    assert {".xlsx", ".csv", ".pdf", ".toml", ".sqlite"} <= kinds
    assert found_in(day.out, [WORDS[name] for name in (*PRIVATE, *NEVER)]) == []
    # They are not empty: codes are what tables are of.
    assert found_in(day.out, [CODES["coder"]])


def test_words_leave_the_study_where_they_are_asked_for(day: Places) -> None:
    asked = b"\n".join(contents(day.root / "asked for.sqlite")).decode(errors="replace")
    assert [name for name in ("note", "evidence", "amendment") if WORDS[name] not in asked] == []
    assert [name for name in NEVER if WORDS[name] in asked] == []


def test_a_command_that_fails_leaves_nothing_and_tells_nothing_of_the_study(day: Places) -> None:
    missing, word = day.root / f"{WORDS['argument']}.wav", WORDS["argument"]
    before = sorted(path for path in day.home.rglob("*"))
    failed = commands(
        day,
        ("info", missing),
        ("add-recording", day.study, missing, "--client", word, "--number", "1", "--counselor", word),
        ("export", day.study, "--as", word),
        ("package", "make", day.study, word, day.out / "x.miopack"),
        ("import-sessions", day.study, missing),
        ("reliability", day.study, "--filter", f"coder={word}"),
        ("export", day.study, word),
        (word,),
    )
    assert [code for code, *_ in failed] == [2] * 8
    for _, said, complained in failed:
        assert said == ""
        assert "Traceback" not in complained
        # What was just typed may be said back, nothing else.
        assert NEEDLE not in complained.lower().replace(word, "")
    assert sorted(path for path in day.home.rglob("*")) == before
    assert found_in(day.home, [word]) == []


@pytest.mark.parametrize(
    ("name", "content"),
    [
        (f"a {NEEDLE}.txt", b""),
        ("a", NEEDLE.upper().encode()),
        ("b", NEEDLE.encode("utf-16-le")),
        ("c/d/.e", b"\0" + NEEDLE.encode()),
    ],
)
def test_a_word_that_stayed_would_be_found(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / name).write_bytes(content)
    assert len(found_in(tmp_path)) == 1


def test_a_word_in_a_workbook_would_be_found(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/sheet.xml", f"<v>{NEEDLE}</v>")
    assert len(found_in(tmp_path)) == 1
