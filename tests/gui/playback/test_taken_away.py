"""A recording of the vault that is removed, cut short or replaced while it plays."""

import os
import sys

import pytest

from mio_fidelity.gui.playback.player import PlayerState
from mio_fidelity.media.source import source_of
from mio_fidelity.media.vault import HEADER_BYTES
from tests.gui.playback.test_player import record, wait_for, wait_past
from tests.gui.playback.test_vault_playback import SEALED_BYTES, in_vault

pytestmark = pytest.mark.qt_log_ignore(
    "No audio device detected", "PulseAudioService", "No RHI backend", "AV_NOPTS_VALUE"
)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps a file that is open")
def test_what_is_removed_while_it_plays_goes_on_until_it_is_closed(player, load, media, qtbot, tmp_path):
    sealed = in_vault(media("wav", 90), tmp_path, "wav")
    load(sealed)
    failed = record(player.failed)
    player.play()
    wait_past(qtbot, player, 200)
    source_of(sealed.place).path.unlink()
    player.seek(60_000)
    wait_past(qtbot, player, 60_300)
    assert not failed
    player.load([sealed])
    wait_for(qtbot, player, PlayerState.FAILED)
    assert str(tmp_path) not in str(player.error)


def test_what_is_cut_short_while_it_plays_ends_in_a_sentence(player, load, media, qtbot, tmp_path):
    sealed = in_vault(media("wav", 90), tmp_path, "wav")
    load(sealed)
    failed = record(player.failed)
    player.play()
    wait_past(qtbot, player, 200)
    assert not failed
    os.truncate(source_of(sealed.place).path, HEADER_BYTES + 40 * SEALED_BYTES)
    player.seek(60_000)
    wait_for(qtbot, player, PlayerState.FAILED)
    assert "damaged" in str(failed[-1])


def test_closing_at_once_while_it_is_read_leaves_nothing_behind(player, load, media, qtbot, tmp_path):
    """Callbacks may be at work when the file is closed."""
    sealed = in_vault(media("wav", 90), tmp_path, "wav")
    for nth in range(6):
        load(sealed)
        player.play()
        player.seek(10_000 * nth)
        player.load([])
    player.close()
    held = [os.readlink(f"/proc/self/fd/{name}") for name in numbers()] if sys.platform == "linux" else []
    assert str(source_of(sealed.place).path) not in held


def numbers():
    """Of files that are open; the one that lists them is gone by now."""
    return [name for name in os.listdir("/proc/self/fd") if os.path.lexists(f"/proc/self/fd/{name}")]
