"""What a supervisor should know of a draw before it is carried out."""

from collections.abc import Iterator, Mapping

from mio_fidelity.coding.plan import Plan
from mio_fidelity.decimals import coefficient
from mio_fidelity.errors import UserError
from mio_fidelity.reliability.precision import expected_interval

FEW_PAIRS = 30


def judged(
    plan: Plan, coders: int, drawn: int, double: int, pairs: Mapping[tuple[str, str], int], connected: bool
) -> Iterator[UserError]:
    """Whether the coders can be compared, and how precise the reliability will be.

    Args:
        plan: The terms.
        coders: How many code.
        drawn: How many sessions are sampled.
        double: How many of them are coded twice.
        pairs: Two coders -> sessions both code.
        connected: Whether every coder is linked to every other.
    """
    if not coders:
        yield UserError("Nobody codes in this study yet, so nothing can be given out. Add coders first.")
    elif coders == 1 and plan.double_share > 0:
        yield UserError("There is one coder only, so nothing can be coded twice.")
    elif double and not connected:
        yield UserError(
            "The coders fall into groups that share no session, so they cannot be compared with each other. "
            "Raise the share that is coded twice, or look at who is barred."
        )
    elif double and not all(pairs.values()):
        never = sum(not count for count in pairs.values())
        yield UserError("Pairs of coders that share no session: {n}; all are linked through others.", n=never)
    if drawn and coders > 1 and double < 2:
        yield UserError("Sessions coded twice: {n}. Reliability cannot be computed.", n=double)
    elif drawn and coders > 1 and double < FEW_PAIRS:
        low, high = expected_interval(plan.expected_icc, double)
        yield UserError(
            "Only {n} sessions are coded twice: where the ICC is {rho}, its interval will run from about "
            "{low} to {high}. Under 30 an estimate proves little.",
            n=double,
            rho=coefficient(plan.expected_icc),
            low=coefficient(low),
            high=coefficient(high),
        )
