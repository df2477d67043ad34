"""An open study: the only door to stored data."""

import os
import secrets
import shutil
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Concatenate, Self

import sqlcipher3.dbapi2 as sqlcipher
from sqlalchemy.exc import DBAPIError

from mio_fidelity.errors import Sentence, UserError
from mio_fidelity.store.backups import list_backups
from mio_fidelity.store.cipher import damaged, what_to_do
from mio_fidelity.store.door import Db, Done, Door, P, T, actor
from mio_fidelity.store.durable import settle
from mio_fidelity.store.first_look import first_look
from mio_fidelity.store.head import head_of, keep_head
from mio_fidelity.store.hold import Hold
from mio_fidelity.store.keys import RECOVERY, SHARED, Cost, Opened, unlock
from mio_fidelity.store.models import Person
from mio_fidelity.store.profile import is_on_server
from mio_fidelity.store.rekey import finish_rekey, half_moved, refused, rekey
from mio_fidelity.store.restore import finish_restore, is_restoring
from mio_fidelity.store.study_folder import DATABASE, bring_up_to_date, cannot_copy, fill

__all__ = ["DATABASE", "Db", "Done", "Project", "actor"]

FOLDERS = ("peaks", "recordings", "backups")


class Project(Door):
    """An open study and the person working in it.

    Belongs to the thread that opened it, but for `do_elsewhere`, `ask_elsewhere` and ``peaks``. `create`
    and `open` make one; `close` it, or use it in a ``with``.

    Attributes:
        remarks: What somebody should know about the study's file; mostly nothing.
    """

    remarks: tuple[Sentence, ...] = ()

    @classmethod
    def create(
        cls,
        folder: Path,
        passphrase: str,
        title: str,
        cost: Cost | None = None,
        supervisor: str | None = None,
    ) -> "Project":
        """Make a new, empty study in ``folder`` and open it.

        Args:
            folder: A folder that does not exist yet, is empty, or leads to an empty database on a server.
            passphrase: Opens the study from now on; there is no way in without one.
            title: What the study is called in the window.
            cost: Work per guess at the pass phrase; None for the usual.
            supervisor: The code of the person whose pass phrase it is; None when all are to share it.

        Raises:
            UserError: the folder is not empty or cannot be written, or the pass phrase is too short.
        """
        folder = folder.resolve()
        if is_on_server(folder):
            from mio_fidelity.store.server import ServerProject

            return ServerProject.create(folder, passphrase, title, supervisor=supervisor)
        # Made beside its place and moved there whole: a power cut leaves no half study.
        scratch = folder.parent / f"new-study-{secrets.token_hex(4)}.tmp"
        try:
            if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
                raise UserError(
                    "There is something in this place already. Choose a new folder for the study."
                )
            for name in FOLDERS:
                (scratch / name).mkdir(parents=True)
            fill(scratch, passphrase, title, cost, supervisor)
            if folder.exists():
                folder.rmdir()
            scratch.rename(folder)
            settle(folder.parent)
        except OSError as error:
            raise UserError(
                "The study could not be made here: {reason}. Choose a folder on a disk that you may write "
                "and that has room.",
                reason=error.strerror or "the disk refused",
            ) from error
        except DBAPIError as error:
            raise what_to_do(error) from error
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
        return cls.open(folder, passphrase)

    @classmethod
    def open(cls, folder: Path, passphrase: str) -> "Project":
        """Open the study in ``folder``; an older one is copied to ``backups/`` and brought up to date.

        Where ``folder`` leads to a server, the pass phrase is the password there.

        Raises:
            UserError: there is no study, the pass phrase is wrong, somebody has it open, or it is newer than
                this program, damaged, or cannot be written. Nothing was changed.
        """
        if is_on_server(folder):
            from mio_fidelity.store.server import ServerProject

            return ServerProject.open(folder, passphrase)
        # Unlike Path.is_file, a name no system allows counts as absent.
        if not os.path.isfile(folder / DATABASE) and not is_restoring(folder):
            raise _no_study(folder)
        hold = Hold(folder)
        try:
            finish_restore(folder)
            finish_rekey(folder)
            # The driver would fill an empty file with an empty study.
            if os.path.getsize(folder / DATABASE) == 0:
                raise damaged()
            project = cls(folder, hold, unlock(folder, passphrase))
            try:
                bring_up_to_date(folder, project._engine)
                project.remarks = project._look()
                project.take_over(project.opened)
                # Wanted, not needed: the next opening does it.
                with suppress(OSError, UserError):
                    project.ring.settle(passphrase, project.opened)
            except BaseException:
                project._let_go()
                raise
        except BaseException as error:
            hold.release()
            if isinstance(error, DBAPIError):
                raise what_to_do(error) from error
            if isinstance(error, OSError):
                raise cannot_copy(error) from error
            raise
        return project

    @staticmethod
    def refuse_if_open(folder: Path) -> None:
        """Make sure that nobody works on the study in ``folder``.

        Raises:
            UserError: somebody does, or the folder cannot be written.
        """
        Hold(folder).release()

    def close(self) -> None:
        """Let go of the study; calling it twice does no harm."""
        with self.file.copying:
            # A backup or a new key that is being made is finished first.
            pass
        if self._hold.is_locked:
            self._keep_head()
        self._let_go()
        self._hold.release()

    def _let_go(self) -> None:
        self._engine.dispose()
        self.file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def holder(self) -> str | None:
        """The person whose own pass phrase opened the study; None for the shared one and the recovery key."""
        return None if self.opened.name in (SHARED, RECOVERY) else self.opened.name

    def has_own_phrase(self, person_id: str) -> bool:
        """Whether somebody has a pass phrase of her own in this study."""
        return person_id in self.ring.names()

    def sign_in(self, person_id: str) -> None:
        """Say who is working from now on: what is changed is changed by this person.

        Raises:
            UserError: nobody with this id works in the study, or somebody else's pass phrase opened it.
        """
        if self.opened.name == RECOVERY:
            raise UserError("The recovery key only gives a supervisor a new pass phrase. Do that first.")
        if self.holder is None and person_id in self.ring.names():
            raise UserError("This person has a pass phrase of her own. Open the study with that one.")
        if self.holder not in (None, person_id):
            raise UserError(
                "The study was opened with somebody else's pass phrase. Close it, and open it with your own."
            )
        with self._at_work(), self._reading() as db:
            person = db.get(Person, person_id)
            if person is None or not person.active:
                raise UserError("This person does not work in the study. Choose somebody from the list.")
        self._person_id = person_id

    def unlock(self, passphrase: str) -> Opened:
        """Ask for a pass phrase again, as when the window was locked; on any thread.

        Raises:
            UserError: it does not open this study, or it is too early after wrong ones.
        """
        found = unlock(self.folder, passphrase)
        if found.data_key != self.opened.data_key:
            raise UserError("The study has another key by now. Close it, and open it again.")
        return found

    def take_over(self, opened: Opened) -> None:
        """Go on as whoever a pass phrase belongs to; nobody is signed in by one that is no person's.

        Raises:
            UserError: the person works in the study no more. Everything is as it was.
        """
        before = self.opened, self._person_id
        self.opened, self._person_id = opened, None
        if self.holder is not None:
            try:
                self.sign_in(self.holder)
            except UserError as error:
                self.opened, self._person_id = before
                raise UserError(
                    "This pass phrase belongs to somebody who works in the study no more. Ask the supervisor."
                ) from error

    def put_away(self) -> None:
        """Let nobody read or write, for `rekey`; on the thread that opened the study. Twice does no harm.

        Raises:
            UserError: something is going on in the background, or nobody has signed in.
        """
        self._refuse_nobody()
        self._gate.close()
        if self.file.copying.acquire(blocking=False):
            self.file.copying.release()
        else:
            self._gate.open()
            raise UserError("A backup is being made. Wait until it is done, and do this again.")
        self._engine.dispose()

    def rekey(
        self, keep: Collection[str], verb: Callable[Concatenate[Db, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Give the study a new data key and run ``verb`` in it, both or neither; any thread.

        On a thread that did not open the study only after `put_away`.

        Args:
            keep: The names of the slots that go on opening the study.
            verb: Changes what belongs to it; what it returns is returned.
            args: For the verb.
            kwargs: For the verb.

        Raises:
            UserError: the verb refused, or something could not be written; it says which key the study has.
        """
        self.put_away()
        with self.file.copying:
            if not self._hold.is_locked:
                raise RuntimeError("this study is closed")
            self.file.close()
            who: dict[str, object] = {
                "person_id": self._person_id,
                "verb": verb.__name__,
                "touched": set(),
            }
            try:
                value, key = rekey(self.ring, keep, who, lambda db: verb(db, *args, **kwargs))
            except BaseException as error:
                self._take_key(self.opened)
                self._gate.open()
                raise (refused(error) or error) from error
            # From here on it has the new one, and is away until the files are in their places.
            try:
                finish_rekey(self.folder)
            except OSError as error:
                raise half_moved(error) from error
            self._take_key(replace(self.opened, data_key=key))
            self._gate.open()
        return value

    def still_here(self) -> None:
        """Tell other computers that somebody works on the study; call it every minute."""
        self._hold.beat()

    def _look(self) -> tuple[Sentence, ...]:
        connection = self._engine.raw_connection()
        try:
            return first_look(connection.cursor(), self.folder, self.file.head_key)
        except sqlcipher.DatabaseError as error:
            raise what_to_do(error) from error
        finally:
            connection.close()

    def _keep_head(self) -> None:
        """Seal how far the audit trail goes; a disk that is full or gone must not be in the way."""
        if self.file.in_place():
            connection = self._engine.raw_connection()
            with suppress(OSError, sqlcipher.DatabaseError):
                keep_head(self.folder, self.file.head_key, head_of(connection.cursor()))
            connection.close()


def _no_study(folder: Path) -> UserError:
    if os.path.isdir(folder / "backups") and list_backups(folder):
        return UserError(
            "study.db is missing from this folder, but there are backups of it. Go back to one of them."
        )
    return UserError("There is no study in this folder. Choose the folder that holds study.db.")
