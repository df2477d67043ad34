"""Reading instrument files: every good one is taken, and every fault is named with its line and remedy."""

import random
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mio_fidelity import paths
from mio_fidelity.errors import UserError
from mio_fidelity.instrument import (
    Instrument,
    NotApplicable,
    parse_instrument,
    read_instrument,
    shipped_instrument,
)

PRACTICE = (paths.coding_manual() / "practice.toml").read_text(encoding="utf-8")
EXAMPLE = (paths.coding_manual() / "example_5_point.toml").read_text(encoding="utf-8")

SMALL = """\
key = "small"
edition = "2"
title = "Small"
missing_share = 0.5

[[dimensions]]
key = "fidelity"
title = "Fidelity"
question = "how much"
points = [1, 2, 3]
low = "none"
high = "much"

[[domains]]
key = "care"
title = "Care"
color = "alliance"

[[scales]]
key = "warmth"
domain = "care"
title = "Warmth"
"""


def files(text: str, *pages: str) -> dict[str, str]:
    """An instrument file and a page for each of its scales."""
    keys = pages or re.findall(r'(?m)^key = "(\w+)"$', text)
    return {"small.toml": text, **{f"small/{key}.md": f"# {key}" for key in keys}}


def parse(text: str, *pages: str) -> Instrument:
    return parse_instrument(files(text, *pages))


def complaint(text: str, *pages: str) -> str:
    with pytest.raises(UserError) as caught:
        parse(text, *pages)
    return str(caught.value)


def line(text: str, wanted: str, nth: int = 1) -> int:
    """The line, from 1, on which ``wanted`` stands for the ``nth`` time."""
    return [number for number, row in enumerate(text.split("\n"), 1) if row == wanted][nth - 1]


def test_a_small_file_is_read_with_what_it_left_out() -> None:
    small = parse(SMALL)
    assert (small.key, small.edition, small.banner, small.general) == ("small", "2", "", "")
    assert small.not_applicable == {"fidelity": NotApplicable()}
    assert small.slots() == (("warmth", "fidelity"),)
    assert small.scale("warmth").page == "# warmth"
    assert small.anchor("warmth", "fidelity", 2) == ""


@pytest.mark.parametrize(
    "points",
    [
        (1, 2, 3, 4, 5),
        (0, 1, 2, 3, 4, 5, 6),
        tuple(range(1, 10)),
        (-3, -2, -1, 0, 1, 2, 3),
        (0, 50, 90),
        tuple(range(1, 11)),
    ],
)
def test_any_two_to_ten_ascending_points_will_do(points: tuple[int, ...]) -> None:
    anchors = "\n".join(f'{point} = "point {point}"' for point in points)
    text = SMALL.replace("[1, 2, 3]", str(list(points))) + f"[scales.anchors.fidelity]\n{anchors}\n"
    assert parse(text).dimensions["fidelity"].points == points
    assert parse(text).anchor("warmth", "fidelity", points[0]) == f"point {points[0]}"


def test_a_plus_sign_may_stand_before_a_point() -> None:
    text = SMALL.replace("[1, 2, 3]", "[-1, 0, +1]") + '[scales.anchors.fidelity]\n"+1" = "much"\n'
    assert parse(text).anchor("warmth", "fidelity", 1) == "much"


def test_forty_scales_are_numbered_through_in_the_order_of_their_domains() -> None:
    scales = "".join(
        f'[[scales]]\nkey = "s{place}"\ndomain = "{("care", "work")[place % 2]}"\ntitle = "{place}"\n'
        for place in range(40)
    )
    head = SMALL[: SMALL.index("[[scales]]")]
    many = parse(head + '[[domains]]\nkey = "work"\ntitle = "Work"\ncolor = "#123abc"\n' + scales)
    assert [scale.number for scale in many.scales] == list(range(1, 41))
    assert [scale.key for scale in many.domains[0].scales] == [f"s{place}" for place in range(0, 40, 2)]


def test_a_scale_may_have_fewer_ratings_than_there_are_dimensions() -> None:
    text = PRACTICE.replace('title = "Warm regard"', 'title = "Warm regard"\ndimensions = ["competence"]')
    text = re.sub(r"\[scales.anchors.fidelity\][^\[]*", "", text, count=1)
    one = parse(text)
    assert one.scale("warm_regard").dimensions == ("competence",)
    assert len(one.slots()) == 19


@pytest.mark.parametrize(
    ("written", "share"), [("1", 1.0), ("0.5", 0.5), ('"2/3"', 2 / 3), ('"3 / 4"', 0.75)]
)
def test_the_missing_share_is_a_number_or_a_fraction(written: str, share: float) -> None:
    assert parse(SMALL.replace("0.5", written)).missing_share == share


@pytest.mark.parametrize("written", ["0", "1.5", '"3/2"', '"2/0"', '"half"', "true", "[]", "nan", "9" * 400])
def test_a_share_that_is_none_is_refused(written: str) -> None:
    assert "line 4: 'missing_share' must be a share" in complaint(SMALL.replace("0.5", written))


FAULTS = [
    ('edition = "2"', "edition = 2", "line 2: 'edition' must be text; put it between quotation marks."),
    ('edition = "2"\n', "", "small.toml: 'edition' is missing; add a line edition = \"...\""),
    ('title = "Small"', 'title = " "', "line 3: 'title' is empty"),
    ('title = "Small"', f'title = "{"x" * 61}"', "line 3: 'title' has 61 characters; shorten it to 60"),
    ('title = "Small"', 'title = "a\\u0007b"', "line 3: 'title' contains control characters"),
    ('title = "Small"', 'titel = "Small"', "line 3: unknown key 'titel'; did you mean 'title'?"),
    ('key = "small"', 'key = "Small"', "line 1: 'Small' cannot be a key; use small letters"),
    ('key = "warmth"', 'key = "../warmth"', "line 20: '../warmth' cannot be a key"),
    ('key = "warmth"', 'key = "general"', "line 20: 'general' is the name of the page on how to rate"),
    ('key = "warmth"', "key = []", "line 20: 'key' must be text"),
    ('domain = "care"', 'domain = "car"', "line 21: unknown domain 'car'; did you mean 'care'?"),
    ('domain = "care"', 'domain = "zzz"', "line 21: unknown domain 'zzz'; use one of: care."),
    ('domain = "care"\n', "", "line 19: 'domain' is missing"),
    ('color = "alliance"', 'color = "blue"', "line 17: 'color' must be one of alliance, psychoeducation"),
    ("[1, 2, 3]", "[1]", "line 10: 'points' must list 2 to 10 points."),
    ("[1, 2, 3]", str(list(range(11))), "line 10: 'points' must list 2 to 10 points."),
    ("[1, 2, 3]", "[3, 2, 1]", "line 10: 'points' must list whole numbers from low to high"),
    ("[1, 2, 3]", "[1, 1, 2]", "line 10: 'points' must list whole numbers from low to high"),
    ("[1, 2, 3]", "[0, 0.5, 1]", "line 10: 'points' must list whole numbers from low to high"),
    ("[1, 2, 3]", "[false, true]", "line 10: 'points' must list whole numbers from low to high"),
    ("[1, 2, 3]", '"1-7"', "line 10: 'points' must list whole numbers from low to high"),
    ("points = [1, 2, 3]\n", "", "line 6: 'points' is missing; add a line points = [1, 2, 3]"),
    ('high = "much"', 'high = "much"\nanchors = 3', "line 13: 'anchors' must be a table"),
    ('high = "much"', 'high = "much"\nanchors.4 = "x"', "line 13: '4' is not a point of this dimension"),
    ('high = "much"', 'high = "much"\nanchors.x = "x"', "line 13: 'x' is not a point of this dimension"),
    ('high = "much"', 'high = "m"\nanchors.1 = "x"\nanchors."+1" = "y"', "line 14: point 1 appears twice"),
    ('title = "Warmth"', 'title = "W"\ndimensions = []', "line 23: 'dimensions' must list each dimension"),
    (
        'title = "Warmth"',
        'title = "W"\ndimensions = ["fidelty"]',
        "line 23: unknown dimension 'fidelty'; did",
    ),
    ('title = "Warmth"', 'title = "W"\nanchors.comp.1 = "x"', "line 23: unknown dimension of this scale"),
    ("[[scales]]", "[scales]", "line 19: 'scales' must be written as tables, each headed [[scales]]."),
    ("[[scales]]", "[[scale]]", "line 19: unknown key 'scale'; did you mean 'scales'?"),
    ("[[scales]]", "[[scale]]", "small.toml: there are 0 tables headed [[scales]]; give 1 to 40."),
]


@pytest.mark.parametrize(("good", "bad", "said"), FAULTS)
def test_a_fault_is_named_with_its_line_and_remedy(good: str, bad: str, said: str) -> None:
    assert good in SMALL
    assert said in complaint(SMALL.replace(good, bad, 1))


RULE = """
[dimensions.not_applicable]
when = "fidelity"
at = [1]
coder_may_choose = false
"""
RULE_FAULTS = [
    ('when = "fidelity"', 'when = "fidelty"', "unknown dimension 'fidelty'; did you mean 'fidelity'?"),
    ('when = "fidelity"', 'when = "competence"', "this rule depends on itself through other rules"),
    ('when = "fidelity"', "", "'when' is missing"),
    ("at = [1]", "", "'at' is missing"),
    ("at = [1]", "at = [8]", "'at' must list some, not all, of the points of 'fidelity'"),
    ("at = [1]", "at = [1, 2, 3, 4, 5, 6, 7]", "'at' must list some, not all, of the points"),
    ("= false", '= "no"', "'coder_may_choose' must be true or false"),
    ("coder_may_choose", "coder_can_choose", "unknown key 'coder_can_choose'; did you mean"),
]


@pytest.mark.parametrize(("good", "bad", "said"), RULE_FAULTS)
def test_a_faulty_rule_is_named(good: str, bad: str, said: str) -> None:
    assert RULE in PRACTICE
    told = complaint(PRACTICE.replace(RULE, RULE.replace(good, bad)))
    header = line(PRACTICE, "[dimensions.not_applicable]")
    place = re.fullmatch(rf"small\.toml, line (\d+): {re.escape(said)}.*", told)
    assert place
    assert header <= int(place[1]) <= header + 3


def test_rules_that_run_in_a_circle_are_refused() -> None:
    second = '\n[[dimensions]]\nkey = "competence"'
    circle = PRACTICE.replace(second, RULE.replace('"fidelity"', '"competence"') + second)
    assert complaint(circle).count("depends on itself") == 2


def test_a_key_used_twice_is_named_at_its_second_place() -> None:
    text = PRACTICE.replace('key = "child_mind"', 'key = "warm_regard"')
    second = line(text, 'key = "warm_regard"', 2)
    told = f"small.toml, line {second}: scale 'warm_regard' appears twice; give each scale its own key."
    assert told in complaint(text)


def test_a_domain_without_scales_is_named() -> None:
    extra = '[[domains]]\nkey = "spare"\ntitle = "Spare"\ncolor = "#000000"\n'
    assert "line 24: no scale names this domain" in complaint(SMALL + extra, "warmth")


def test_more_than_forty_scales_are_refused() -> None:
    scales = "".join(f'[[scales]]\nkey = "s{n}"\ndomain = "care"\ntitle = "{n}"\n' for n in range(40))
    assert "there are 41 tables headed [[scales]]; give 1 to 40." in complaint(SMALL + scales)


def test_all_faults_are_told_at_once_in_the_order_of_the_file() -> None:
    text = SMALL.replace('"2"', "2").replace("alliance", "blue").replace("[1, 2, 3]", "[2, 1]")
    told = complaint(text, "other").split("\n")
    assert [re.split(r": ", row)[0] for row in told[:-1]] == [f"small.toml, line {n}" for n in (2, 10, 17)]
    assert told[-1] == "small/warmth.md is missing; create it with the manual page of 'warmth'."


def test_of_very_many_faults_only_the_first_twenty_are_told() -> None:
    told = complaint("".join(f"x{n} = 1\n" for n in range(30)) + SMALL, "warmth").split("\n")
    assert len(told) == 21
    assert told[-1] == "... and 10 more."


def test_a_fault_in_inline_tables_is_placed_at_their_key() -> None:
    text = 'domains = [\n  {key = "care", title = "Care", color = "blue"}\n]\n' + SMALL.replace(
        '[[domains]]\nkey = "care"\ntitle = "Care"\ncolor = "alliance"\n', ""
    )
    assert "line 1: 'color' must be one of" in complaint(text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (SMALL.replace('"small"', '"small'), "small.toml, line 1: not valid TOML ("),
        (SMALL + SMALL, "small.toml, line 23: not valid TOML (Cannot overwrite a value)"),
        (SMALL + "x = '''open", "small.toml, line 23: not valid TOML ("),
        ("x = " + "[" * 100_000, "small.toml is nested too deeply"),
        ("x = " + "9" * 5000, "small.toml, line 1: not valid TOML ("),
        ("", "small.toml is empty"),
        (" \n\t\n", "small.toml is empty"),
        ("# only a remark", "'edition' is missing"),
        ("key = 'a'\0", "small.toml is not a text file"),
        ("#" * 1_000_001, "small.toml is larger than 1 MB"),
    ],
)
def test_what_is_no_instrument_at_all_is_told_apart(text: str, said: str) -> None:
    assert said in complaint(text, "warmth")


def test_the_files_must_hold_exactly_one_instrument() -> None:
    for names in ([], ["a.toml", "b.toml"], ["a/b.toml"]):
        with pytest.raises(UserError, match=r"exactly one \.toml"):
            parse_instrument(dict.fromkeys(names, SMALL))


def write(folder: Path, text: str | bytes, page: str | bytes | None = "# Warmth\n") -> Path:
    """A small instrument on disk."""
    path = folder / "small.toml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    if page is not None:
        (folder / "small").mkdir()
        (folder / "small" / "warmth.md").write_bytes(page.encode() if isinstance(page, str) else page)
    return path


def test_a_file_on_disk_is_read_with_its_pages_and_nothing_else(tmp_path: Path) -> None:
    path = write(tmp_path, SMALL)
    (tmp_path / "small" / "draft.md").write_text("a draft")
    (tmp_path / "warmth.md").write_text("not in the folder")
    small = read_instrument(path)
    assert small.files == {"small.toml": SMALL, "small/warmth.md": "# Warmth\n"}
    assert parse_instrument(small.files) == small


def test_exact_text_is_kept_whatever_its_line_endings_and_byte_order_mark(tmp_path: Path) -> None:
    windows = SMALL.replace("\n", "\r\n")
    small = read_instrument(write(tmp_path, b"\xef\xbb\xbf" + windows.encode(), "# Wärme\r\n"))
    assert small.files == {"small.toml": windows, "small/warmth.md": "# Wärme\r\n"}
    assert parse_instrument(small.files) == small


@pytest.mark.parametrize(
    ("text", "page", "said"),
    [
        (SMALL, None, "small/warmth.md is missing; create it"),
        (SMALL, "", "small/warmth.md is empty"),
        (SMALL, b"# Caf\xe9", "small/warmth.md, line 1: the text is not UTF-8"),
        (SMALL, b"\x89PNG\r\n\0\0", "small/warmth.md is not a text file"),
        (SMALL, b"x" * 1_000_001, "small/warmth.md is larger than 1 MB"),
        (SMALL.encode().replace(b"Warmth", b"W\xe4rme"), "# W", "small.toml, line 22: the text is not UTF-8"),
        (SMALL.encode("utf-16"), "# W", "small.toml is not a text file; save it as plain text"),
        (b"", "# W", "small.toml is empty"),
        (b"#" * 1_000_001, "# W", "small.toml is larger than 1 MB"),
    ],
)
def test_a_bad_file_on_disk_is_named(
    tmp_path: Path, text: str | bytes, page: str | bytes | None, said: str
) -> None:
    with pytest.raises(UserError) as caught:
        read_instrument(write(tmp_path, text, page))
    assert said in str(caught.value)
    assert str(tmp_path) not in str(caught.value)


def test_a_file_that_is_not_there_or_no_instrument_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "folder.toml").mkdir()
    for name, said in [
        ("gone.toml", "gone.toml was not found"),
        ("scales.xlsx", "scales.xlsx is not an instrument file; choose one that ends in .toml."),
        ("folder.toml", "folder.toml could not be read"),
    ]:
        with pytest.raises(UserError, match=re.escape(said)):
            read_instrument(tmp_path / name)


def test_the_fingerprint_knows_text_but_not_line_endings_or_order() -> None:
    shipped = shipped_instrument()
    windows = {name: text.replace("\n", "\r\n") for name, text in reversed(shipped.files.items())}
    assert parse_instrument(windows).sha256 == shipped.sha256
    page = {**shipped.files, "practice/child_mind.md": shipped.scale("child_mind").page + "!"}
    assert parse_instrument(page).sha256 != shipped.sha256


def test_the_fingerprint_of_a_known_instrument_stays_the_same_for_ever() -> None:
    known = "c3075f13089e0ab7e853e10244fee9ca7bf9c08742707990813a6407b86539c6"
    assert parse(SMALL, "warmth").sha256 == known


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32), edits=st.integers(1, 12))
def test_no_damage_to_a_file_raises_anything_but_a_user_error(seed: int, edits: int) -> None:
    draw = random.Random(seed)
    text = PRACTICE
    for _ in range(edits):
        at, length = draw.randrange(len(text) + 1), draw.choice([0, 1, 3, 40])
        new = draw.choice(
            ["", '"', "'", "[", "]", "=", "\n", "#", "{", "\r", "1", "é", '"""', "true", "[[scales]]\n"]
        )
        text = text[:at] + new + text[at + length :]
    read_or_refuse({**shipped_instrument().files, "practice.toml": text})


LINES = [row for row in EXAMPLE.split("\n") if row]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sampled_from(LINES) | st.tuples(*[st.sampled_from(LINES)] * 2).map(" = ".join), max_size=40)
)
def test_no_shuffled_file_raises_anything_but_a_user_error(rows: list[str]) -> None:
    read_or_refuse(files("\n".join(rows)))


VALUES = ["1", "-1", '""', '"x"', "true", "[]", "{}", "[1]", '["x"]', "[[]]", "{a = 1}", "nan", "1e400"]
VALUES += ["1979-05-27", '"fidelity"', '["fidelity"]', "9" * 30]


@settings(max_examples=100, deadline=None)
@given(place=st.integers(0, 10**6), value=st.sampled_from(VALUES))
def test_no_value_in_the_wrong_place_raises_anything_but_a_user_error(place: int, value: str) -> None:
    rows = PRACTICE.split("\n")
    keyed = [number for number, row in enumerate(rows) if " = " in row and not row.startswith("#")]
    at = keyed[place % len(keyed)]
    rows[at] = f"{rows[at].split(' = ')[0]} = {value}"
    read_or_refuse({**shipped_instrument().files, "practice.toml": "\n".join(rows)})


def read_or_refuse(given_files: dict[str, str]) -> None:
    """What is read can be read again from its own files; what is refused is refused in words."""
    try:
        read = parse_instrument(given_files)
    except UserError:
        return
    assert parse_instrument(read.files) == read
