import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parent.parent


def load_start(folder: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("start", folder / "start.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


start = load_start(ROOT)


@pytest.fixture
def made(tmp_path: Path) -> Path:
    """A folder that looks like one set up for the program, but not for its tests."""
    python = tmp_path / ".venv" / start.PYTHON.relative_to(start.VENV)
    python.parent.mkdir(parents=True)
    python.touch()
    (tmp_path / ".venv" / "pyvenv.cfg").write_text("version = 3.11.2\n")
    (tmp_path / "pyproject.toml").write_text("[project]\n")
    (tmp_path / "requirements").mkdir()
    for kind in ("run", "dev"):
        (tmp_path / "requirements" / f"{kind}.txt").write_text("numpy==2.0.0\n")
    (tmp_path / ".venv" / "ready-run").write_text(start.stamp("run", tmp_path))
    return tmp_path


def pins(name: str) -> set[str]:
    return set(
        re.findall(r"^\S+==\S+(?: ; [^\\\n]+)?", (ROOT / "requirements" / name).read_text(), re.MULTILINE)
    )


def test_a_package_counts_as_installed_under_its_newer_name_too():
    wanted = ["libegl1", "libglib2.0-0", "xvfb"]
    assert start.missing_packages(wanted, {"libglib2.0-0t64", "xvfb"}) == ["libegl1"]


def test_dpkg_names_what_is_installed_and_leaves_out_what_is_not():
    if not start.shutil.which("dpkg-query"):
        pytest.skip("this system has no dpkg")
    assert start.installed_packages(["dpkg", "no-such-package"]) == {"dpkg"}


def test_one_sentence_names_the_missing_packages_and_the_command():
    sentence = start.missing_sentence(["libegl1", "libvlc5"])
    assert sentence == (
        "These system packages are missing: libegl1, libvlc5; "
        "install them with: sudo apt-get install --no-install-recommends libegl1 libvlc5"
    )


def test_the_sentence_says_that_vlc_is_optional_only_when_nothing_else_is_missing():
    assert "VLC is optional" in start.missing_sentence(["libvlc5", "vlc-plugin-base"])
    assert "optional" not in start.missing_sentence(["libvlc5", "xvfb"])


def test_an_environment_is_ready_for_what_it_was_made_for(made: Path):
    assert start.is_ready("run", made)
    assert not start.is_ready("dev", made)


@pytest.mark.parametrize("changed", ["requirements/run.txt", "pyproject.toml", ".venv/pyvenv.cfg"])
def test_an_environment_is_stale_when_its_sources_changed(made: Path, changed: str):
    with (made / changed).open("a") as file:
        file.write("# changed\n")
    assert not start.is_ready("run", made)


def test_other_requirements_for_the_tests_leave_the_program_ready(made: Path):
    (made / "requirements" / "dev.txt").write_text("numpy==2.1.0\n")
    assert start.is_ready("run", made)


def test_a_moved_folder_is_set_up_anew(made: Path):
    moved = made.rename(made.with_name("moved"))
    assert not start.is_ready("run", moved)


def test_an_environment_whose_python_went_away_is_not_ready(made: Path):
    (made / ".venv" / start.PYTHON.relative_to(start.VENV)).unlink()
    assert not start.is_ready("run", made)


def test_an_interrupted_set_up_is_noticed(made: Path):
    assert not start.is_half_made(made)
    (made / ".venv" / "unfinished").touch()
    assert start.is_half_made(made)
    assert not start.is_ready("run", made)


def test_only_linux_can_lack_a_screen():
    assert not start.has_screen({}, "linux")
    assert not start.has_screen({"DISPLAY": ""}, "linux")
    assert start.has_screen({"WAYLAND_DISPLAY": "wayland-0"}, "linux")
    assert start.has_screen({}, "darwin")
    assert start.has_screen({}, "win32")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere there is always a screen")
def test_the_demo_without_a_screen_says_so_and_touches_nothing(tmp_path: Path):
    (tmp_path / "start.py").write_bytes((ROOT / "start.py").read_bytes())
    screens = {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"}
    environment = {name: value for name, value in os.environ.items() if name not in screens}
    command = [sys.executable, "start.py", "demo"]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert done.returncode == 1
    assert "needs a screen" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert list(tmp_path.iterdir()) == [tmp_path / "start.py"]


@pytest.mark.parametrize(("args", "code"), [([], 0), (["--help"], 0), (["rnu"], 2)])
def test_without_a_known_command_the_help_is_shown(
    args: list[str], code: int, capsys: pytest.CaptureFixture[str]
):
    assert start.main(args) == code
    shown = capsys.readouterr().out
    assert all(f"start.py {name}" in shown for name in start.COMMANDS)


def test_the_last_check_is_the_whole_test_suite():
    headings, commands = zip(*start.steps(), strict=True)
    assert headings[-1].startswith("All tests (the network ")
    assert commands[-1][-1] == "pytest"


def test_the_whole_suite_runs_without_a_network_where_that_can_be_done():
    offline = start.without_network()
    if not offline:
        assert "could not be shut off" in list(start.steps())[-1][0]
        pytest.skip("the network cannot be shut off on this computer")
    look = (
        "import socket; print([name for _, name in socket.if_nameindex()]);"
        "a, b = socket.create_server(('127.0.0.1', 0)), socket.socket(); b.connect(a.getsockname());"
        "print(1); socket.socket(type=socket.SOCK_DGRAM).connect(('192.0.2.1', 9))"
    )
    done = subprocess.run(
        [*offline, sys.executable, "-W", "ignore", "-c", look], capture_output=True, text=True
    )
    assert done.stdout.splitlines() == ["['lo']", "1"]
    assert "unreachable" in done.stderr


def test_what_fails_shows_its_last_lines(capsys: pytest.CaptureFixture[str]):
    program = "for n in range(40): print('line', n)\nraise SystemExit(3)"
    assert not start.run_quietly([sys.executable, "-c", program])
    shown = capsys.readouterr().err.splitlines()
    assert shown[-1] == "line 39"
    assert "line 10" not in shown


def test_the_tests_run_with_the_very_packages_of_the_program():
    assert pins("run.txt")
    assert pins("run.txt") <= pins("dev.txt")


@pytest.mark.parametrize("name", ["run.txt", "dev.txt"])
def test_a_lock_names_no_host(name: str):
    assert "://" not in (ROOT / "requirements" / name).read_text()


@pytest.mark.parametrize("name", ["PySide6.QtWidgets", "vlc"])
def test_the_core_is_checked_where_qt_and_vlc_cannot_be_imported(name: str):
    command = [sys.executable, "-c", f"import tests.no_qt, {name}"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert "blocked by tests/no_qt.py" in done.stderr
