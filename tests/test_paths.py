"""The program finds its own files wherever it is installed."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from mio_fidelity import paths

ROOT = Path(__file__).parent.parent
CODE = ("mio_fidelity", "resources", "coding_manual")
# Of a checkout alone.
APART = {"screenshots", "__pycache__"}


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that pip installed the program into, built from a copy, for building leaves files behind."""
    place = tmp_path_factory.mktemp("installed")
    source, target = place / "source", place / "target"
    for name in CODE:
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source / name)
    offline = ("--no-index", "--no-deps", "--no-build-isolation", "--no-compile", "--quiet")
    subprocess.run([sys.executable, "-m", "pip", "install", *offline, "-t", target, source], check=True)
    shutil.rmtree(source)
    return target


def own_files(folder: Path) -> set[Path]:
    found = {path.relative_to(folder) for path in folder.rglob("*") if path.is_file()}
    return {path for path in found if not APART & set(path.parts)}


def test_an_installed_program_has_all_files_of_the_checkout(installed: Path) -> None:
    shared = installed / "share" / "mio-fidelity"
    assert own_files(installed / "mio_fidelity") == own_files(ROOT / "mio_fidelity")
    assert own_files(shared / "coding_manual") == own_files(paths.coding_manual())
    assert own_files(shared / "resources") == own_files(paths.resources())


def test_an_installed_program_finds_them(installed: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(installed), "PYTHONDONTWRITEBYTECODE": "1"}
    ask = "from mio_fidelity.instrument import shipped_instrument as shipped; print(shipped().key)"
    where = "from mio_fidelity import paths; print(paths.resources())"
    program = [sys.executable, "-c", f"{where}; {ask}"]
    found = subprocess.run(program, cwd=installed, env=environment, text=True, stdout=subprocess.PIPE)
    assert found.stdout == f"{installed / 'share' / 'mio-fidelity' / 'resources'}\npractice\n"
