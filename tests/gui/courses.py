"""A study of four counselors, each with a client through twelve sessions, and a report on it."""

from mio_fidelity.analysis.counselor_results import CounselorReport
from mio_fidelity.analysis.counselors import counselor_report
from mio_fidelity.coding import people
from mio_fidelity.demo_history import add_courses, read_history
from mio_fidelity.store import Role
from tests.conftest import OpenStudy


def fill(study: OpenStudy) -> None:
    """Add the courses of the demo; S1 is signed in afterwards."""
    study.sign_in("S1")
    study.people["R3"] = study.do(people.add_person, "R3", Role.CODER)
    study.do(add_courses, study.instrument_id, read_history("courses"))
    study.people |= {member.code: member.id for member in study.ask(people.roster)}


def report_on(study: OpenStudy) -> CounselorReport:
    """With all of it."""
    fill(study)
    return study.ask(counselor_report)
