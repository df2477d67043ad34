"""The core runs where there is no Qt and no VLC."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

IMPORT_ALL = """
import importlib, pkgutil, sys
from importlib.abc import MetaPathFinder

class Absent(MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {"PySide6", "shiboken6", "vlc"}:
            raise ModuleNotFoundError(name)

sys.meta_path.insert(0, Absent())
import mio_fidelity
for module in pkgutil.walk_packages(mio_fidelity.__path__, "mio_fidelity."):
    if module.name == "mio_fidelity.gui" or ".gui." in module.name or "migrations" in module.name:
        continue
    importlib.import_module(module.name)
    print(module.name)
"""


def test_every_module_outside_the_windows_can_be_imported_without_qt_and_vlc() -> None:
    done = subprocess.run([sys.executable, "-c", IMPORT_ALL], cwd=ROOT, capture_output=True, text=True)
    assert done.stderr == ""
    assert done.returncode == 0
    expected = {
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for path in (ROOT / "mio_fidelity").rglob("*.py")
        if "gui" not in path.parts and "migrations" not in path.parts
    }
    assert set(done.stdout.split()) == expected - {"mio_fidelity"}
