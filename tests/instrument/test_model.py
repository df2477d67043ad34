"""Points, keys and rules of an instrument."""

import pytest

from mio_fidelity.instrument import Dimension, Domain, Instrument, NotApplicable, Scale


def dimension(*points: int, key: str = "fidelity", anchors: dict[int, str] | None = None) -> Dimension:
    return Dimension(key, key.title(), "how much", points, anchors or {}, "low", "high")


def instrument(**rules: NotApplicable) -> Instrument:
    dimensions = {
        "presence": dimension(0, 1, key="presence"),
        "fidelity": dimension(1, 2, 3, anchors={1: "none", 2: "some"}),
        "competence": dimension(1, 2, 3, key="competence", anchors={1: "poor"}),
    }
    listening = Scale(
        "listening", 1, "Listening", "", "care", ("fidelity", "competence"), {"fidelity": {1: "talks"}}
    )
    warmth = Scale("warmth", 2, "Warmth", "", "care", ("fidelity",))
    advice = Scale("advice", 3, "Advice", "", "teaching", ("presence", "fidelity"))
    domains = (
        Domain("care", "Care", "#000000", (listening, warmth)),
        Domain("teaching", "Teaching", "#ffffff", (advice,)),
    )
    every = {key: rules.get(key, NotApplicable()) for key in dimensions}
    return Instrument("test", "Test", "1", "", domains, dimensions, every, 2 / 3, {}, "")


@pytest.mark.parametrize(
    ("points", "keys"),
    [
        ((1, 2, 3, 4, 5, 6, 7), "1234567"),
        ((0, 1, 2, 3), "0123"),
        ((0, 2, 4, 9), "0249"),
        ((-3, -2, -1, 0, 1, 2, 3), "1234567"),
        ((1, 2, 3, 4, 5, 6, 7, 8, 9, 10), "1234567890"),
        ((10, 20), "12"),
    ],
)
def test_each_point_has_a_digit_key_that_gives_it_back(points: tuple[int, ...], keys: str) -> None:
    rating = dimension(*points)
    assert "".join(rating.key_for(point) for point in points) == keys
    assert tuple(rating.point_for_key(key) for key in keys) == points


def test_a_key_that_gives_no_point_gives_none() -> None:
    rating = dimension(1, 2, 3)
    assert [rating.point_for_key(key) for key in ("0", "4", "x", "", "12")] == [None] * 5


def test_asking_the_key_of_what_is_no_point_is_a_mistake() -> None:
    with pytest.raises(KeyError):
        dimension(1, 2, 3).key_for(4)


@pytest.mark.parametrize(
    ("points", "free"),
    [((1, 2), True), ((0, 1), False), ((-1, 0, 1), True), (tuple(range(1, 11)), False)],
)
def test_zero_is_free_unless_it_gives_a_point(points: tuple[int, ...], free: bool) -> None:
    assert dimension(*points).zero_is_free is free


def test_the_floor_is_the_lowest_point() -> None:
    assert dimension(-3, 0, 3).floor == -3


def test_scales_and_slots_follow_the_form() -> None:
    assert [scale.key for scale in instrument().scales] == ["listening", "warmth", "advice"]
    assert instrument().slots() == (
        ("listening", "fidelity"),
        ("listening", "competence"),
        ("warmth", "fidelity"),
        ("advice", "presence"),
        ("advice", "fidelity"),
    )


def test_a_scale_and_its_domain_are_found_by_key() -> None:
    assert instrument().scale("warmth").number == 2
    assert instrument().domain_of("advice").key == "teaching"
    with pytest.raises(KeyError):
        instrument().scale("nobody")
    with pytest.raises(KeyError):
        instrument().domain_of("nobody")


def test_a_scales_own_anchor_goes_before_the_general_one() -> None:
    anchor = instrument().anchor
    assert anchor("listening", "fidelity", 1) == "talks"
    assert anchor("listening", "fidelity", 2) == "some"
    assert anchor("warmth", "fidelity", 1) == "none"
    assert anchor("listening", "fidelity", 3) == ""


@pytest.mark.parametrize(
    "asked", [("nobody", "fidelity", 1), ("warmth", "competence", 1), ("warmth", "fidelity", 4)]
)
def test_an_anchor_of_what_does_not_exist_is_a_mistake(asked: tuple[str, str, int]) -> None:
    with pytest.raises(KeyError):
        instrument().anchor(*asked)


@pytest.mark.parametrize(("score", "out"), [(1, True), (2, True), (3, False), (None, False)])
def test_a_rule_decides_by_the_score_of_the_other_dimension(score: int | None, out: bool) -> None:
    ruled = instrument(competence=NotApplicable("fidelity", (1, 2)))
    assert ruled.ruled_out("competence", {"fidelity": score}) is out
    assert not ruled.ruled_out("fidelity", {"fidelity": score})


def test_a_rule_without_the_other_score_does_not_decide() -> None:
    assert not instrument(competence=NotApplicable("fidelity", (1,))).ruled_out("competence", {})


def test_what_depends_on_a_ruled_out_dimension_is_ruled_out_with_it() -> None:
    ruled = instrument(fidelity=NotApplicable("presence", (0,)), competence=NotApplicable("fidelity", (1,)))
    assert ruled.ruled_out("competence", {"presence": 0, "fidelity": None})
    assert not ruled.ruled_out("competence", {"presence": 1, "fidelity": 2})


@pytest.mark.parametrize(
    ("rated", "applicable", "enough"),
    [(2, 3, True), (1, 3, False), (4, 6, True), (3, 5, False), (1, 1, True), (0, 0, False), (0, 3, False)],
)
def test_a_domain_score_needs_its_share_of_the_applicable_scales(
    rated: int, applicable: int, enough: bool
) -> None:
    assert instrument().enough_rated(rated, applicable) is enough
