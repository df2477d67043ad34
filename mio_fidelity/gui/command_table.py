"""Every command with a key, in one table: its words, its keys, what it calls, when it works."""

from dataclasses import dataclass
from enum import Enum


class Where(Enum):
    """When a key works.

    FORM: while the form has the keyboard. PAGE: anywhere on the page, but not while typing.
    ALWAYS: while typing too.
    """

    FORM = "form"
    PAGE = "page"
    ALWAYS = "always"


@dataclass(frozen=True, slots=True)
class Command:
    """One command of the coding page: its name in the settings, words, keys, and what it calls."""

    key: str
    group: str
    title: str
    shortcuts: tuple[str, ...]
    method: str
    where: Where = Where.PAGE
    argument: int | str | None = None


def QT_TRANSLATE_NOOP(context: str, text: str) -> str:  # noqa: ARG001
    """Marks ``text`` for the translators; the name is the one their tool looks for."""
    return text


_RATE = QT_TRANSLATE_NOOP("Commands", "Rating")
_PLAY = QT_TRANSLATE_NOOP("Commands", "Listening")
_MARK = QT_TRANSLATE_NOOP("Commands", "Evidence and notes")
_MOVE = QT_TRANSLATE_NOOP("Commands", "Getting about")


COMMANDS = (
    *(
        Command(
            f"rate_{digit}",
            _RATE,
            QT_TRANSLATE_NOOP("Commands", "Give the point on this key"),
            (str(digit),),
            "rate_key",
            argument=str(digit),
        )
        for digit in range(1, 10)
    ),
    Command(
        "rate_0",
        _RATE,
        QT_TRANSLATE_NOOP("Commands", "Point 0, or not applicable where 0 is no point"),
        ("0",),
        "rate_key",
        argument="0",
    ),
    Command(
        "not_applicable", _RATE, QT_TRANSLATE_NOOP("Commands", "Not applicable"), ("N",), "not_applicable"
    ),
    Command(
        "cannot_rate",
        _RATE,
        QT_TRANSLATE_NOOP("Commands", "Cannot rate, with a reason"),
        ("X",),
        "cannot_rate",
    ),
    Command(
        "clear", _RATE, QT_TRANSLATE_NOOP("Commands", "Back to not yet rated"), ("Backspace",), "clear_answer"
    ),
    Command("next", _RATE, QT_TRANSLATE_NOOP("Commands", "Next rating"), ("Tab",), "next_slot", Where.FORM),
    Command(
        "previous",
        _RATE,
        QT_TRANSLATE_NOOP("Commands", "Previous rating"),
        ("Shift+Tab",),
        "previous_slot",
        Where.FORM,
    ),
    Command(
        "down", _RATE, QT_TRANSLATE_NOOP("Commands", "Next scale"), ("Down",), "move_scale", Where.FORM, 1
    ),
    Command(
        "up", _RATE, QT_TRANSLATE_NOOP("Commands", "Previous scale"), ("Up",), "move_scale", Where.FORM, -1
    ),
    Command("undo", _RATE, QT_TRANSLATE_NOOP("Commands", "Take back the last rating"), ("Ctrl+Z",), "undo"),
    Command(
        "redo",
        _RATE,
        QT_TRANSLATE_NOOP("Commands", "Give it again"),
        ("Ctrl+Shift+Z", "Ctrl+Y"),
        "redo",
    ),
    Command(
        "submit",
        _RATE,
        QT_TRANSLATE_NOOP("Commands", "Submit; once submitted, amend"),
        ("Ctrl+Return", "Ctrl+Enter"),
        "submit",
        Where.ALWAYS,
    ),
    Command(
        "play", _PLAY, QT_TRANSLATE_NOOP("Commands", "Play or pause"), ("Space",), "listening.player.toggle"
    ),
    Command(
        "play_always",
        _PLAY,
        QT_TRANSLATE_NOOP("Commands", "Play or pause, while typing too (foot pedal)"),
        ("F4", "Ctrl+Space", "Media Play", "Toggle Media Play/Pause"),
        "listening.player.toggle",
        Where.ALWAYS,
    ),
    Command(
        "back",
        _PLAY,
        QT_TRANSLATE_NOOP("Commands", "Back 5 seconds"),
        ("F3",),
        "listening.player.skip",
        Where.ALWAYS,
        -5_000,
    ),
    Command(
        "forward",
        _PLAY,
        QT_TRANSLATE_NOOP("Commands", "Forward 5 seconds"),
        ("F5",),
        "listening.player.skip",
        Where.ALWAYS,
        5_000,
    ),
    Command(
        "back_far",
        _PLAY,
        QT_TRANSLATE_NOOP("Commands", "Back 15 seconds"),
        ("Shift+F3",),
        "listening.player.skip",
        Where.ALWAYS,
        -15_000,
    ),
    Command(
        "forward_far",
        _PLAY,
        QT_TRANSLATE_NOOP("Commands", "Forward 15 seconds"),
        ("Shift+F5",),
        "listening.player.skip",
        Where.ALWAYS,
        15_000,
    ),
    Command(
        "back_arrow",
        _PLAY,
        QT_TRANSLATE_NOOP("Commands", "Back 5 seconds"),
        ("Left",),
        "listening.player.skip",
        argument=-5_000,
    ),
    Command(
        "forward_arrow",
        _PLAY,
        QT_TRANSLATE_NOOP("Commands", "Forward 5 seconds"),
        ("Right",),
        "listening.player.skip",
        argument=5_000,
    ),
    Command(
        "slower",
        _PLAY,
        QT_TRANSLATE_NOOP("Commands", "Slower"),
        ("[",),
        "listening.player.step_rate",
        argument=-1,
    ),
    Command(
        "faster",
        _PLAY,
        QT_TRANSLATE_NOOP("Commands", "Faster"),
        ("]",),
        "listening.player.step_rate",
        argument=1,
    ),
    Command(
        "normal_speed",
        _PLAY,
        QT_TRANSLATE_NOOP("Commands", "Normal speed, and back to mine"),
        ("\\",),
        "listening.toggle_speed",
    ),
    Command(
        "loop",
        _PLAY,
        QT_TRANSLATE_NOOP("Commands", "Loop: set its start, its end, then end it"),
        ("L",),
        "listening.step_loop",
    ),
    Command(
        "go_to", _PLAY, QT_TRANSLATE_NOOP("Commands", "Go to a time"), ("Ctrl+G",), "go_to_time", Where.ALWAYS
    ),
    Command(
        "louder",
        _PLAY,
        QT_TRANSLATE_NOOP("Commands", "Louder"),
        ("Ctrl+Up",),
        "listening.change_volume",
        Where.ALWAYS,
        10,
    ),
    Command(
        "softer",
        _PLAY,
        QT_TRANSLATE_NOOP("Commands", "Softer"),
        ("Ctrl+Down",),
        "listening.change_volume",
        Where.ALWAYS,
        -10,
    ),
    Command("zoom_in", _PLAY, QT_TRANSLATE_NOOP("Commands", "Zoom in"), ("+", "="), "waveform.zoom_in"),
    Command("zoom_out", _PLAY, QT_TRANSLATE_NOOP("Commands", "Zoom out"), ("-",), "waveform.zoom_out"),
    Command(
        "mark", _MARK, QT_TRANSLATE_NOOP("Commands", "Mark evidence on this scale"), ("M",), "mark_evidence"
    ),
    Command(
        "manual",
        _MARK,
        QT_TRANSLATE_NOOP("Commands", "Manual page of this scale"),
        ("F2",),
        "show_manual",
        Where.ALWAYS,
    ),
    Command(
        "evidence",
        _MARK,
        QT_TRANSLATE_NOOP("Commands", "List of evidence"),
        ("F7",),
        "show_evidence",
        Where.ALWAYS,
    ),
    Command(
        "example",
        _MARK,
        QT_TRANSLATE_NOOP("Commands", "Hear the next example of this scale, or stop it"),
        ("E",),
        "hear_example",
    ),
    Command(
        "notes", _MARK, QT_TRANSLATE_NOOP("Commands", "Session notes"), ("F8",), "show_notes", Where.ALWAYS
    ),
    Command(
        "form",
        _MOVE,
        QT_TRANSLATE_NOOP("Commands", "Back to the form"),
        ("Escape",),
        "back_to_form",
        Where.ALWAYS,
    ),
    Command("keys", _MOVE, QT_TRANSLATE_NOOP("Commands", "All keys"), ("F1",), "show_keys", Where.ALWAYS),
    Command(
        "saved",
        _MOVE,
        QT_TRANSLATE_NOOP("Commands", "Nothing to save: all is stored already"),
        ("Ctrl+S",),
        "say_saved",
        Where.ALWAYS,
    ),
    Command(
        "preferences",
        _MOVE,
        QT_TRANSLATE_NOOP("Commands", "Preferences"),
        ("Ctrl+,",),
        "show_preferences",
        Where.ALWAYS,
    ),
    Command(
        "compare",
        _MOVE,
        QT_TRANSLATE_NOOP("Commands", "Compare with the master codes, once submitted"),
        ("C",),
        "compare",
    ),
    Command(
        "leave",
        _MOVE,
        QT_TRANSLATE_NOOP("Commands", "Back to my sessions"),
        ("Alt+Left", "Ctrl+W"),
        "leave",
        Where.ALWAYS,
    ),
)


_DECIDE = QT_TRANSLATE_NOOP("Commands", "Consensus")

# What works everywhere in the window.
WINDOW_COMMANDS = (
    Command(
        "lock", _MOVE, QT_TRANSLATE_NOOP("Commands", "Lock the window"), ("Ctrl+L",), "lock", Where.ALWAYS
    ),
    Command(
        "backups",
        _MOVE,
        QT_TRANSLATE_NOOP("Commands", "Backups of the study, for its supervisor"),
        ("Ctrl+B",),
        "backups",
        Where.ALWAYS,
    ),
)

# What the consensus page has of its own.
CONSENSUS_ONLY = (
    Command(
        "why",
        _DECIDE,
        QT_TRANSLATE_NOOP("Commands", "Say why it was decided so"),
        ("W", "Return", "Enter"),
        "say_why",
        Where.FORM,
    ),
    Command(
        "undecided",
        _DECIDE,
        QT_TRANSLATE_NOOP("Commands", "Next that waits for a decision or a reason"),
        ("U",),
        "next_undecided",
    ),
    Command(
        "agreed",
        _DECIDE,
        QT_TRANSLATE_NOOP("Commands", "Show or fold what all agree on"),
        ("A",),
        "fold_agreed",
    ),
    Command(
        "discuss",
        _DECIDE,
        QT_TRANSLATE_NOOP("Commands", "To discuss at the next meeting"),
        ("D",),
        "discuss_scale",
    ),
    Command(
        "submit_consensus",
        _DECIDE,
        QT_TRANSLATE_NOOP("Commands", "Submit the consensus"),
        ("Ctrl+Return", "Ctrl+Enter"),
        "submit",
        Where.ALWAYS,
    ),
    Command(
        "leave_consensus",
        _MOVE,
        QT_TRANSLATE_NOOP("Commands", "Back to the list"),
        ("Alt+Left", "Ctrl+W"),
        "leave",
        Where.ALWAYS,
    ),
)

_OF_CODERS = {"submit", "mark", "example", "compare", "preferences", "leave"}
CONSENSUS_COMMANDS = (
    *CONSENSUS_ONLY[:-1],
    *(command for command in COMMANDS if command.key not in _OF_CODERS),
    CONSENSUS_ONLY[-1],
)

# A comparison is only looked at.
_CHANGES = {"not_applicable", "cannot_rate", "clear", "undo", "redo", "notes", "saved"}
_DECIDES = {command.key for command in CONSENSUS_ONLY} - {"agreed", "leave_consensus"}
COMPARE_COMMANDS = tuple(
    command
    for command in CONSENSUS_COMMANDS
    if command.key not in _CHANGES | _DECIDES and not command.key.startswith("rate_")
)
