"""Where the program's own files lie: in a checkout, in an installed package, in a frozen bundle."""

import sys
from pathlib import Path


def _root() -> Path:
    bundle = getattr(sys, "_MEIPASS", None)
    return Path(bundle) if bundle else Path(__file__).resolve().parent.parent


def resources() -> Path:
    """The folder of icons, style sheets, translations and the demo recordings."""
    return _root() / "resources"


def coding_manual() -> Path:
    """The folder of the instrument files that come with the program."""
    return _root() / "coding_manual"
