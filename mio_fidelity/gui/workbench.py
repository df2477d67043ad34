"""What the pages share: the open study, the preferences, and the word that something changed."""

from collections.abc import Callable
from datetime import datetime
from typing import Concatenate, ParamSpec, TypeVar

from PySide6.QtCore import QCoreApplication, QObject, Signal

from mio_fidelity.errors import Sentence, UserError
from mio_fidelity.settings import Settings
from mio_fidelity.store import Db, Done, Project

P = ParamSpec("P")
T = TypeVar("T")

EVERYTHING = frozenset({"*"})


class Workbench(QObject):
    """Runs verbs and questions for the pages.

    Signals:
        changed: The tables a verb changed, or `EVERYTHING`: pages ask again and show what is stored.
            Also sent after a refusal, so that nobody looks at what was clicked instead of what is stored.
        refused: The `UserError` of a verb or question.
        opened: A study was opened.
        closing: The open study is about to be closed.
    """

    changed = Signal(object)
    refused = Signal(object)
    opened = Signal()
    closing = Signal()

    def __init__(self, settings: Settings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.settings = settings
        self._project: Project | None = None
        self.saved_at: datetime | None = None

    @property
    def project(self) -> Project:
        """The open study; asking for it when there is none is a bug."""
        if self._project is None:
            raise RuntimeError("no study is open")
        return self._project

    @property
    def has_project(self) -> bool:
        """Whether a study is open."""
        return self._project is not None

    @property
    def away(self) -> bool:
        """Whether what is stored now waits on this computer for a server."""
        return self._project is not None and self._project.away

    def open(self, project: Project) -> None:
        """Work on ``project`` from now on."""
        self.close()
        self._project = project
        self.opened.emit()

    def close(self) -> None:
        """Let go of the study."""
        if self._project is not None:
            self.closing.emit()
            self._project.close()
        self._project = None
        self.saved_at = None

    def do(self, verb: Callable[Concatenate[Db, P], T], *args: P.args, **kwargs: P.kwargs) -> Done[T] | None:
        """Run ``verb``; None when it was refused, which the person has then been told."""
        try:
            done = self.project.do(verb, *args, **kwargs)
        except UserError as error:
            self.refused.emit(error)
            self.changed.emit(EVERYTHING)
            return None
        self.saved_at = datetime.now().astimezone()
        if done.changed:
            self.changed.emit(done.changed)
        return done

    def ask(self, question: Callable[Concatenate[Db, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Answer ``question``.

        Raises:
            UserError: the study cannot be read.
        """
        return self.project.ask(question, *args, **kwargs)


def sentence(error: UserError) -> str:
    """What ``error`` says, in the language of the window."""
    values = {
        name: sentence(value) if isinstance(value, UserError) else value
        for name, value in error.values.items()
    }
    return QCoreApplication.translate("UserError", error.template).format(**values)


def said(text: object) -> str:
    """A `Sentence` in the language of the window; anything else as it is."""
    if not isinstance(text, Sentence):
        return str(text)
    values = {name: said(value) for name, value in text.values.items()}
    return QCoreApplication.translate("Estimate", text.template).format(**values)
