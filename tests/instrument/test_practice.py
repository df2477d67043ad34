"""The instruments that come with the program."""

import re

import pytest

from mio_fidelity import paths
from mio_fidelity.instrument import Instrument, NotApplicable, Scale, read_instrument, shipped_instrument

BANNER = "Practice set, not the official MIO scales"
HEADINGS = ["What counts", "What does not count", "Neighbors", "How much", "How well", "Examples"]
EXAMPLE = re.compile(r'(?m)^> "[^"]+"\n\n\*\*Fidelity (\d), competence (\d|not applicable)\.\*\* \w.+\.$')
SCALES = shipped_instrument().scales


@pytest.fixture(scope="module")
def practice() -> Instrument:
    return shipped_instrument()


def test_the_practice_set_has_ten_scales_in_three_domains(practice: Instrument) -> None:
    assert (practice.key, practice.edition) == ("practice", "1.1")
    assert {domain.key: [scale.key for scale in domain.scales] for domain in practice.domains} == {
        "alliance": ["warm_regard", "empathic_listening", "collaborative_focus"],
        "psychoeducation": ["parenting_information", "advice_coaching", "topic_structure"],
        "mentalization": ["curious_stance", "caregiver_mind", "child_mind", "transparent_linking"],
    }
    assert [domain.color for domain in practice.domains] == [domain.key for domain in practice.domains]
    assert len(practice.slots()) == 20


def test_the_practice_set_says_everywhere_that_it_is_not_the_official_one(practice: Instrument) -> None:
    assert practice.banner == BANNER
    assert all(BANNER in text for text in practice.files.values())


def test_competence_is_not_applicable_exactly_where_fidelity_is_at_its_floor(practice: Instrument) -> None:
    assert practice.not_applicable == {
        "fidelity": NotApplicable(),
        "competence": NotApplicable("fidelity", (1,)),
    }


def test_two_thirds_of_a_domain_must_be_rated(practice: Instrument) -> None:
    assert practice.enough_rated(2, 3)
    assert not practice.enough_rated(2, 4)


def test_every_point_has_a_name_and_a_meaning_on_every_scale(practice: Instrument) -> None:
    for scale, dimension in practice.slots():
        meant = {practice.anchor(scale, dimension, point) for point in range(1, 8)}
        assert len(meant) == 7
        assert all(sentence.endswith(".") for sentence in meant)
    for dimension in practice.dimensions.values():
        assert tuple(dimension.names) == dimension.points


@pytest.mark.parametrize("scale", SCALES, ids=[scale.key for scale in SCALES])
def test_a_manual_page_has_all_its_parts_and_is_short_enough_for_a_coder_at_work(scale: Scale) -> None:
    assert scale.page.startswith(f"# {scale.title}\n")
    assert re.findall(r"(?m)^## (.+)$", scale.page) == HEADINGS
    assert 300 <= len(scale.page.split()) <= 450
    for part in ("How much", "How well"):
        levels = scale.page.split(f"## {part}")[1].split("##")[0]
        assert re.findall(r"\*\*(.+?):\*\*", levels) == ["Low (1-2)", "Middle (4)", "High (6-7)"]


@pytest.mark.parametrize("scale", SCALES, ids=[scale.key for scale in SCALES])
def test_a_manual_page_ends_with_three_rated_statements(scale: Scale, practice: Instrument) -> None:
    ratings = EXAMPLE.findall(scale.page)
    assert len(ratings) == 3
    for fidelity, competence in ratings:
        out = practice.ruled_out("competence", {"fidelity": int(fidelity)})
        assert (competence == "not applicable") is out


def test_neighbors_are_called_by_the_titles_they_have(practice: Instrument) -> None:
    titles = {scale.title for scale in practice.scales}
    for scale in practice.scales:
        part = scale.page.split("## Neighbors")[1].split("##")[0]
        assert len(set(re.findall(r"(?<!\*)\*([A-Z][^*]+)\*", part)) & titles - {scale.title}) >= 2
        assert set(re.findall(r"(?<!\*)\*([A-Z][^*]+)\*(?!\*)", part)) <= titles


def test_the_practice_set_is_read_once() -> None:
    assert shipped_instrument() is shipped_instrument()


def test_the_example_to_copy_from_is_valid() -> None:
    example = read_instrument(paths.coding_manual() / "example_5_point.toml")
    assert len(example.slots()) == 4
    assert example.dimensions["quality"].points == (1, 2, 3, 4, 5)
    assert example.not_applicable["quality"].coder_may_choose


def test_the_reference_names_every_key_of_the_file() -> None:
    readme = (paths.coding_manual() / "README.md").read_text(encoding="utf-8")
    written = "".join((paths.coding_manual() / "practice.toml").read_text(encoding="utf-8"))
    keys = set(re.findall(r"(?m)^([a-z_]+) =", written))
    assert {key for key in keys if f"`{key}`" not in readme} == set()
