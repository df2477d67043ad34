"""What the bars above and below the coding page say of a rating."""

from datetime import datetime

from PySide6.QtCore import QDateTime, QLocale

from mio_fidelity.coding.desk import Desk
from mio_fidelity.gui.bars import FootBar, HeaderBar, label
from mio_fidelity.gui.command_table import COMMANDS
from mio_fidelity.gui.commands import keys_of
from mio_fidelity.gui.times import format_ms
from mio_fidelity.settings import Settings
from mio_fidelity.store import MediaKind


class CodingHeader(HeaderBar):
    """The blind code, what is rated with, and whose work it is."""

    def show_desk(self, now: Desk) -> None:
        """Show what is good to know of ``now``."""
        self.title.setText(now.blind_code)
        kind = self.tr("video") if now.kind is MediaKind.VIDEO else self.tr("audio")
        place = ""
        if now.place is not None:
            place = self.tr("{here} of {all} in my queue").format(here=now.place[0], all=now.place[1])
        self.show_pills(
            (
                (f"{format_ms(now.duration_ms)} · {kind}", "pill"),
                (self.tr("blind to arm, site and other coders"), "pill"),
                (now.instrument.banner, "pill-warn"),
            ),
            ((place, "pill"), (self.tr("rated by {code}").format(code=now.person_code), "pill")),
        )


class CodingFoot(FootBar):
    """What is stored, how much is rated and heard, and the keys most used."""

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self._settings = settings
        self.rated = label("", "muted")
        self.listened = label("", "muted")
        self.add_fact(self.rated)
        self.add_fact(self.listened)

    def show_desk(self, now: Desk, saved_at: datetime | None, waits: bool = False) -> None:
        """Show how far ``now`` is, and where it is stored: with ``waits``, here until the server is back."""
        slots = len(now.instrument.slots())
        self.rated.setText(self.tr("{n} of {all} rated").format(n=slots - len(now.open_slots), all=slots))
        self.listened.setText(self.tr("listened {percent} %").format(percent=int(now.heard_share * 100)))
        if now.submitted_at is not None:
            local = QDateTime.fromMSecsSinceEpoch(round(now.submitted_at.timestamp() * 1000))
            moment = QLocale().toString(local, QLocale.FormatType.ShortFormat)
            self.saved.setText(self.tr("✔ submitted {moment}").format(moment=moment))
            self.primary.setText(self.tr("Amend…"))
        else:
            time = f"{saved_at:%H:%M:%S}" if saved_at else ""
            saved = self.tr("✔ saved {time}")
            if waits:
                saved = self.tr("✔ kept on this computer {time} · waits for the server")
            self.saved.setText(saved.format(time=time) if time else "")
            self.primary.setText(self.tr("Submit…"))
        self.fit()

    def show_keys(self, now: Desk, dimension: str) -> None:
        """Show the keys most used, as they are set now; none that would only be refused."""
        keys = {command.key: keys_of(command, self._settings) for command in COMMANDS}
        rate = ((_point_keys(now, dimension),), self.tr("rate"))
        mark, amend = (keys["mark"][:1], self.tr("mark")), (keys["submit"][:1], self.tr("amend"))
        locked = now.submitted_at is not None
        self.show_hints(
            (
                *(() if locked else (rate,)),
                (keys["next"][:1], self.tr("next")),
                amend if locked else mark,
                (keys["play"][:1], self.tr("play")),
                (keys["manual"][:1], self.tr("manual")),
                (keys["keys"][:1], self.tr("all keys")),
            )
        )

    def say_open(self, now: Desk) -> None:
        """Say what is not answered yet."""
        numbers = dict.fromkeys(str(now.instrument.scale(scale).number) for scale, _ in now.open_slots)
        words = self.tr("{n} ratings are open, on scale {scales}. The first one has the keyboard.")
        if len(now.open_slots) == 1:
            words = self.tr("1 rating is open, on scale {scales}. It has the keyboard.")
        self.say(words.format(n=len(now.open_slots), scales=", ".join(numbers)))


def _point_keys(now: Desk, dimension: str) -> str:
    points = now.instrument.dimensions[dimension]
    return "–".join(points.key_for(point) for point in (points.points[0], points.points[-1]))
