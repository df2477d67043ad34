"""Qt Multimedia (its own FFmpeg inside): the engine that needs nothing installed."""

from __future__ import annotations

import time

from PySide6.QtCore import (
    Q_ARG,
    QCoreApplication,
    QEvent,
    QGenericArgumentHolder,
    QLoggingCategory,
    QMetaObject,
    QObject,
    Qt,
    QUrl,
    Signal,
    qVersion,
)
from PySide6.QtMultimedia import QAudio, QAudioOutput, QMediaDevices, QMediaPlayer
from PySide6.QtMultimediaWidgets import QVideoWidget
from PySide6.QtWidgets import QStackedWidget
from shiboken6 import isValid

from mio_fidelity.errors import UserError
from mio_fidelity.gui.playback.clock import Clock
from mio_fidelity.gui.playback.device import SourceDevice
from mio_fidelity.gui.playback.engine import Engine, Part, lead_ms, unplayable
from mio_fidelity.gui.playback.mp3 import with_length

# The first prints the path of every file opened; the second, that one of several sound systems is absent.
QLoggingCategory.setFilterRules(
    "qt.multimedia.ffmpeg.mediadataholder=false\nqt.multimedia.symbolsresolver=false"
)

# Qt reports every 50 ms.
PATIENCE_S = 0.15

Status = QMediaPlayer.MediaStatus


def version() -> str:
    """The version of Qt."""
    return qVersion()


class Speakers(QObject):
    """Whether there is anything to hear sound with; says so when that changes."""

    changed = Signal(bool)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._devices = QMediaDevices(self)
        self._devices.audioOutputsChanged.connect(self._look_again)
        self.missing = not QMediaDevices.audioOutputs()

    def _look_again(self) -> None:
        missing = not QMediaDevices.audioOutputs()
        if missing != self.missing:
            self.missing = missing
            self.changed.emit(missing)


class QtEngine(Engine):
    """One file in a ``QMediaPlayer``."""

    name = "qt"
    title = "Qt Multimedia"

    def __init__(self, parent: QObject, stage: QStackedWidget | None = None) -> None:
        super().__init__(parent, stage)
        self.clock = Clock(PATIENCE_S)
        self._rate = 1.0
        self._opening = True
        self._source: SourceDevice | None = None
        self._output: QAudioOutput | None = QAudioOutput(self)
        self._devices = QMediaDevices(self)
        self._devices.audioOutputsChanged.connect(self._follow_device)
        self._player = QMediaPlayer(self)
        self._player.setAudioOutput(self._output)
        self._player.mediaStatusChanged.connect(self._on_status)
        self._player.positionChanged.connect(self._on_position)
        self._player.errorOccurred.connect(self._on_error)

    def open(self, part: Part) -> None:
        """Begin to open the file; see ``Engine.open``."""
        if not self._player.isAvailable():
            self._on_error()
            return
        self.lead_ms = lead_ms(part)
        if part.video and self.stage is not None:
            self.picture = QVideoWidget(self.stage)
            self.stage.addWidget(self.picture)
            self._player.setVideoOutput(self.picture)
        try:
            self._source = self._device_of(part)
        except (OSError, UserError) as error:
            self._on_damaged(error)
            return
        if self._source is None:
            self._player.setSource(QUrl.fromLocalFile(str(part.source.path)))
        else:
            self._source.damaged.connect(self._on_damaged, Qt.ConnectionType.QueuedConnection)
            self._player.setSourceDevice(self._source)

    def _device_of(self, part: Part) -> SourceDevice | None:
        """What Qt does not open by itself: an mp3 file without a length, and all that is enciphered."""
        joined = with_length(part.place, part.duration_ms, self)
        if joined is None and part.source.key is not None:
            return SourceDevice(part.source, self)
        return joined

    def play(self) -> None:
        """Let the sound go on."""
        self.clock.run(self._rate)
        self._do("play")

    def pause(self) -> None:
        """Stop the sound here."""
        self._do("pause")
        self.clock.stop()

    def seek(self, at_ms: int) -> None:
        """Go to ``at_ms``."""
        # In this order: Qt reports the target from within setPosition.
        self.clock.seek(at_ms)
        self._do("setPosition", Q_ARG("qlonglong", max(0, at_ms - self.lead_ms)))

    def set_rate(self, rate: float) -> None:
        """Play ``rate`` times as fast at the same pitch."""
        self._rate = rate
        self._player.setPitchCompensation(True)
        self._do("setPlaybackRate", Q_ARG(float, rate))
        self.clock.turn(rate)

    def set_volume(self, volume: int) -> None:
        """Set the loudness, 0..100 as the ear has it."""
        if self._output is not None:
            scale = QAudio.VolumeScale
            linear = QAudio.convertVolume(volume / 100, scale.LogarithmicVolumeScale, scale.LinearVolumeScale)
            self._output.setVolume(linear)

    def close(self) -> None:
        """Give the file and the threads back."""
        if self._output is None:
            return
        self._output = None
        self._player.blockSignals(True)
        self._do("stop")
        self._do("setSource", Q_ARG(QUrl, QUrl()))
        if self._source is not None:
            self._source.close()
        if self.picture is not None and isValid(self.picture):
            self.picture.deleteLater()
        self.deleteLater()

    def _do(self, slot: str, *arguments: QGenericArgumentHolder) -> None:
        """Call a slot of the player by way of the event loop.

        Called straight from Python it holds Python's lock while it waits for the player's sound thread, and
        that needs the lock to disconnect from objects made in Python: measured, a deadlock within minutes.
        """
        QMetaObject.invokeMethod(self._player, slot, Qt.ConnectionType.QueuedConnection, *arguments)
        QCoreApplication.sendPostedEvents(self._player, QEvent.Type.MetaCall.value)

    def _on_status(self, status: Status) -> None:
        if status == Status.LoadedMedia and self._opening:
            self._opening = False
            if not (self._player.hasAudio() or self._player.hasVideo()):
                self._on_error()
                return
            self._do("pause")
            self.opened.emit(self)
        elif status == Status.EndOfMedia:
            # Noise that passes for a recording "ends" without ever having had a length.
            if self._player.duration() > 0:
                self.clock.stop()
                self.ended.emit(self, time.monotonic())
            else:
                self._on_error()

    def _on_position(self, at_ms: int) -> None:
        self.clock.report(at_ms)

    def _on_error(self, *_: object) -> None:
        self.clock.stop()
        self.broken.emit(self, unplayable())

    def _on_damaged(self, error: object) -> None:
        self.clock.stop()
        self.broken.emit(self, error if isinstance(error, UserError) else unplayable())

    def _follow_device(self) -> None:
        """Move to the device the computer prefers now: headphones plugged in, the first device found."""
        device = QMediaDevices.defaultAudioOutput()
        if self._output is not None and device != self._output.device():
            self._output.setDevice(device)
        elif self.clock.stalled:
            # The device was away and is back: Qt begins anew only after a seek.
            self.seek(self.position_ms)
