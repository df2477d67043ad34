"""Line numbers of tables and keys."""

from mio_fidelity.instrument.lines import line_index, line_of

TEXT = '''key = "a"  # [not.a.table]
notes = """
[scales]
title = "not a key"
"""
points = [
  1,  # = 2
  2,
]
other = \'\'\'x = "1"\'\'\'

[[scales]]
key = "[[one]]"
[scales.anchors."how much"]
"+3" = "x = y"
[[scales]]
anchors.fidelity.1 = "dotted"
key = "two"
  [scales.anchors.competence]  # of the second
  1 = "#no remark"
'''


def test_every_table_and_key_is_found_on_its_line() -> None:
    assert {path: line for path, line in line_index(TEXT).items() if line != 12} == {
        ("key",): 1,
        ("notes",): 2,
        ("points",): 6,
        ("other",): 10,
        ("scales", 0, "key"): 13,
        ("scales", 0, "anchors"): 14,
        ("scales", 0, "anchors", "how much"): 14,
        ("scales", 0, "anchors", "how much", "+3"): 15,
        ("scales", 1): 16,
        ("scales", 1, "anchors"): 17,
        ("scales", 1, "anchors", "fidelity"): 17,
        ("scales", 1, "anchors", "fidelity", "1"): 17,
        ("scales", 1, "key"): 18,
        ("scales", 1, "anchors", "competence"): 19,
        ("scales", 1, "anchors", "competence", "1"): 20,
    }
    assert line_index(TEXT)["scales", 0] == line_index(TEXT)["scales",] == 12


def test_windows_line_endings_change_nothing() -> None:
    assert line_index(TEXT.replace("\n", "\r\n")) == line_index(TEXT)


def test_what_has_no_line_of_its_own_is_placed_at_the_table_around_it() -> None:
    index = line_index(TEXT)
    assert line_of(("scales", 1, "title"), index) == 16
    assert line_of(("edition",), index) is None
