"""Every fault as often as it is to be counted, and the table: ``python -m tests.faults``."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.faults.counting import TABLE, table

ROOT = Path(__file__).resolve().parents[2]


def main(words: list[str]) -> int:
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "table"
        place.touch()
        # Some of the tests are run as nobody in particular.
        place.parent.chmod(0o755)
        place.chmod(0o666)
        code = subprocess.call(
            [sys.executable, "-m", "pytest", "-q", *(words or ["tests/faults"])],
            cwd=ROOT,
            env={**os.environ, "MIO_FIDELITY_FAULTS": "full", TABLE: str(place)},
        )
        print(table(place))
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
