#!/usr/bin/env python3
"""Set up MIO Fidelity and start it.

    python3 start.py demo             open the program on the demo study
    python3 start.py run [args...]    run the program; the arguments are its own (try: run --help)
    python3 start.py server           add what connects to a study on a PostgreSQL server
    python3 start.py test [args...]   run every check; with arguments only pytest, which gets them
    python3 start.py build            make the stand-alone program in dist/ and let it test itself

The first call installs what is missing: system libraries (through apt, as root) and the Python packages, in
.venv beside this file. Later calls start at once. On Windows write "py" instead of "python3".
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
WINDOWS = sys.platform == "win32"
BIN = VENV / ("Scripts" if WINDOWS else "bin")
PYTHON = BIN / ("python.exe" if WINDOWS else "python")

OLDEST, NEWEST = (3, 11), (3, 14)

QT_PACKAGES = (
    *("libegl1", "libgl1", "libxkbcommon0", "libdbus-1-3", "libfontconfig1", "libglib2.0-0"),
    *("libxcb-cursor0", "libxcb-icccm4", "libxcb-image0", "libxcb-keysyms1", "libxcb-render-util0"),
    *("libxcb-shape0", "libxcb-util1", "libxcb-xkb1", "libxcb-render0", "libxkbcommon-x11-0"),
    *("libpulse0", "libxrandr2"),
)
VLC_PACKAGES = ("libvlc5", "vlc-plugin-base", "vlc-plugin-video-output")
TEST_PACKAGES = ("xvfb", "xauth")
# The tests start a server of their own, of this.
DATABASE_PACKAGES = ("postgresql",)
OPTIONAL_PACKAGES = {*VLC_PACKAGES, *DATABASE_PACKAGES}


class SetupError(Exception):
    """Something the person at the keyboard has to mend, said in one sentence."""


def say(text: str) -> None:
    """Tell how the set-up goes, apart from what the program itself prints."""
    print(text, file=sys.stderr, flush=True)


def run_quietly(command: Sequence[str | Path], **environment: str) -> bool:
    """Run ``command`` in the project's folder; show the last lines of its output only when it fails."""
    done = subprocess.run(
        [str(word) for word in command],
        cwd=ROOT,
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    if done.returncode:
        say("\n".join(done.stdout.splitlines()[-15:]))
    return done.returncode == 0


# System packages


def missing_packages(wanted: Iterable[str], installed: Iterable[str]) -> list[str]:
    """Return the names in ``wanted`` that are not installed, be it under their newer name in "t64"."""
    have = set(installed)
    return [name for name in wanted if name not in have and f"{name}t64" not in have]


def missing_sentence(missing: Sequence[str]) -> str:
    """Name the missing packages and the command that installs them."""
    remark = ""
    if set(missing) <= set(VLC_PACKAGES):
        remark = " (VLC is optional: it plays the few recordings that Qt cannot)"
    elif set(missing) <= OPTIONAL_PACKAGES:
        remark = " (they are optional: without PostgreSQL no study on a server is tested)"
    return (
        f"These system packages are missing{remark}: {', '.join(missing)}; "
        f"install them with: sudo apt-get install --no-install-recommends {' '.join(missing)}"
    )


def installed_packages(names: Iterable[str]) -> set[str]:
    """Ask dpkg which of ``names`` are installed, under which name."""
    both = [spelling for name in names for spelling in (name, f"{name}t64")]
    query = ["dpkg-query", "-W", "-f", "${Package} ${db:Status-Status}\n", *both]
    answer = subprocess.run(query, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    lines = (line.split() for line in answer.stdout.splitlines())
    return {words[0] for words in lines if words[1:] == ["installed"]}


def apt_install(missing: Sequence[str]) -> None:
    """Install ``missing`` with apt, what is optional apart; apt itself knows the newer names in "t64"."""
    say(f"Installing what is missing of the system, with apt (packages: {len(missing)}) ...")
    apt = ("apt-get", "-q", "-y", "-o", "DPkg::Lock::Timeout=300")
    run_quietly([*apt, "update"])
    for optional in (False, True):
        names = [name for name in missing if (name in OPTIONAL_PACKAGES) is optional]
        install = [*apt, "install", "--no-install-recommends", *names]
        if names and not run_quietly(install, DEBIAN_FRONTEND="noninteractive"):
            say("Once more, with fresh package lists ...")
            run_quietly([*apt, "update"])
            run_quietly(install, DEBIAN_FRONTEND="noninteractive")


def prepare_system(wanted: Sequence[str], *, first: bool = True, strict: bool = True) -> None:
    """See to the system packages where apt rules.

    Args:
        wanted: Debian names.
        first: Whether to see to the optional ones too; later nobody is bothered about them again.
        strict: Whether to stop when one that is not optional stays missing.

    Raises:
        SetupError: ``strict``, and a needed package is missing.
    """
    if not (shutil.which("apt-get") and shutil.which("dpkg-query")):
        return
    missing = missing_packages(wanted, installed_packages(wanted))
    if not first and set(missing) <= OPTIONAL_PACKAGES:
        return
    if missing and os.geteuid() == 0:
        apt_install(missing)
        missing = missing_packages(missing, installed_packages(missing))
    if strict and set(missing) - OPTIONAL_PACKAGES:
        raise SetupError(missing_sentence(missing))
    if missing:
        say(missing_sentence(missing))


# The virtual environment


def find_python() -> str:
    """Return a Python that the pinned packages have wheels for, preferably the one running this.

    Raises:
        SetupError: there is none.
    """
    if OLDEST <= sys.version_info[:2] <= NEWEST:
        return getattr(sys, "_base_executable", None) or sys.executable
    for minor in range(NEWEST[1], OLDEST[1] - 1, -1):
        found = shutil.which(f"python3.{minor}")
        if found:
            return found
    raise SetupError(
        f"Python {sys.version_info[0]}.{sys.version_info[1]} does not fit; "
        f"install Python 3.{OLDEST[1]} to 3.{NEWEST[1]} and start this again with it."
    )


def venv_packages(python: str) -> list[str]:
    """Return the Debian package that ``python`` lacks to make a virtual environment, if it does.

    Debian splits ensurepip off its own Pythons; one from elsewhere carries it.
    """
    ask = "import sys, importlib.util as u; print(sys.version_info[1], u.find_spec('ensurepip') is not None)"
    minor, complete = subprocess.run([python, "-c", ask], stdout=subprocess.PIPE, text=True).stdout.split()
    return [] if complete == "True" else [f"python3.{minor}-venv"]


def stamp(kind: str, root: Path = ROOT) -> str:
    """Return a digest of all that an environment of this ``kind`` ("run" or "dev") was made from."""
    venv = root / ".venv"
    python = venv / PYTHON.relative_to(VENV)
    sources = (venv / "pyvenv.cfg", root / "pyproject.toml", root / "requirements" / f"{kind}.txt")
    places = f"{root}\0{os.path.realpath(python)}".encode()
    return hashlib.sha256(b"\0".join([places, *(source.read_bytes() for source in sources)])).hexdigest()


def is_ready(kind: str, root: Path = ROOT) -> bool:
    """Whether the environment was made to the end, and from what is there now."""
    kept = root / ".venv" / f"ready-{kind}"
    python = root / ".venv" / PYTHON.relative_to(VENV)
    whole = python.exists() and kept.is_file() and not is_half_made(root)
    return whole and kept.read_text() == stamp(kind, root)


def is_half_made(root: Path = ROOT) -> bool:
    """Whether an earlier set-up was interrupted while it changed the environment."""
    return (root / ".venv" / "unfinished").exists()


@contextlib.contextmanager
def alone() -> Iterator[None]:
    """Let a second set-up of the same folder wait for the first, where the system can do so."""
    if WINDOWS:
        yield
        return
    import fcntl

    with open(__file__, "rb") as this:
        fcntl.flock(this, fcntl.LOCK_EX)
        yield


def make_venv(python: str) -> None:
    """Make an empty virtual environment, in place of a broken one.

    Raises:
        SetupError: ``python`` cannot do it.
    """
    if VENV.exists():
        shutil.rmtree(VENV)
    VENV.mkdir()
    (VENV / "unfinished").touch()
    if not run_quietly([python, "-m", "venv", VENV]):
        raise SetupError(f"{python} could not make a virtual environment; the lines above say why.")


def has_pip() -> bool:
    """Whether the environment's Python starts, is fit, and can install packages."""
    check = f"import sys, pip; sys.exit(not {OLDEST} <= sys.version_info[:2] <= {NEWEST})"
    return PYTHON.exists() and not subprocess.call([PYTHON, "-c", check], stderr=subprocess.DEVNULL)


def install(kind: str) -> None:
    """Fill the environment with the pinned packages and the project itself, and stamp it.

    Raises:
        SetupError: pip failed.
    """
    pip = (PYTHON, "-m", "pip", "install", "--no-input", "--disable-pip-version-check")
    pinned = ROOT / "requirements" / f"{kind}.txt"
    unfinished = VENV / "unfinished"
    unfinished.touch()
    say("Installing the Python packages into .venv (some 300 MB; a minute or a few) ...")
    if not run_quietly([*pip, "--only-binary=:all:", "--require-hashes", "-r", pinned]):
        raise SetupError("The Python packages could not be installed; the lines above say why.")
    if not run_quietly([*pip, "--no-deps", "--no-build-isolation", "-e", ROOT]):
        raise SetupError("The program could not be installed into .venv; the lines above say why.")
    for made in {kind, "run"}:
        (VENV / f"ready-{made}").write_text(stamp(made))
    unfinished.unlink()


def make_ready(kind: str) -> None:
    """Make or complete the virtual environment, unless another set-up just did.

    Raises:
        SetupError: it cannot be done.
    """
    try:
        with alone():
            if is_half_made() or not has_pip():
                python = find_python()
                prepare_system(venv_packages(python))
                make_venv(python)
            if not is_ready(kind):
                install(kind)
    except OSError as error:
        raise SetupError("The folder .venv cannot be written; delete it and start this again.") from error


def set_up(kind: str, *, strict: bool = True) -> None:
    """Make everything ready that the program ("run") or its tests too ("dev") need."""
    packages = [*QT_PACKAGES, *VLC_PACKAGES, *((*TEST_PACKAGES, *DATABASE_PACKAGES) if kind == "dev" else ())]
    ready = is_ready(kind)
    prepare_system(packages, first=not ready, strict=strict)
    if not ready:
        make_ready(kind)


# The commands


def server(_args: Sequence[str]) -> int:
    """Add what connects to a study on a server."""
    set_up("server", strict=False)
    say("Studies on a PostgreSQL server can be opened now.")
    return 0


def hand_over(*args: str) -> int:
    """Let the program take the place of this script (on Windows: run it and pass on its exit code)."""
    command = [str(PYTHON), "-m", "mio_fidelity", *args]
    if not WINDOWS:
        os.execv(command[0], command)
    return subprocess.call(command)


def demo(args: Sequence[str]) -> int:
    """Open the program on the demo study."""
    if not has_screen(os.environ):
        raise SetupError("The demo opens a window and so needs a screen; start it from a graphical desktop.")
    set_up("run")
    return hand_over("demo", *args)


def has_screen(environment: Mapping[str, str], platform: str = sys.platform) -> bool:
    """Whether a window can open; only Linux does without a screen as a matter of course."""
    names = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    return not platform.startswith("linux") or any(environment.get(name) for name in names)


def run(args: Sequence[str]) -> int:
    """Run the program with arguments of its own."""
    set_up("run", strict=False)
    return hand_over(*args)


def on_test_screen(*command: str | Path) -> list[str | Path]:
    """Return ``command`` so that, where there is Xvfb, its windows open on a screen of their own."""
    if not shutil.which("xvfb-run"):
        return list(command)
    return ["xvfb-run", "-a", "-s", "-screen 0 1920x1080x24", *command]


def without_network() -> list[str | Path]:
    """Return the words that run a command with no network but the loopback; none where that is impossible."""
    for apart in (["--net"], ["--user", "--map-current-user", "--keep-caps", "--net"]):
        words: list[str | Path] = ["unshare", *apart, PYTHON, ROOT / "tests" / "offline.py"]
        if shutil.which("unshare") and not subprocess.run([*words, "true"], capture_output=True).returncode:
            return words
    return []


def test_environment() -> dict[str, str]:
    """Return the environment in which windows open on the screen of the tests, and texts are read alike."""
    environment = dict(os.environ)
    if sys.platform.startswith("linux"):
        environment["LC_ALL"] = "C.UTF-8"
        if shutil.which("xvfb-run"):
            environment["QT_QPA_PLATFORM"] = "xcb"
        elif not has_screen(environment):
            environment["QT_QPA_PLATFORM"] = "offscreen"
    return environment


def steps() -> Iterator[tuple[str, list[str | Path]]]:
    """Every check: its heading and its command; the whole suite last, so that its count ends the output."""
    pytest = (PYTHON, "-m", "pytest")
    core = ("-p", "no:pytest-qt", "-p", "tests.no_qt", "--ignore=tests/gui")
    yield "Rules of style", [PYTHON, "-m", "ruff", "check", "."]
    yield "Layout of the code", [PYTHON, "-m", "ruff", "format", "--check", "."]
    yield "Types", [PYTHON, "-m", "mypy"]
    yield "Layers", [BIN / "lint-imports"]
    yield "The core without Qt and VLC", [*pytest, "-q", *core]
    yield "The real window", on_test_screen(PYTHON, "-m", "mio_fidelity", "self-test", "--window")
    yield "Studies on a PostgreSQL server", on_a_server(*pytest, "-q", "-m", FOR_A_SERVER, *ON_SERVER)
    offline = without_network()
    apart = "the network shut off" if offline else "the network could not be shut off on this computer"
    yield f"All tests ({apart})", [*offline, *on_test_screen(*pytest)]


# All that goes through verbs and questions; of the tests that try the same code with hundreds of values, once
# is enough.
FOR_A_SERVER = "not on_folder and not hypothesis"
ON_SERVER = (
    *("tests/coding", "tests/analysis", "tests/flows"),
    *(f"tests/store/test_{each}.py" for each in ("bulk", "chain", "history", "locks", "models")),
)


def on_a_server(*command: str | Path) -> list[str | Path]:
    """Return ``command`` with the studies of tests on a server, or say that none is there."""
    found = shutil.which("initdb") or any(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if WINDOWS or not found:
        said = "skipped: there is no PostgreSQL server here to start (in Debian: the package postgresql)"
        return [PYTHON, "-c", f"print({said!r})"]
    return ["env", "MIO_FIDELITY_TEST_DATABASE=postgresql", *command]


def test(args: Sequence[str]) -> int:
    """Run every check up to the first that fails, or pytest alone with the arguments given."""
    set_up("dev")
    environment = test_environment()
    if args:
        return subprocess.call(on_test_screen(PYTHON, "-m", "pytest", *args), cwd=ROOT, env=environment)
    for heading, command in steps():
        print(f"\n== {heading}", flush=True)
        code = subprocess.call(command, cwd=ROOT, env=environment)
        if code:
            print(f"== {heading}: failed", flush=True)
            return code
    return 0


def build(args: Sequence[str]) -> int:
    """Make the stand-alone program and let it test itself."""
    set_up("dev")
    say("Building the stand-alone program in dist/ (a minute or two) ...")
    if not run_quietly([PYTHON, "-m", "PyInstaller", "--noconfirm", *args, "build.spec"]):
        raise SetupError("The stand-alone program could not be built; the lines above say why.")
    program = ROOT / "dist" / "mio-fidelity" / ("mio-fidelity.exe" if WINDOWS else "mio-fidelity")
    return subprocess.call(on_test_screen(program, "--self-test"), env=test_environment())


COMMANDS = {"demo": demo, "run": run, "server": server, "test": test, "build": build}


def main(args: Sequence[str]) -> int:
    """Do what the first argument says and return the exit code."""
    if not args or args[0] not in COMMANDS:
        print((__doc__ or "").strip())
        return 0 if not args or args[0] in {"-h", "--help", "help"} else 2
    try:
        return COMMANDS[args[0]](args[1:])
    except SetupError as error:
        say(str(error))
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
