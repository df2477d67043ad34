"""The study that can be counted by hand, for the tests of tables."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.coding import small_study
from tests.coding.small_study import Small
from tests.conftest import Made, copy_of


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory, made: Made) -> Small:
    """The study, closed."""
    found = small_study.build(copy_of(made, tmp_path_factory.mktemp("small")))
    found.study.project.close()
    return found


@pytest.fixture
def small(tmp_path: Path, built: Small) -> Iterator[Small]:
    """A copy of it, S1 signed in."""
    study = copy_of(built.made, tmp_path)
    study.sign_in("S1")
    yield Small(study, built.sessions, built.ratings)
    study.project.close()
