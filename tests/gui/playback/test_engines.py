import os
import subprocess
import sys

import pytest

from mio_fidelity.gui.playback.engines import available, engines

LIST = """
from mio_fidelity.gui.playback.engines import available, engines
usable = [kind.name for kind in available("qt") if kind.usable()]
print(usable, [(found.name, found.available, bool(found.remark)) for found in engines()])
"""


def run(code, **environment):
    result = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen", **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return result.stdout.strip()


def test_the_list_agrees_with_what_can_be_opened():
    ready = [found.name for found in engines() if found.available]
    assert [kind.name for kind in available("qt") if kind.usable()] == ready
    assert all(bool(found.version) == found.available for found in engines())
    assert all(bool(found.remark) != found.available for found in engines())


def test_a_start_does_not_load_vlc_while_qt_can_play():
    code = "import sys; from mio_fidelity.gui.playback.engines import available; available('qt')"
    assert run(f"{code}; print('vlc' in sys.modules)") == "False"


def test_the_preferred_engine_comes_first():
    if not all(found.available for found in engines()):
        pytest.skip("only one engine is installed")
    assert available("vlc")[0].name == "vlc"
    assert available("qt")[0].name == "qt"


def test_a_broken_vlc_stops_nothing(tmp_path):
    # The binding leaves the program when this variable points nowhere.
    said = run(LIST, PYTHON_VLC_LIB_PATH=str(tmp_path / "libvlc.so"))
    assert said == "['qt'] [('qt', True, False), ('vlc', False, True)]"


def test_without_qt_multimedia_vlc_plays():
    said = run("import sys; sys.modules['PySide6.QtMultimedia'] = None\n" + LIST)
    assert said.endswith("[('qt', False, True), ('vlc', True, False)]")
    assert said.startswith("['vlc']")


def test_the_path_of_a_recording_is_never_printed(media):
    code = f"""
import sys
from pathlib import Path
from PySide6.QtWidgets import QApplication
from mio_fidelity.gui.playback.player import Part, PlayerState, open_player
application = QApplication([])
player = open_player("qt")
player.load([Part(Path({str(media("mp3_vbr").place)!r}), 1000)])
while player.state is PlayerState.LOADING:
    application.processEvents()
player.close()
print(player.state.name, file=sys.stderr)
"""
    result = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "EMPTY" in result.stderr
    assert "mp3_vbr" not in result.stderr + result.stdout
