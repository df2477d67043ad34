"""Listening to one rating's recording: its player, its picture, and what is remembered of it."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from mio_fidelity.coding import rate, recordings
from mio_fidelity.coding.desk import Desk
from mio_fidelity.coding.recordings import Medium
from mio_fidelity.errors import UserError
from mio_fidelity.gui.background import Job
from mio_fidelity.gui.playback.player import Part, Player, PlayerState, open_player
from mio_fidelity.gui.waveform import Waveform
from mio_fidelity.gui.workbench import Workbench, sentence
from mio_fidelity.media.fingerprint import fingerprint
from mio_fidelity.media.progress import IsCancelled, OnProgress
from mio_fidelity.media.source import Source
from mio_fidelity.store import Db, MediaKind

if TYPE_CHECKING:
    from mio_fidelity.media.peaks import Peaks

MediaOf = Callable[[Db, str, Path], tuple[Medium, ...]]

# What decodes and computes is imported where it is used: the window opens sooner.


class Listening(QObject):
    """Loads, plays and remembers; shows the picture in ``waveform``.

    Signals:
        remarked: A sentence on what cannot be heard and what to do, and whether locating the file may help;
            an empty sentence when all is well again.
    """

    remarked = Signal(str, bool)

    def __init__(self, bench: Workbench, waveform: Waveform, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bench = bench
        self._waveform = waveform
        self._rating_id: str | None = None
        self._place = (0, 1.0)
        self._media_of: MediaOf = recordings.media_of
        self._remembers = True
        self._media: tuple[Medium, ...] = ()
        self._spoilt = ""
        self._peaks: dict[str, Peaks] = {}
        self._job: Job | None = None
        self._check: Job | None = None
        self._my_speed = 1.0
        self.player: Player = open_player(bench.settings.text("player"))
        self.player.setParent(self)
        self.player.set_volume(bench.settings.number("volume"))
        self.player.heard.connect(self._keep_heard)
        self.player.state_changed.connect(self._on_state)
        self.player.failed.connect(self._on_failed)
        self.player.moved.connect(waveform.show_position)
        self.player.loop_changed.connect(self._show_loop)
        self.player.engine_swapped.connect(self._on_swapped)
        self.player.audio_device_changed.connect(self._remark_device)
        waveform.sought.connect(self.player.seek)

    def begin(self, desk: Desk, media_of: MediaOf = recordings.media_of) -> None:
        """Load the recording of ``desk`` and stand where the coder left off.

        Args:
            desk: What is rated, or looked at.
            media_of: The question for its files; of another than the coder's own nothing is remembered.
        """
        self.end()
        self._media_of, self._remembers = media_of, media_of is recordings.media_of
        self._rating_id = desk.rating_id
        self._place = (desk.position_ms, desk.speed)
        self.player.resume_jump_ms = self._bench.settings.number("resume_jump_ms")
        self._waveform.set_duration(desk.duration_ms)
        borders = [sum(desk.part_ms[:count]) for count in range(1, len(desk.part_ms))]
        self._waveform.show_parts(borders)
        self._load()
        self.player.set_rate(desk.speed)
        # At the very end there is nothing more to hear: begin again.
        self.player.seek(desk.position_ms if desk.position_ms < desk.duration_ms - 500 else 0)
        self._fetch_peaks()

    def end(self) -> None:
        """Stop, remember the place, let go of the files."""
        if self._rating_id is None:
            return
        self.player.pause()
        self._keep_place()
        self._rating_id = None
        self._stop_job()
        if self._check is not None:
            self._check.drop()
        self._check = None
        self.player.load([])
        self._media, self._peaks = (), {}
        self._waveform.show_peaks(None)

    def close(self) -> None:
        """End for good."""
        self.end()
        self.player.close()

    def change_volume(self, by: int) -> None:
        """Softer or louder, in hundredths."""
        self.player.set_volume(self.player.volume + by)

    def toggle_speed(self) -> None:
        """Between normal speed and the coder's own."""
        if self.player.rate == 1.0:
            self.player.set_rate(self._my_speed)
        else:
            self._my_speed = self.player.rate
            self.player.set_rate(1.0)

    def step_loop(self) -> None:
        """Set the start of the loop, then its end, then end it."""
        loop, now_ms = self.player.loop, self.player.position_ms
        if loop is None:
            self.player.set_loop(now_ms)
        elif loop[1] is None:
            self.player.set_loop(loop[0], now_ms)
        else:
            self.player.set_loop(None)

    def locate(self, path: Path) -> None:
        """Take the file at ``path`` for a missing one, if its fingerprint agrees."""
        missing = [medium for medium in self._media if not medium.source.is_there()] or list(self._media)
        self._stop_job()
        self._job = Job(partial(fingerprint, path), self)
        self._job.progressed.connect(self._show_checking)
        self._job.refused.connect(lambda error: self.remarked.emit(sentence(error), True))
        self._job.finished.connect(lambda sha256: self._relocate(missing, path, sha256))
        self._job.start()

    def _load(self) -> None:
        if self._rating_id is None:
            return
        project = self._bench.project
        self._spoilt = ""
        self._media = self._bench.ask(self._media_of, self._rating_id, project.folder)
        self.player.load(
            [
                Part(medium.source, medium.duration_ms, medium.kind is MediaKind.VIDEO)
                for medium in self._media
            ]
        )
        self._verify()

    def _verify(self) -> None:
        """Make sure, while the coder already listens, that the files are the recordings that were added."""
        media = [medium for medium in self._media if medium.source.is_there()]
        if self._check is not None:
            self._check.drop()
        self._check = Job(partial(_strangers, media), self)
        self._check.finished.connect(self._on_verified)
        self._check.refused.connect(self._on_spoilt)
        self._check.start()

    def _on_spoilt(self, error: UserError) -> None:
        """What is whole can be heard all the same."""
        self._spoilt = sentence(error)
        self.remarked.emit(self._spoilt, True)

    def _on_verified(self, strangers: Sequence[Medium]) -> None:
        if strangers and self._rating_id is not None:
            self.player.load([])
            self.remarked.emit(
                self.tr(
                    "The file in this place is not the recording that was added: its content differs. Do not "
                    "rate from it; locate the right file."
                ),
                True,
            )

    def _relocate(self, missing: Sequence[Medium], path: Path, sha256: str) -> None:
        self._waveform.show_message("")
        chosen = next((medium for medium in missing if medium.sha256 == sha256), missing[0])
        folder = self._bench.project.folder
        if self._bench.do(recordings.relocate, chosen.recording_id, path, sha256, folder) is None:
            return
        at_ms = self.player.position_ms
        self.remarked.emit("", False)
        self._load()
        self.player.seek(at_ms)
        self._fetch_peaks()

    def _fetch_peaks(self) -> None:
        """From the cache where possible; what is missing is read from the recordings, one after the other."""
        from mio_fidelity.media.peaks import Peaks

        for medium in self._media:
            if medium.sha256 not in self._peaks:
                kept = self._bench.project.peaks.read(medium.sha256)
                peaks = _readable(kept) if kept else None
                if peaks is None:
                    self._read_peaks(medium)
                    return
                self._peaks[medium.sha256] = peaks
        parts = [self._peaks[medium.sha256] for medium in self._media]
        self._waveform.show_peaks(Peaks.joined(parts) if parts else None)
        if not parts:
            self._waveform.show_message(self._why_nothing())

    def _why_nothing(self) -> str:
        if self._rating_id and self._bench.ask(recordings.was_taken_away, self._rating_id):
            return self.tr("The recording of this session was removed from the study; the scores stay.")
        return self.tr("There is no recording of this session here.")

    def _read_peaks(self, medium: Medium) -> None:
        if not medium.source.is_there():
            self._waveform.show_message(self.tr("No picture: the recording is not where it was."))
            return
        self._stop_job()
        self._show_reading(0.0)
        self._job = Job(partial(_examine, medium.source), self)
        self._job.progressed.connect(self._show_reading)
        self._job.refused.connect(lambda error: self._waveform.show_message(sentence(error)))
        self._job.finished.connect(lambda peaks: self._take_peaks(medium, peaks))
        self._job.start()

    def _take_peaks(self, medium: Medium, peaks: "Peaks") -> None:
        self._peaks[medium.sha256] = peaks
        try:
            self._bench.project.peaks.write(medium.sha256, peaks.to_bytes())
        except OSError:
            # A picture that cannot be kept is made again next time; rating is not disturbed for it.
            self._waveform.show_message("")
        self._fetch_peaks()

    def _stop_job(self) -> None:
        if self._job is not None:
            self._job.drop()
        self._job = None

    def _show_reading(self, share: float) -> None:
        self._waveform.show_message(
            self.tr("Reading the recording: {percent} %").format(percent=int(share * 100))
        )

    def _show_checking(self, share: float) -> None:
        self._waveform.show_message(
            self.tr("Checking the file: {percent} %").format(percent=int(share * 100))
        )

    def _keep_heard(self, start_ms: int, end_ms: int, speed: float) -> None:
        if self._rating_id is not None and self._remembers:
            self._bench.do(rate.hear, self._rating_id, start_ms, end_ms, speed)
            self._keep_place()

    def _keep_place(self) -> None:
        place = (self.player.position_ms, self.player.rate)
        # Each change waits for the disk; a recording that was only opened has none.
        if self._rating_id is None or place == self._place or not self._remembers:
            return
        if self._bench.do(rate.keep_place, self._rating_id, *place) is not None:
            self._place = place

    def _on_state(self, state: PlayerState) -> None:
        if state is PlayerState.PAUSED:
            self._keep_place()
        if state in (PlayerState.PAUSED, PlayerState.PLAYING) and self.player.error is None:
            self._remark_device()

    def _on_failed(self, error: UserError) -> None:
        missing = any(not medium.source.is_there() for medium in self._media)
        self.remarked.emit(sentence(error), missing)

    def _on_swapped(self, title: str) -> None:
        self.remarked.emit(
            self.tr("{title} plays this recording, because the chosen player cannot.").format(title=title),
            False,
        )

    def _remark_device(self) -> None:
        if self.player.error is None:
            remark = self.player.audio_remark()
            device = sentence(remark) if remark else ""
            self.remarked.emit(self._spoilt or device, bool(self._spoilt))

    def _show_loop(self) -> None:
        self._waveform.show_loop(*(self.player.loop or (None, None)))


def _strangers(media: Sequence[Medium], _on_progress: OnProgress, cancelled: IsCancelled) -> list[Medium]:
    """Those whose content is not what it was."""
    return [medium for medium in media if fingerprint(medium.source, None, cancelled) != medium.sha256]


def _readable(kept: bytes) -> "Peaks | None":
    from mio_fidelity.media.peaks import Peaks

    try:
        return Peaks.from_bytes(kept)
    except (UserError, ValueError):
        return None


def _examine(source: Source, on_progress: OnProgress, cancelled: IsCancelled) -> "Peaks":
    from mio_fidelity.media.probe import examine

    return examine(source, on_progress, cancelled).peaks
