"""Recordings and players for the playback tests."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from mio_fidelity.gui.playback import vlc_player
from mio_fidelity.gui.playback.engines import available
from mio_fidelity.gui.playback.player import Part, Player, PlayerState
from tests.media_factory import RECIPES, make

SECONDS = 6
Media = Callable[..., Part]


@pytest.fixture(scope="session")
def media(tmp_path_factory: pytest.TempPathFactory) -> Media:
    """A recording of a kind and length, made once."""
    folder = tmp_path_factory.mktemp("media")

    def part(kind: str, seconds: float = SECONDS) -> Part:
        path = folder / f"{kind}-{seconds}{RECIPES[kind].suffix}"
        if not path.exists():
            make(path, seconds, kind)
        return Part(path, round(seconds * 1000), RECIPES[kind].video_codec is not None)

    return part


@pytest.fixture(scope="session", autouse=True)
def _silence() -> Iterator[None]:
    """Without a sound card VLC would complain of every system of sound it tries."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(vlc_player.SOUND_OUTPUT, "adummy")
        yield


@pytest.fixture(params=["qt", "vlc"])
def engine(request: pytest.FixtureRequest) -> str:
    """The name of each engine in turn."""
    if request.param not in [kind.name for kind in available("qt") if kind.usable()]:
        pytest.skip(f"{request.param} is not installed")
    return str(request.param)


@pytest.fixture
def player(engine: str, qtbot: QtBot) -> Iterator[Player]:
    """A player with that engine alone."""
    made = Player([kind for kind in available(engine) if kind.name == engine])
    yield made
    made.close()


@pytest.fixture
def load(player: Player, qtbot: QtBot) -> Callable[..., None]:
    """Load parts and wait until they can be played."""

    def load_and_wait(*parts: Part) -> None:
        player.load(parts)
        qtbot.waitUntil(lambda: player.state is not PlayerState.LOADING)
        assert player.state is PlayerState.PAUSED, str(player.error)

    return load_and_wait


def path_of(folder: Path, write: Callable[[Path], object], suffix: str = ".mp3") -> Part:
    """A part of 5 s whose file ``write`` makes."""
    path = folder / f"secret-name{suffix}"
    write(path)
    return Part(path, 5_000)
