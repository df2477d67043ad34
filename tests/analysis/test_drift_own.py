"""A change against partners is a coder's own only when several partners, or master codes, say so."""

import pytest

from mio_fidelity.analysis.drift_own import Share, is_own, is_shared


def share(change, n=3, who=0, holds=True):
    return Share(who, n, change, holds)


MASTER = -1


@pytest.mark.parametrize(
    ("found", "master", "own"),
    [
        ([share(1.0), share(0.9, who=1)], None, True),
        ([share(1.0)], None, False),
        ([share(2.0), share(0.0, who=1, holds=False), share(0.1, who=2, holds=False)], None, False),
        ([share(1.0)], share(0.9, 2, MASTER), True),
        ([share(1.0)], share(0.9, 1, MASTER), False),
        ([share(1.0), share(0.9, who=1)], share(0.1, 3, MASTER, holds=False), False),
        ([share(1.0), share(0.9, who=1)], share(0.1, 2, MASTER, holds=False), True),
        # Two hold, but without the one who shows it most too little is left.
        ([share(1.0, 9), share(0.6, 1, 1), share(0.0, 9, 2, holds=False)], None, False),
        ([share(1.0, 1), share(1.0, 1, 1)], None, False),
        ([share(-1.0), share(-0.9, who=1)], None, True),
    ],
)
def test_whose_a_change_is(found, master, own):
    assert is_own(found, master) is own


@pytest.mark.parametrize(
    ("holds", "shared"),
    [((True,), False), ((True, True), True), ((True, False), False), ((True, True, False, False), False)],
)
def test_what_all_coders_do_is_done_by_more_than_half_of_them(holds, shared):
    assert is_shared([share(0.5, who=who, holds=each) for who, each in enumerate(holds)]) is shared
