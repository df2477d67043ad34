"""Where the program's own files lie: in a checkout, in an installed package, in a frozen bundle."""

import sys
from functools import cache
from pathlib import Path


@cache
def _root() -> Path:
    bundle = getattr(sys, "_MEIPASS", None)
    if bundle:
        return Path(bundle)
    above = Path(__file__).resolve().parent.parents
    # Installed, they are shared files of the same Python or folder, wherever that keeps its packages.
    places = (above[0], *(folder / "share" / "mio-fidelity" for folder in above))
    return next((place for place in places if (place / "coding_manual").is_dir()), above[0])


def resources() -> Path:
    """The folder of icons, style sheets, translations and the demo recordings."""
    return _root() / "resources"


def coding_manual() -> Path:
    """The folder of the instrument files that come with the program."""
    return _root() / "coding_manual"
