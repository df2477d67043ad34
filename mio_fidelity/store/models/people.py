"""Who works in the study, who delivers the therapy and who receives it."""

from datetime import date
from enum import StrEnum

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from mio_fidelity.store.models.base import Base, new_id, one_of, to


class Role(StrEnum):
    """What a person does in the study, and in which role a rating was given."""

    CODER = "coder"
    SUPERVISOR = "supervisor"
    CLINICIAN = "clinician"


class Site(Base):
    """A treatment program."""

    __tablename__ = "site"
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    code: Mapped[str] = mapped_column(unique=True)


class Person(Base):
    """Somebody who works in the study, under a code."""

    __tablename__ = "person"
    __table_args__ = (one_of("role", Role, "role"),)
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    code: Mapped[str] = mapped_column(unique=True)
    role: Mapped[str]
    active: Mapped[bool] = mapped_column(default=True)
    # Where the person works, when a plan is to keep coders away from their own site.
    site_id: Mapped[str | None] = to("site")


class Barred(Base):
    """Whose sessions a person is not to rate: a client's, a counselor's or a site's."""

    __tablename__ = "barred"
    __table_args__ = (
        CheckConstraint(
            " + ".join(
                f"CASE WHEN {column} IS NULL THEN 0 ELSE 1 END"
                for column in ("client_id", "counselor_id", "site_id")
            )
            + " = 1",
            name="one",
        ),
    )
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    person_id: Mapped[str] = to("person", index=True)
    client_id: Mapped[str | None] = to("client")
    counselor_id: Mapped[str | None] = to("counselor")
    site_id: Mapped[str | None] = to("site")


class Counselor(Base):
    """Somebody who delivers the therapy."""

    __tablename__ = "counselor"
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    code: Mapped[str] = mapped_column(unique=True)
    site_id: Mapped[str | None] = to("site")
    # Set when a coder or clinician of the study is this counselor, who then may not rate own sessions.
    person_id: Mapped[str | None] = to("person")


class Client(Base):
    """A caregiver, known only by a pseudonymous id."""

    __tablename__ = "client"
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    code: Mapped[str] = mapped_column(unique=True)
    site_id: Mapped[str | None] = to("site")
    # From that day on nothing of hers may be heard, and what may not be kept is removed.
    withdrew_on: Mapped[date | None]
