"""A plan in words."""

from PySide6.QtCore import QCoreApplication, QDate, QLocale

from mio_fidelity.coding.plan import Phase, Plan, Stratum, Unit
from mio_fidelity.gui import figures

translate = QCoreApplication.translate


def units() -> dict[Unit, str]:
    """Per whom sessions are taken."""
    return {
        Unit.CLIENT: translate("Plan", "each client"),
        Unit.COUNSELOR: translate("Plan", "each counselor"),
        Unit.SITE: translate("Plan", "each site"),
        Unit.ARM: translate("Plan", "each arm"),
        Unit.STUDY: translate("Plan", "the whole study"),
    }


def strata() -> dict[Stratum, str]:
    """What double-coded sessions are spread over."""
    return {
        Stratum.ARM: translate("Plan", "arm"),
        Stratum.SITE: translate("Plan", "site"),
        Stratum.COUNSELOR: translate("Plan", "counselor"),
        Stratum.PHASE: translate("Plan", "phase"),
    }


def usual_plan() -> Plan:
    """The plan to begin with, its phases named in the language of the window."""
    names = (translate("Plan", "early"), translate("Plan", "middle"), translate("Plan", "late"))
    return Plan(
        phases=tuple(
            Phase(name, phase.first, phase.last, phase.take)
            for name, phase in zip(names, Plan().phases, strict=True)
        )
    )


def in_words(plan: Plan) -> tuple[str, ...]:
    """The terms of ``plan``, a sentence each."""
    told = [translate("Plan", "Taken from {whom}:").format(whom=units()[plan.unit]) + " " + _phases(plan)]
    for words, codes in (
        (translate("Plan", "Arms: {codes}."), plan.arms),
        (translate("Plan", "Sites: {codes}."), plan.sites),
        (translate("Plan", "Coders: {codes}."), plan.coders),
    ):
        if codes:
            told.append(words.format(codes=", ".join(codes)))
    twice = translate("Plan", "Coded twice: {share}.").format(share=figures.percent(plan.double_share))
    if plan.double_by and plan.double_share:
        over = ", ".join(strata()[each] for each in plan.double_by)
        twice = translate("Plan", "Coded twice: {share}, spread over {over}.").format(
            share=figures.percent(plan.double_share), over=over
        )
    told.append(twice)
    told.append(
        translate("Plan", "Coders also code sessions of their own site.")
        if plan.own_site
        else translate("Plan", "Coders code no session of their own site.")
    )
    if plan.recodes:
        words = translate("Plan", "Hidden re-codes per coder: {n}; days after submitting, at least: {days}.")
        told.append(words.format(n=plan.recodes, days=plan.recode_after_days))
    if plan.first_due:
        day = QLocale().toString(
            QDate(plan.first_due.year, plan.first_due.month, plan.first_due.day),
            QLocale.FormatType.ShortFormat,
        )
        words = translate("Plan", "First due {day}; sessions a week for each coder: {n}.")
        if not plan.per_week:
            words = translate("Plan", "Due {day}.")
        told.append(words.format(day=day, n=plan.per_week))
    return tuple(told)


def _phases(plan: Plan) -> str:
    some = translate("Plan", "{n} of the sessions {first}–{last} ({name})")
    every = translate("Plan", "all of the sessions {first}–{last} ({name})")
    return (
        ", ".join(
            (every if phase.take is None else some).format(
                n=phase.take, first=phase.first, last=phase.last, name=phase.name
            )
            for phase in plan.phases
        )
        + "."
    )
